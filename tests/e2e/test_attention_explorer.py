"""The attention explorer in a real browser, against `pages/attention.py` and as a file."""

import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from embedlib.exporting.attention_page import attention_page
from tests.e2e.conftest import PATIENCE_MS, Look, screenshot, settled
from tests.e2e.scenes import TEXTS, scene_of
from tests.e2e.server import ROOT
from tests.e2e.test_components import CONTRASTS

pytestmark = pytest.mark.browser

ELEMENTS = {"div", "span", "bdi", "canvas", "button", "label", "select", "option"}
SETTLE_MS = 700  # longer than the explorer waits before it tells Python


@pytest.fixture
def explorer(page: Page, app_server: Callable[..., object]) -> Callable[..., Page]:
    """`explorer(tokens=..., text=...)`: the page with that query, once the explorer is drawn."""
    server = app_server("tests/e2e/pages/attention.py")

    def build(**query: object) -> Page:
        page.goto(f"{server.url}/?{urllib.parse.urlencode(query)}")
        expect(page.locator(".one .headname")).not_to_be_empty(timeout=PATIENCE_MS)
        return settled(page)

    return build


def grid(page: Page) -> Locator:
    return page.locator(".overview .pane")


def head(page: Page) -> Locator:
    return page.locator(".one .pane:not([hidden])")


def said(page: Page, part: str) -> str:
    """What stands in the line below a picture."""
    return " ".join(page.locator(f".{part} .detail").inner_text().split())


def to_head(page: Page, layer: int, number: int) -> dict[str, float]:
    """Point at a head of the grid of 4 layers and 6 heads, counted from 1, and give the place."""
    canvas = grid(page).locator("canvas")
    size, place = canvas.bounding_box(), {"x": 45.0, "y": 45.0}
    for axis, side, wanted, share in (
        ("x", "width", f"head {number}", (number - 0.5) / 6),
        ("y", "height", f"Layer {layer}", (layer - 0.5) / 4),
    ):
        likely = share * size[side]
        for pixels in sorted(range(45, int(size[side]), 12), key=lambda at: abs(at - likely)):
            place[axis] = pixels
            canvas.hover(position=place)
            if re.search(rf"\b{wanted}\b", said(page, "overview")):
                break
    assert said(page, "overview").startswith(f"Layer {layer}, head {number} ")
    return place


def open_head(page: Page, layer: int, number: int) -> None:
    """Open a head with the keyboard, counted from 1."""
    grid(page).focus()
    moves = (
        ["ArrowUp"] * 12 + ["Home"] + ["ArrowDown"] * (layer - 1) + ["ArrowRight"] * (number - 1)
    )
    for key in (*moves, "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".one .headname")).to_have_text(f"Layer {layer}, head {number}")


def told(page: Page, heads: str, pinned: object = None, run: int | None = None) -> None:
    """Python was told of exactly this."""
    ending = "" if run is None else f" Run {run}."
    expect(page.get_by_text(f"Selected {heads}. Pinned {pinned}.{ending}")).to_be_visible()


# Heads


def test_heads_are_named_opened_and_added_without_waiting_for_python(
    explorer: Callable[..., Page],
) -> None:
    page, scene = explorer(), scene_of("numbers")
    told(page, "[(1, 1)]", run=1)
    place = to_head(page, 3, 4)
    strongest = float(f"{scene.values[2, 3].max():.4g}")
    assert f"strongest {strongest:g}: “" in said(page, "overview")
    assert "Entropy 0." in said(page, "overview")
    grid(page).locator("canvas").click(position=place)
    expect(page.locator(".one .headname")).to_have_text("Layer 3, head 4")
    told(page, "[(2, 3)]", run=2)
    grid(page).locator("canvas").click(position=to_head(page, 1, 2), modifiers=["Control"])
    expect(page.locator(".one .headname")).to_have_text("Mean of 2 heads: 3·4, 1·2")
    told(page, "[(2, 3), (0, 1)]", run=3)
    grid(page).locator("canvas").click(position={"x": 15, "y": 60})
    expect(page.locator(".one .headname")).to_have_text("Layer 1, mean of its 6 heads")
    grid(page).locator("canvas").click(position={"x": 10, "y": 8})
    expect(page.locator(".one .headname")).to_have_text("Mean of all 24 heads")
    to_head(page, 4, 6)
    assert said(page, "overview").startswith("Layer 4, head 6 switched off")


def test_opening_a_head_does_not_send_the_grid_again(
    page: Page, explorer: Callable[..., Page]
) -> None:
    frames: list[int] = []
    page.on("websocket", lambda made: made.on("framereceived", lambda got: frames.append(len(got))))
    explorer(tokens=100, layers=8, heads=8)
    first = max(frames)  # with the scripts, which Streamlit sends with every message
    frames.clear()
    open_head(page, 5, 5)
    told(page, "[(4, 4)]", run=2)
    settled(page)
    assert first - max(frames) > 0.8 * len(scene_of("numbers", 100, 8, 8).grid.content)


def test_the_keyboard_moves_through_heads_opens_and_says_them(
    explorer: Callable[..., Page],
) -> None:
    page = explorer()
    grid(page).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert said(page, "overview").startswith("Layer 3, head 4")
    expect(page.locator(".heard")).to_contain_text("Layer 3, head 4 strongest")
    page.keyboard.press("Enter")
    expect(page.locator(".one .headname")).to_have_text("Layer 3, head 4")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.locator(".one .headname")).to_have_text("Mean of 2 heads: 3·4, 3·1")
    expect(page.locator(".heard")).to_have_text("Mean of 2 heads: 3·4, 3·1")
    told(page, "[(2, 3), (2, 0)]")
    screenshot(page, "attention-keys")
    for key, name in {"l": "Layer 3, mean of its 6 heads", "a": "Mean of all 24 heads"}.items():
        page.keyboard.press(key)
        expect(page.locator(".one .headname")).to_have_text(name)


def test_the_grid_is_ordered_by_the_measure(explorer: Callable[..., Page]) -> None:
    page, scene = explorer(), scene_of("numbers")
    page.get_by_label("Order").select_option("all")
    grid(page).focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "Home"):
        page.keyboard.press(key)
    layer, number = divmod(int(scene.measure.argmax()), 6)
    assert said(page, "overview").startswith(f"Layer {layer + 1}, head {number + 1} ")
    page.get_by_label("Order").select_option("layer")
    grid(page).focus()
    page.keyboard.press("Home")
    assert said(page, "overview").startswith(f"Layer 1, head {scene.measure[0].argmax() + 1} ")
    screenshot(page, "attention-ordered")


# Tokens


def test_a_cell_names_both_tokens_and_its_exact_value(explorer: Callable[..., Page]) -> None:
    page, scene = explorer(), scene_of("numbers")
    canvas = head(page).locator("canvas")
    box = canvas.bounding_box()
    canvas.hover(position={"x": box["width"] - 120, "y": box["height"] - 60})
    value, query, *_, key = said(page, "one").split()
    row, column = (scene.labels.index(name.strip("“”")) for name in (query, key))
    assert float(value) == pytest.approx(scene.values[1, 1, row, column], rel=1e-3)
    assert len(value.strip("0.")) >= 3
    page.mouse.move(5, 5)
    assert said(page, "one").startswith("Weight from each row's token")
    head(page).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    exact = f"{float(f'{scene.values[1, 1, 1, 1]:.4g}'):g}"
    assert said(page, "one") == f"{exact} “t0” to “t0”"
    expect(page.locator(".heard")).to_have_text(f"{exact} “t0” to “t0”")


def test_a_pinned_token_is_followed_through_the_layers_until_escape(
    explorer: Callable[..., Page],
) -> None:
    page, scene = explorer(), scene_of("numbers")
    expect(page.locator(".layers")).to_contain_text("Click a token to follow it")
    canvas = head(page).locator("canvas")
    canvas.click(position={"x": 30, "y": canvas.bounding_box()["height"] - 40})
    told(page, "[(1, 1)]", 10, run=2)
    expect(page.locator(".layers .detail")).to_contain_text("Through all layers “t8”")
    expect(page.locator(".way .caption")).to_have_text(["“t8” attends to", "attending to “t8”"])
    strip = page.locator(".way canvas").first
    box = strip.bounding_box()
    strip.hover(position={"x": box["width"] - 20, "y": box["height"] - 14})
    value, *words = said(page, "layers").split(maxsplit=1)
    assert words == ["“t8” to “[SEP]” layer 4"]
    assert float(value) == pytest.approx(scene.values[3, 1, 10, 11], rel=1e-3)
    page.get_by_role("button", name="All heads").click()
    strip.hover(position={"x": box["width"] - 20, "y": box["height"] - 14})
    value = said(page, "layers").split()[0]
    assert float(value) == pytest.approx(scene.values[3, :, 10, 11].mean(), rel=1e-3)
    screenshot(page, "attention-pinned")
    page.mouse.move(5, 5)
    page.locator(".way .pane").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    exact = f"{scene.values[2, :, 10, 0].mean():.4g}"
    assert said(page, "layers") == f"{float(exact):g} “t8” to “[CLS]” layer 3"
    head(page).focus()
    page.keyboard.press("Escape")
    told(page, "[(1, 1)]", None, run=3)
    expect(page.locator(".way canvas").first).to_be_hidden()


def test_another_view_takes_no_run_of_the_page(explorer: Callable[..., Page]) -> None:
    page, scene = explorer(), scene_of("numbers")
    page.get_by_role("button", name="Lines").click()
    canvas = head(page).locator("canvas")
    canvas.hover(position={"x": 40, "y": 40})
    assert said(page, "one").startswith("from “[CLS]” strongest ")
    page.get_by_label("Full colour at").select_option("0.25")
    page.get_by_label("Order").select_option("layer")
    page.get_by_role("button", name="Heat map").click()
    page.get_by_role("button", name="Larger cells").click()
    page.get_by_role("button", name="Lines").click()
    page.wait_for_timeout(SETTLE_MS)
    told(page, "[(1, 1)]", run=1)
    head(page).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert said(page, "one").startswith("to “t0” strongest ")
    best = scene.values[1, 1, :, 1]
    assert said(page, "one").endswith(f"from “{scene.labels[best.argmax()]}”")
    page.keyboard.press("Enter")
    told(page, "[(1, 1)]", 1, run=2)
    screenshot(page, "attention-lines")


# What Python does meanwhile


def test_a_choice_survives_reruns_other_numbers_and_another_text(
    explorer: Callable[..., Page],
) -> None:
    page = explorer()
    open_head(page, 3, 2)
    told(page, "[(2, 1)]", run=2)
    canvas = head(page).locator("canvas")
    canvas.click(position={"x": 30, "y": canvas.bounding_box()["height"] - 40})
    page.get_by_role("button", name="Lines").click()
    told(page, "[(2, 1)]", 10, run=3)
    page.get_by_role("button", name="Run again").click()
    told(page, "[(2, 1)]", 10, run=4)
    for run in (5, 6):  # there and back: the browser still holds the first numbers
        page.get_by_role("button", name="Other kind").click()
        told(page, "[(2, 1)]", 10, run=run)
        expect(page.locator(".one .headname")).to_have_text("Layer 3, head 2")
        expect(page.locator(".layers .detail")).to_contain_text("“t8”")
        expect(page.get_by_role("button", name="Lines")).to_have_attribute("aria-pressed", "true")
        kind = "100 % is the largest contribution of each layer."
        expect(page.locator(".note")).to_have_text(kind if run == 5 else "")
    page.get_by_role("button", name="Other text").click()
    told(page, "[(2, 1)]", None, run=7)
    expect(page.locator(".layers .detail")).to_contain_text("Click a token")
    page.get_by_role("button", name="Open another head").click()
    told(page, "[(0, 0)]", None)
    expect(page.locator(".one .headname")).to_have_text("Layer 1, head 1")


def test_a_grid_that_is_gone_from_the_browser_is_asked_for(explorer: Callable[..., Page]) -> None:
    page = explorer(kinds=6)
    open_head(page, 3, 2)
    told(page, "[(2, 1)]", run=2)
    for run in range(3, 8):  # more grids than the browser keeps
        page.get_by_role("button", name="Other kind").click()
        told(page, "[(2, 1)]", run=run)
    page.get_by_role("button", name="Other kind").click()  # the first, of which Python knows
    told(page, "[(2, 1)]", run=9)  # a run more: the browser said that it does not hold it
    expect(page.locator(".note")).to_have_text("")
    expect(page.locator(".one .headname")).to_have_text("Layer 3, head 2")


# Texts


@pytest.mark.parametrize("text", ["markup", "scripts"])
def test_any_text_is_drawn_and_none_is_markup(explorer: Callable[..., Page], text: str) -> None:
    page = explorer(text=text, tokens=len(TEXTS[text]) + 3)
    canvas = head(page).locator("canvas")
    canvas.click(position={"x": 40, "y": canvas.bounding_box()["height"] - 60})
    grid(page).locator("canvas").hover(position={"x": 60, "y": 60})
    expect(page.get_by_text(re.compile(r"Pinned \d+\. Run 2\."))).to_be_visible()
    names = page.locator(".attention_explorer").evaluate(
        "root => [...new Set([...root.querySelectorAll('*')].map((e) => e.localName))]"
    )
    assert set(names) <= ELEMENTS
    drawn = page.locator(".attention_explorer").evaluate("root => root.textContent")
    assert not set(drawn) & set("\u202e\ud800\n")
    screenshot(page, f"attention-{text}")


LOOKS = [Look(), Look("dark", 1600)]


@pytest.mark.parametrize("n_tokens", [5, 64, 512])
def test_short_and_long_texts_fit_and_every_word_has_contrast(
    explorer: Callable[..., Page], n_tokens: int
) -> None:
    page = explorer(tokens=n_tokens, layers=6, heads=12)
    canvas = head(page).locator("canvas")
    canvas.click(position={"x": 30, "y": canvas.bounding_box()["height"] - 30})
    expect(page.locator(".way canvas").first).to_be_visible()
    canvas.hover(position={"x": 200, "y": 200})
    assert " to “" in said(page, "one")
    assert "about" not in said(page, "one")
    reduced = "a cell shows the largest of up to 8 x 8 tokens"
    assert (reduced in page.locator(".note").inner_text()) == (n_tokens == 512)
    for look in LOOKS:
        seen_in(page, look)
        screenshot(page, f"attention-{n_tokens}-{look}")
        measured = page.locator(".attention_explorer").evaluate(CONTRASTS)
        assert [found for found in measured if found[1] < 4.5] == []


def seen_in(page: Page, look: Look) -> None:
    """Look otherwise at what is there, once the grid has the theme's background."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(color_scheme=look.scheme)
    page.wait_for_function(
        "([canvas, red]) => canvas.getContext('2d').getImageData(2, 2, 1, 1).data[0] === red",
        arg=[grid(page).locator("canvas").element_handle(), 15 if look.scheme == "dark" else 255],
    )


def test_a_switch_of_theme_keeps_the_place_and_a_narrow_screen_stacks_the_parts(
    explorer: Callable[..., Page],
) -> None:
    page = explorer()
    seen_in(page, Look())
    open_head(page, 4, 2)
    told(page, "[(3, 1)]", run=2)
    seen_in(page, Look("dark"))
    expect(page.locator(".one .headname")).to_have_text("Layer 4, head 2")
    seen_in(page, Look("dark", 700, 1400))
    settled(page)
    above, below = grid(page).bounding_box(), head(page).bounding_box()
    assert below["y"] > above["y"] + above["height"]
    assert below["x"] + below["width"] <= 700
    screenshot(page, "attention-narrow")


# Files


def test_a_saved_page_opens_offline_as_it_was_left(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    scene, file = scene_of("markup", 140, 3, 4), tmp_path / "attention.html"
    card = {"model": "<i>mine</i>", "text": TEXTS["markup"][1]}
    file.write_text(
        attention_page(scene, [(2, 3), (0, 1)], view="lines", pinned=2, card=card), "utf-8"
    )
    page = open_page(Look("dark"), offline=True, accept_downloads=True)
    page.watch.problems = OnlyFiles(page.watch.problems)
    page.goto(file.as_uri())
    expect(page.locator(".one .headname")).to_have_text("Mean of 2 heads: 3·4, 1·2")
    expect(page.get_by_role("button", name="Lines")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".layers .detail")).to_contain_text(TEXTS["markup"][1])
    expect(page.locator(".note")).to_have_text("")  # nothing is reduced in a file
    page.get_by_text("How this was made").click()
    expect(page.locator("dd").first).to_have_text("<i>mine</i>")
    page.get_by_role("button", name="Heat map").click()
    open_head(page, 2, 2)
    head(page).locator("canvas").hover(position={"x": 300, "y": 250})
    assert "about" in said(page, "one")
    page.screenshot(path=ROOT / "screenshots" / "attention-file.png", full_page=True)


class OnlyFiles(list):
    """Problems of a page, without its being read from the disk."""

    def append(self, problem: str) -> None:
        if not problem.startswith("request: file:"):
            super().append(problem)


def test_the_picture_is_saved_with_what_is_marked(
    explorer: Callable[..., Page], tmp_path: Path
) -> None:
    page = explorer(text="scripts", tokens=19)
    head(page).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    marked = said(page, "one")
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename == f"attention-layer-2-head-2-heat.{kind.lower()}"
        download.value.save_as(ROOT / "screenshots" / f"attention-saved.{kind.lower()}")
    assert (ROOT / "screenshots" / "attention-saved.png").read_bytes()[:4] == b"\x89PNG"
    page.goto((ROOT / "screenshots" / "attention-saved.svg").as_uri())
    page.watch.problems.clear()
    texts = page.locator("text").all_text_contents()
    assert marked in texts
    assert "Layer 2, head 2" in texts
    assert len(page.locator("rect").all()) > 100
    assert page.locator("script, a, foreignObject").count() == 0
    page.screenshot(path=ROOT / "screenshots" / "attention-saved-svg.png")
