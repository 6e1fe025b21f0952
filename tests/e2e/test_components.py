"""The token chips and the vector strip in a real browser, against `pages/components.py`."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Look, screenshot

pytestmark = pytest.mark.browser

LOOKS = [Look(scheme, width) for scheme in ("light", "dark") for width in (1280, 1920)]
MARKUP = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<svg/onload=alert(3)><style>*{display:none}</style>",
    "\"><iframe srcdoc='<script>parent.alert(4)</script>'>",
    "{{7*7}} $x^2$ :red[hi] ![a](http://example.invalid/x.png) &lt;b&gt;",
]
# The contrast of each text with what is painted behind it, by WCAG 2.2, "contrast ratio".
CONTRASTS = """(root) => {
    const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = (colour) => {
        pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const behind = (element) => {
        if (!element) return [255, 255, 255];
        const [r, g, b, a] = rgba(getComputedStyle(element).backgroundColor);
        if (a === 255) return [r, g, b];
        const under = behind(element.parentElement ?? element.getRootNode().host);
        return [r, g, b].map((x, n) => (x * a + under[n] * (255 - a)) / 255);
    };
    const light = (rgb) => rgb.map((x) => x / 255)
        .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
        .reduce((sum, x, n) => sum + x * [0.2126, 0.7152, 0.0722][n], 0);
    const texts = [...root.querySelectorAll('*')].filter((e) => e.checkVisibility()
        && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
    return texts.map((e) => {
        const [a, b] = [light(rgba(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
        return [e.className + ': ' + e.textContent.slice(0, 20),
                (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


def chip(page: Page, number: int) -> Locator:
    return page.locator(f'.chip[data-number="{number}"]')


def expect_chosen(page: Page, *numbers: int) -> None:
    """Python was told of exactly these tokens, and the browser shows them."""
    expect(page.get_by_text(f"Chosen: {list(numbers)}.", exact=False)).to_be_visible()
    expect(page.locator('.chip[aria-selected="true"]')).to_have_count(len(numbers))


# Choosing


def test_a_click_chooses_a_token_and_python_sees_it(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 4).click()
    expect_chosen(page, 4)
    chip(page, 2).click()
    expect_chosen(page, 2, 4)
    chip(page, 4).click()
    expect_chosen(page, 2)


def test_a_double_click_chooses_the_word(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 2).dblclick()
    expect_chosen(page, 1, 2, 3)
    chip(page, 1).dblclick()
    expect_chosen(page)


def test_shift_and_click_chooses_a_range(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 2).click()
    chip(page, 5).click(modifiers=["Shift"])
    expect_chosen(page, 2, 3, 4, 5)


def test_the_buttons_choose_all_none_and_words(shown: Callable[..., Page]) -> None:
    page = shown(text="Two words", kept=2)
    page.get_by_role("button", name="all", exact=True).click()
    expect_chosen(page, 0, 1, 2, 3)
    page.get_by_role("button", name="words only").click()
    expect_chosen(page, 1, 2)
    page.get_by_role("button", name="none").click()
    expect_chosen(page)


def test_a_token_that_was_cut_cannot_be_chosen(shown: Callable[..., Page]) -> None:
    page = shown(text="One two three four", kept=2)
    chip(page, 4).click()
    chip(page, 1).click()
    expect_chosen(page, 1)
    expect(page.locator(".divider")).to_have_text("cut here: 2 tokens not read")
    expect(page.locator(".unread")).to_have_text("three four")


def test_many_clicks_in_a_row_lose_none(shown: Callable[..., Page]) -> None:
    page = shown()
    for number in (1, 2, 3, 4, 5, 6, 7):
        chip(page, number).click()
    expect_chosen(page, 1, 2, 3, 4, 5, 6, 7)


def test_the_keyboard_reaches_everything(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect_chosen(page, 1)
    page.keyboard.press("Shift+ArrowRight")
    expect_chosen(page, 1, 2)
    page.keyboard.press("Enter")
    expect_chosen(page, 1, 2, 3)
    expect(chip(page, 2)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect_chosen(page, 1, 2, 3, 10)
    page.keyboard.press("Escape")
    expect_chosen(page)
    page.keyboard.press("Control+a")
    expect(page.locator('.chip[aria-selected="true"]')).to_have_count(11)


def test_arrows_follow_the_lines_of_chips(shown: Callable[..., Page]) -> None:
    page = shown(text=" ".join(f"word{number}" for number in range(60)))
    chip(page, 3).focus()
    page.keyboard.press("ArrowDown")
    below = page.locator(".chip:focus").bounding_box()
    above = chip(page, 3).bounding_box()
    assert above["y"] < below["y"] < above["y"] + 2.5 * above["height"]
    assert abs(above["x"] - below["x"]) < 120
    page.keyboard.press("ArrowUp")
    expect(chip(page, 3)).to_be_focused()


def test_arrows_follow_the_direction_of_the_script(shown: Callable[..., Page]) -> None:
    page = shown(text="שלום עולם")
    expect(page.locator(".chips")).to_have_attribute("dir", "rtl")
    assert chip(page, 1).bounding_box()["x"] > chip(page, 2).bounding_box()["x"]
    chip(page, 1).focus()
    page.keyboard.press("ArrowLeft")
    expect(chip(page, 2)).to_be_focused()


# What Python does meanwhile


def test_a_selection_survives_an_unrelated_rerun(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 4).click()
    expect_chosen(page, 4)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Chosen: [4]. Run 3.")).to_be_visible()
    expect_chosen(page, 4)


def test_other_data_keeps_the_selection_the_focus_and_the_scroll(
    shown: Callable[..., Page],
) -> None:
    page = shown(text=" ".join(f"word{number}" for number in range(250)), kept=245)
    chip(page, 240).click()
    expect_chosen(page, 240)
    top = page.locator(".chips").evaluate("box => box.scrollTop")
    assert top > 0
    page.get_by_role("button", name="Other data").evaluate("button => button.click()")
    expect(page.locator(".divider")).to_have_text("cut here: 246 tokens not read")
    expect_chosen(page, 240)
    expect(chip(page, 240)).to_be_focused()
    assert page.locator(".chips").evaluate("box => box.scrollTop") == top


def test_another_text_begins_with_what_python_asks(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 4).click()
    expect_chosen(page, 4)
    page.get_by_role("button", name="Other text").click()
    expect(page.locator(".letters")).to_have_text("Another text altogether.")
    expect_chosen(page)


def test_python_can_replace_the_selection(shown: Callable[..., Page]) -> None:
    page = shown()
    chip(page, 4).click()
    expect_chosen(page, 4)
    page.get_by_role("button", name="Choose the first two").click()
    expect_chosen(page, 1, 2)
    chip(page, 6).click()
    expect_chosen(page, 1, 2, 6)


# Reading


def test_pointing_at_a_token_says_what_it_is_and_lights_its_text(
    shown: Callable[..., Page],
) -> None:
    page = shown()
    height = page.locator(".token_chips").bounding_box()["height"]
    chip(page, 2).hover()
    detail = page.locator(".token_chips .detail")
    expect(detail).to_contain_text("##berri")
    for fact in ("token 2", "id 1005", "word 0", "characters 5-10", "read"):
        expect(detail).to_contain_text(fact)
    lit = page.locator(".lit").bounding_box()
    letters = page.locator(".letters").evaluate(
        """box => { const range = document.createRange();
            range.setStart(box.firstChild, 5); range.setEnd(box.firstChild, 10);
            return range.getBoundingClientRect().toJSON(); }"""
    )
    assert lit["x"] == pytest.approx(letters["x"], abs=1)
    assert lit["width"] == pytest.approx(letters["width"], abs=1)
    assert page.locator(".token_chips").bounding_box()["height"] == height
    chip(page, 0).hover()
    expect(detail).to_contain_text("special")
    expect(page.locator(".lit")).to_have_count(0)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_text_makes_no_element(shown: Callable[..., Page], text: str) -> None:
    page = shown(text=text)
    expect(page.locator(".letters")).to_have_text(text)
    names = page.locator(".token_chips").evaluate(
        "root => [...new Set([...root.querySelectorAll('*')].map((e) => e.localName))].sort()"
    )
    assert names == ["bdi", "button", "div", "span"] or names == ["button", "div", "span"]
    chip(page, 1).hover()
    expect(page.locator(".name")).to_be_visible()


def test_control_characters_are_drawn_as_marks(shown: Callable[..., Page]) -> None:
    page = shown(text='user\u202e \u2066// admin\u2069" end\u200b')
    labels = page.locator(".letters .unseen").all_text_contents()
    assert labels == ["U+202E", "U+2066", "U+2069", "U+200B"]
    drawn = page.locator(".token_chips").evaluate("root => root.textContent")
    assert not set(drawn) & set("\u202e\u2066\u2069\u200b")


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=str)
def test_every_text_has_contrast_in_every_state(
    shown: Callable[..., Page], request: pytest.FixtureRequest
) -> None:
    page = shown(text="Unbelievable antidisestablishmentarianism here", kept=9)
    chip(page, 1).dblclick()
    chip(page, 2).hover()
    expect_chosen(page, 1, 2, 3)
    screenshot(page, f"components-{request.node.callspec.id}")
    for name in (".token_chips", ".vector_strip"):
        measured = page.locator(name).evaluate(CONTRASTS)
        assert measured
        assert [found for found in measured if found[1] < 4.5] == []


# Strips


def pixels(page: Page) -> list[list[int]]:
    """The colour of each 8th device pixel along the middle of the first line."""
    return page.locator(".vector_strip .row canvas").first.evaluate(
        """canvas => { const pen = canvas.getContext('2d');
            const row = pen.getImageData(0, Math.round(11 * devicePixelRatio), canvas.width, 1);
            return Array.from({length: canvas.width >> 3}, (_, n) =>
                [...row.data.slice(32 * n, 32 * n + 3)]); }"""
    )


def test_a_switch_of_theme_redraws_both(shown: Callable[..., Page]) -> None:
    page = shown()
    before, ink = pixels(page), "root => getComputedStyle(root).color"
    light = page.locator(".token_chips").evaluate(ink)
    chip(page, 4).click()
    expect_chosen(page, 4)
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(15, 20, 25)")
    canvas = page.locator(".vector_strip .row canvas").element_handle()
    page.wait_for_function(
        """([canvas, before]) =>
            canvas.getContext('2d').getImageData(40, 11, 1, 1).data[0] !== before""",
        arg=[canvas, before[5][0]],
    )
    assert page.locator(".token_chips").evaluate(ink) != light
    assert pixels(page) != before
    expect_chosen(page, 4)
