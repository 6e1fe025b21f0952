"""The explorer as one file: it reaches for nothing, and no text becomes markup."""

import base64
import re
from html.parser import HTMLParser

import pytest

from embedlib.attention.scene_bytes import Link, scene_payload
from embedlib.errors import OptionError, UnknownNameError
from embedlib.exporting.attention_page import attention_page
from embedlib.exporting.page import THEMES
from tests.e2e.scenes import TEXTS, scene_of

CARD = {"model": "all-MiniLM-L6-v2", "layers": {"from": 1, "to": 6}}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text in each by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


def elements(text: str = "plain", card: dict = CARD, theme: str = "auto") -> Elements:
    scene = scene_of(text, 12)
    return Elements(attention_page(scene, [(1, 2)], card=card, theme=theme))


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_the_same_few_elements(theme: str) -> None:
    names = [tag for tag, _ in elements(theme=theme).found]
    assert elements(theme=theme).open == []
    expected = "html head meta title style body h1 div noscript p details summary dl dt dd script"
    assert set(names) == set(expected.split())
    assert names.count("script") == 2


@pytest.mark.parametrize("text", TEXTS["markup"])
def test_markup_in_a_text_or_a_card_adds_no_element(text: str) -> None:
    card = {"model": text, "text": text, text: "value"}
    found = elements("markup", card)
    plain = elements("plain", {"model": "m", "text": "t", "other": "value"})
    assert [tag for tag, _ in found.found] == [tag for tag, _ in plain.found]
    assert [attributes for tag, attributes in found.found if tag != "meta"] == [
        attributes for tag, attributes in plain.found if tag != "meta"
    ]
    assert text in found.texts["dd"]
    assert f"Attention in {text}" in found.texts["h1"]


def test_characters_that_hide_or_reorder_are_shown_as_marks() -> None:
    page = attention_page(scene_of("scripts", 19), [(0, 0)], card={"model": "a\u202eb\x00\ud800"})
    assert "aU+202EbU+0000U+D800" in page
    page.encode("utf-8")


def test_the_page_forbids_itself_every_request() -> None:
    found = elements()
    policy = next(a["content"] for _, a in found.found if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.findall(r"https?:", policy)
    for _, attributes in found.found:
        assert not {"src", "href", "srcset", "action", "onload"} & set(attributes)
    page = attention_page(scene_of(), [(1, 2)], card=CARD)
    assert set(re.findall(r"https?://[\w./]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in page and "url(http" not in page


def test_the_payload_in_the_page_is_that_of_the_explorer() -> None:
    scene = scene_of(n_tokens=140, n_layers=2, n_heads=3)
    page = attention_page(scene, [(1, 2)], view="lines", pinned=7, card=CARD)
    inside = re.search(r'id="payload">\s*([\w+/=]+)\s*</script>', page)
    expected = scene_payload(scene, [(1, 2)], view="lines", pinned=7, link=Link(answers=False))
    assert base64.b64decode(inside[1]) == expected


def test_the_card_is_listed() -> None:
    found = elements()
    assert found.texts["dt"] == ["model", "layers"]
    assert found.texts["dd"] == ["all-MiniLM-L6-v2", "from 1, to 6"]


def test_without_a_model_the_title_is_short() -> None:
    assert elements(card={}).texts["title"] == ["Attention"]


def test_a_theme_is_fixed_or_follows_the_reader() -> None:
    assert "prefers-color-scheme: dark" in elements(theme="auto").texts["style"][0]
    for theme in ("light", "dark"):
        assert f"color-scheme: {theme};" in elements(theme=theme).texts["style"][0]


def test_wrong_arguments_are_refused_in_words() -> None:
    with pytest.raises(UnknownNameError, match="theme must be one of auto, light, dark, got 'x'"):
        attention_page(scene_of(), [(1, 2)], theme="x", card={})
    with pytest.raises(OptionError, match="A head must be a pair"):
        attention_page(scene_of(), [(9, 9)], card={})
