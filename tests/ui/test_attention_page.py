"""The Attention page in Streamlit's own test harness; the picture itself is tested in a browser."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.attention import ATTENTION_MEASURES
from embedlib.attention.samples import ATTENTION_SAMPLES
from embedlib.attention.scene import Scene
from embedlib.errors import UnsupportedModelError
from embedlib.ui import resources
from embedlib.ui.components.attention_explorer import Explored
from embedlib.ui.pages import path_of
from embedlib.ui.server import FRAME
from tests.ui.test_pages import checked

PATIENCE_SECONDS = 60
CACHES = (resources.store, resources.jobs, resources.attention)


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder, jobs and maps of this module's own; the model is loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr("embedlib.ui.background.PATIENCE_SECONDS", PATIENCE_SECONDS)
        for cached in CACHES:
            cached.cache_clear()
        yield
        for cached in CACHES:
            cached.cache_clear()


class Explorer:
    """Stands where the picture does: keeps what it was given, gives what a person would choose."""

    def __init__(self) -> None:
        self.scene: Scene
        self.given: dict[str, Any] = {}
        self.next: dict[str, Any] = {}

    def __call__(self, scene: Scene, **given: Any) -> Explored:
        self.scene, self.given = scene, given
        chosen = {name: given[name] for name in ("selected", "pinned", "view")} | self.next
        self.next = {}
        return Explored(**chosen)


@pytest.fixture(autouse=True)
def explorer(monkeypatch: pytest.MonkeyPatch) -> Explorer:
    standing = Explorer()
    monkeypatch.setattr("embedlib.ui.attention.picture.attention_explorer", standing)
    return standing


def app(**address: str) -> AppTest:
    """The page as a first visitor sees it, at an address."""
    st.cache_data.clear()
    st.cache_resource.clear()
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    at.switch_page(str(path_of("attention")))
    for name, value in address.items():
        at.query_params[name] = value
    return checked(at.run())


def texts(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.text, *at.caption])


def own(text: str, pair: str = "", **address: str) -> AppTest:
    """The page with a text of one's own."""
    at = app(sample="own", **address)
    at.text_area(key="attention_text").set_value(text)
    at.text_area(key="attention_pair").set_value(pair)
    return checked(at.run())


def test_the_page_opens_with_every_head_of_a_sample_and_a_finding(explorer: Explorer) -> None:
    at = app()
    scene = explorer.scene
    assert at.title[0].value == "Attention"
    assert scene.values.shape == (6, 12, 15, 15)
    assert scene.labels[:3] == ("[CLS]", "The", "animal")
    assert scene.title.startswith("[CLS] and [SEP] (2 of 15 tokens) receive 5")
    assert "% of the contribution." in scene.title
    np.testing.assert_allclose(scene.values.sum(axis=-1), 1, atol=1e-5)


def test_the_first_head_on_show_is_one_that_does_not_rest_on_special_tokens(
    explorer: Explorer,
) -> None:
    app()
    ((layer, head),) = explorer.given["selected"]
    special = explorer.scene.values[..., explorer.scene.special].sum(axis=-1).mean(axis=-1)
    assert special[layer, head] == special.min()


@pytest.mark.parametrize("name", list(ATTENTION_SAMPLES))
def test_every_sample_gives_a_picture(name: str, explorer: Explorer) -> None:
    app(sample=name)
    assert explorer.scene.segment.max() == (ATTENTION_SAMPLES[name].pair is not None)


def test_contribution_is_another_picture_with_its_own_scale(explorer: Explorer) -> None:
    at = app()
    weights = explorer.scene
    at.segmented_control(key="kind").set_value("contribution")
    checked(at.run())
    assert explorer.scene.kind_label == "Contribution"
    assert not np.allclose(explorer.scene.values, weights.values)
    largest = explorer.scene.values.max(axis=(1, 2, 3))
    np.testing.assert_array_equal(explorer.scene.scale, largest)
    assert at.query_params["kind"] == "contribution"


def test_one_forward_pass_serves_every_view(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embedlib.attention import attention

    calls = []

    def counted(*args: Any, **options: Any) -> Any:
        calls.append(args)
        return attention(*args, **options)

    monkeypatch.setattr("embedlib.attention.attention", counted)
    at = own("Only one pass for this.")
    for key, value in (("kind", "contribution"), ("unit", "words")):
        at.segmented_control(key=key).set_value(value)
        checked(at.run())
    own("Only one pass for this.")  # another session
    assert len(calls) == 1


def test_maps_that_were_let_go_are_read_again(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = own("first text")
    kept = resources.attention()
    monkeypatch.setattr(kept, "_most", 1)
    at.text_area(key="attention_text").set_value("second text")
    checked(at.run())
    at.text_area(key="attention_text").set_value("first text")
    checked(at.run())
    assert explorer.scene.labels == ("[CLS]", "first", "text", "[SEP]")


def test_the_address_restores_text_kind_filters_heads_measure_and_pin(explorer: Explorer) -> None:
    at = app(
        sample="pair",
        kind="contribution",
        unit="words",
        added="left_out",
        segment="a_to_b",
        mass="0.8",
        mark="previous",
        heads="4.1,4.2",
        off="1.1",
        pin="2",
        draw="lines",
    )
    scene = explorer.scene
    assert scene.labels[:2] == ("The", "cat")
    assert scene.measure is not None and scene.measure.shape == (6, 12)
    assert (scene.kind_label, scene.measure_label) == ("Contribution", "Previous token")
    assert scene.off == ((0, 0),)
    assert not scene.values[:, :, scene.segment == 1].any()
    assert explorer.given["selected"] == ((3, 0), (3, 1))
    assert (explorer.given["pinned"], explorer.given["view"]) == (1, "lines")
    labels = [popover.proto.popover.label for popover in at.get("popover")]
    assert "3 filters" in labels
    assert "Special left out · A to B · 80 % of mass" in texts(at)
    assert "Mean of 2 heads" in labels


@pytest.mark.parametrize(
    "address",
    [
        {"kind": "x", "unit": "x", "added": "x", "segment": "x", "mass": "nan", "mark": "x"},
        {"heads": "99.1,x,1", "off": "../..", "pin": "999999", "draw": "x", "sample": "x"},
        {"heads": "9" * 9999, "pin": "²", "long": "parts", "part": "-1", "row": "x"},
    ],
)
def test_an_old_or_wrong_address_gives_the_default(
    address: dict[str, str], explorer: Explorer
) -> None:
    app(**address)
    assert explorer.scene.values.shape == (6, 12, 15, 15)
    assert explorer.scene.kind_label == "Weight"
    assert len(explorer.given["selected"]) == 1
    assert (explorer.given["pinned"], explorer.given["view"]) == (None, "heat")


def test_what_is_chosen_in_the_picture_stands_in_the_address_and_on_the_button(
    explorer: Explorer,
) -> None:
    explorer.next = {"selected": ((2, 4),), "pinned": 3, "view": "lines"}
    at = app()
    assert [at.query_params[name] for name in ("heads", "pin", "draw")] == [
        "3.5",
        "4",
        "lines",
    ]
    assert "Layer 3, head 5" in [popover.proto.popover.label for popover in at.get("popover")]
    checked(at.run())
    assert explorer.given["selected"] == ((2, 4),)
    assert (explorer.given["pinned"], explorer.given["view"]) == (3, "lines")


def test_a_pinned_token_does_not_outlive_its_text(explorer: Explorer) -> None:
    explorer.next = {"pinned": 14}
    at = app()
    at.button_group(key="sample").set_value("pieces")
    checked(at.run())
    assert explorer.given["pinned"] is None


def test_heads_are_listed_by_the_measure() -> None:
    listed = app(mark="previous").multiselect(key="picked_heads").options
    assert len(listed) == 72
    assert listed[0].startswith("Layer 1, head 3 · 1.0")


@pytest.mark.parametrize(
    ("label", "n"),
    [("Mean of layer 3", 12), ("Mean of head 5 over layers", 6), ("Mean of all", 72)],
)
def test_means_are_one_click(label: str, n: int, explorer: Explorer) -> None:
    at = app(heads="3.5")
    next(button for button in at.button if button.label == label).click()
    checked(at.run())
    assert len(explorer.given["selected"]) == n


def test_every_measure_marks_the_heads(explorer: Explorer) -> None:
    at = app(sample="pair")
    for name, row in ATTENTION_MEASURES.items():
        at.selectbox(key="mark").set_value(name)
        checked(at.run())
        assert explorer.scene.measure_label == row.label
    at.selectbox(key="mark").set_value("none")
    checked(at.run())
    assert explorer.scene.measure is None


def test_heads_are_marked_by_the_loaded_texts_once_their_passports_are_made(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_PASSPORT_TEXTS", "3")
    at = app(sample="pair", mark="texts.stability")
    assert explorer.scene.measure is None
    assert "open the tab Passport" in "".join(caption.value for caption in at.caption)
    at = app(sample="pair", mark="texts.stability", panel="Passport")
    checked(at.run())
    assert explorer.scene.measure_label == "Stability of its role, loaded texts"
    assert explorer.scene.measure.max() <= 1


def test_words_and_left_out_special_tokens_change_the_rows(explorer: Explorer) -> None:
    app(sample="pieces", unit="words", added="left_out_rescaled")
    assert explorer.scene.labels[:3] == ("Embeddings", "of", "unhyphenated")
    sums = explorer.scene.values.sum(axis=-1)
    np.testing.assert_allclose(sums, 1, atol=1e-4)


def test_a_text_and_a_pair_of_ones_own(explorer: Explorer) -> None:
    own("unhappy 中文 🙂", "the other")
    assert explorer.scene.labels[0] == "[CLS]"
    assert explorer.scene.segment.tolist().count(1) == 3
    own("unhappy 中文 🙂")
    assert not explorer.scene.segment.any()


def test_an_empty_text_says_what_to_do_and_has_the_button_for_it(explorer: Explorer) -> None:
    at = own("  \n ")
    assert "Type a text above" in texts(at)
    at.button[0].click()
    checked(at.run())
    assert explorer.scene.labels[1] == "The"


def test_ones_own_text_begins_with_the_sample_that_was_on_show() -> None:
    at = app(sample="pair")
    at.button_group(key="sample").set_value("own")
    checked(at.run())
    assert at.text_area(key="attention_text").value == ATTENTION_SAMPLES["pair"].text
    assert at.text_area(key="attention_pair").value == ATTENTION_SAMPLES["pair"].pair


def test_a_text_out_of_the_loaded_ones_and_its_row_in_the_address(explorer: Explorer) -> None:
    at = app(sample="loaded", data="senses_zh", row="3")
    corpus = at.session_state["_corpus"]
    assert "".join(explorer.scene.labels[1:-1]).replace("[UNK]", "")[:1] in corpus.texts[2]
    at.selectbox(key="loaded_text").set_value(4)
    checked(at.run())
    assert at.query_params["row"] == "5"


def test_a_long_text_is_cut_and_said_or_read_part_by_part(explorer: Explorer) -> None:
    text = "one two three four five six seven. " * 80  # 640 tokens and two special ones
    at = own(text)
    assert "256 tokens are read; 386 more were cut." in texts(at)
    assert len(explorer.scene.labels) == 256
    at.segmented_control(key="long").set_value("parts")
    checked(at.run())
    assert at.selectbox(key="part").options == ["Part 1 of 3", "Part 2 of 3", "Part 3 of 3"]
    at.selectbox(key="part").set_value("3")
    checked(at.run())
    assert "134 tokens. Read by itself" in texts(at)
    assert len(explorer.scene.labels) == 640 - 2 * 254 + 2


def test_a_pair_that_is_too_long_is_cut_and_says_so(explorer: Explorer) -> None:
    at = own("one two three. " * 80, "four five six. " * 80)
    assert "A pair is always cut." in texts(at)
    assert len(explorer.scene.labels) == 256


def test_more_tokens_than_the_page_shows_are_never_asked_for(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_ATTENTION_TOKENS", "16")
    own("one two three four " * 10, max_tokens="64")
    assert len(explorer.scene.labels) == 16


@pytest.mark.parametrize(
    ("text", "words"),
    [("a" * 100_001, "at most 100,000 characters"), ("\u200b\u200b", "at least one token")],
)
def test_a_text_that_cannot_be_read_is_refused_in_words(text: str, words: str) -> None:
    assert words in texts(own(text))


def test_an_unsupported_model_says_so_and_shows_the_tokens(
    monkeypatch: pytest.MonkeyPatch, explorer: Explorer
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise UnsupportedModelError("The architecture must be another, got 'odd'.", "Use bert.")

    monkeypatch.setattr("embedlib.attention.attention", refused)
    at = own("a text that is read nowhere else")
    assert "The architecture must be another, got 'odd'." in texts(at)
    assert at.dataframe[0].value["Piece"].tolist()[1:3] == ["a", "text"]


def test_nothing_of_a_text_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        own("a confidential sentence", "another confidential one")
        own("confidential " * 9_000)
    assert "confidential" not in caplog.text


def test_the_code_on_the_page_is_that_of_what_is_on_show() -> None:
    at = app(panel="Export and code", kind="contribution", heads="4.3")
    code = next(block.value for block in at.code if "attention.attention" in block.value)
    assert 'attention.shown(maps, "contribution")' in code
    assert "shown.values[3, 2]" in code


def test_the_bound_on_tokens_is_said_before_it_is_reached() -> None:
    assert "15 tokens; a text may have 256 (512 by the sidebar, More settings)." in texts(app())


def test_a_model_of_the_address_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, explorer: Explorer
) -> None:
    folder = tmp_path / "t5-tiny"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "t5", "num_layers": 2}')
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    monkeypatch.setenv("EMBEDLIB_MODELS_DIR", str(tmp_path))
    at = app(model="t5-tiny")
    assert "t5" in "\n".join(element.value for element in at.sidebar.text)
    assert explorer.scene.values.shape == (6, 12, 15, 15)  # the bundled model instead


def test_the_sidebar_says_which_of_its_choices_do_not_matter_here() -> None:
    assert "layer, pooling and prefix do not change the picture" in "\n".join(
        caption.value for caption in app().sidebar.caption
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "<img src=x onerror=alert(1)>", "$\\edef\\x{a}$", "🏳️‍🌈", "‮abc"]
)
def test_any_text_is_shown_as_text(text: str) -> None:
    at = own(text, text)
    assert not any(text in element.value for element in [*at.markdown, *at.caption])
