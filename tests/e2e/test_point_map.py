"""The map in a real browser, against `pages/point_map.py`."""

import re
import urllib.parse
from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from embedlib.figures import PALETTES
from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.lattice import (
    AS_WITH_A_CARD,
    SIDE,
    Shown,
    at,
    drag,
    drawn,
    expect_selected,
    expect_state,
    hover,
    round_rows,
    rows_between,
    zoom_of,
)
from tests.e2e.server import AppServer
from tests.e2e.test_components import CONTRASTS, MARKUP

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(page: Page, app_server: Callable[..., AppServer]) -> Shown:
    """`shown(marks=1, ...)`: the page with that query, once the map is drawn."""
    server = app_server("tests/e2e/pages/point_map.py")

    def build(**query: object) -> Page:
        page.goto(f"{server.url}/?{urllib.parse.urlencode(query, doseq=True)}")
        drawn(page, 2 if "linked" in query else 1)
        return settled(page)

    return build


@pytest.fixture
def lattice(lasting_page: Page, app_server: Callable[..., AppServer]) -> Page:
    """The plain lattice, loaded once: nothing open or selected, the whole map in sight."""
    page, url = lasting_page, app_server("tests/e2e/pages/point_map.py").url
    if not page.url.startswith(url):
        page.goto(url)
        drawn(page)
    page.get_by_role("button", name="Move the map").click()
    page.locator(".stage").focus()
    for key in ("Escape", "Escape", "0"):
        page.keyboard.press(key)
    page.mouse.move(5, 5)
    return settled(page)


# Reading


def test_pointing_shows_the_text_first_then_numbers_and_all_has_contrast_in_every_look(
    shown: Shown,
) -> None:
    page = shown(marks=1)
    tip = page.locator(".tip")
    hover(page, 45)
    assert tip.inner_text().split("\n")[0] == "你好 number 45"
    for fact in ("text 45", "topic: group 9", "length: 15 tokens"):
        expect(tip).to_contain_text(fact)
    hover(page, 48)  # a text with an override of direction
    expect(tip.locator(".unseen")).to_have_text("U+202E")
    assert "\u202e" not in tip.evaluate("tip => tip.textContent")
    hover(page, 44)
    expect(tip.locator(".words")).to_have_text("شكرا number 44")
    expect(tip.locator(".words")).to_have_css("direction", "rtl")
    x, y = page.evaluate(
        """() => { const map = embeddingExplorer.maps.get("map");
        const { left, top } = map.stage.box.getBoundingClientRect();
        const [x, y] = map.stage.placeOf(map.data.stars[0].places);
        return [left + x, top + y]; }"""
    )
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    expect(tip.locator(".words")).to_have_text("A new <b>sentence</b>")
    expect(tip).to_contain_text("0.31 from its nearest text")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    page.mouse.click(*at(page, 42))
    expect_state(page, "Opened 42")
    for look in (Look("light"), Look("dark"), Look("light", 700, 1400)):
        looked_at(page, look)


def looked_at(page: Page, look: Look) -> None:
    """The map is painted anew, keeps a picture for someone to look at, and all can be read."""
    ink = "embeddingExplorer.maps.get('map').stage.theme.ink"
    page.emulate_media(color_scheme=look.scheme)
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.wait_for_function(f"{ink}.toUpperCase() === '{PALETTES[look.scheme].text}'")
    settled(page)
    hover(page, 42)
    screenshot(page, f"point-map-{look}")
    measured = page.locator(".point_map").evaluate(CONTRASTS)
    assert measured
    assert [found for found in measured if found[1] < 4.5] == []


def test_markup_in_texts_and_names_makes_no_element(shown: Shown) -> None:
    page = shown(text=MARKUP, marks=1)
    for row, text in enumerate(MARKUP):
        hover(page, row)
        expect(page.locator(".tip .words")).to_have_text(f"{text} number {row}")
    page.get_by_text("Their names").click()
    expect(page.locator(".legend .entry")).to_have_count(8 + 1 + 3 + 1)
    names = page.locator(".point_map").evaluate(
        "root => [...new Set([...root.querySelectorAll('*')].map((e) => e.localName))].sort()"
    )
    known = "bdi button canvas details div input label option path select span summary svg line"
    assert set(names) <= set(known.split())


# Choosing


def test_lasso_and_box_choose_exactly_what_is_inside(lattice: Page) -> None:
    page = lattice
    page.get_by_role("button", name="Box").click()
    drag(page, [round_rows(page, 42, 105)[0], round_rows(page, 42, 105)[2]])
    chosen = rows_between(42, 105)
    expect_selected(page, chosen)
    page.get_by_role("button", name="Lasso").click()
    drag(page, round_rows(page, 200, 243))
    expect_selected(page, rows_between(200, 243))
    drag(page, round_rows(page, 42, 105), "Shift")
    both = sorted(chosen + rows_between(200, 243))
    expect_selected(page, both)
    drag(page, round_rows(page, 221, 221), "Alt")
    expect_selected(page, [row for row in both if row != 221])
    page.get_by_role("button", name="Move the map").click()
    drag(page, round_rows(page, 221, 221), "Shift")  # while moving, Shift draws a lasso
    expect_selected(page, both)
    page.keyboard.press("Escape")
    expect_selected(page, [])


def test_a_click_opens_a_text_and_a_click_beside_it_closes_it(lattice: Page) -> None:
    page = lattice
    page.mouse.click(*at(page, 45))
    expect_state(page, "Opened 45, frame 0")
    page.keyboard.down("Shift")
    page.mouse.click(*at(page, 46))
    page.mouse.click(*at(page, 47))
    page.mouse.click(*at(page, 46))
    page.keyboard.up("Shift")
    expect_selected(page, [47])
    expect_state(page, "Opened 45, frame 0")
    x, y = at(page, 0)
    page.mouse.click(x - 60, y - 60)
    expect_state(page, "Opened None, frame 0")
    expect_selected(page, [47])
    page.mouse.dblclick(*at(page, 45))  # zooms, and opens nothing
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.zoom > 1.9")
    expect_state(page, "Opened None, frame 0")


def test_everything_works_from_the_keyboard(lattice: Page) -> None:
    page = lattice
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")  # first: the text in the middle
    expect(page.locator(".live")).to_have_text(re.compile(r"number \d+.*topic: group"))
    first = page.evaluate("embeddingExplorer.maps.get('map').focused")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    row = first + SIDE - 2
    expect(page.locator(".tip .words")).to_contain_text(f"number {row}")
    page.keyboard.press("Enter")
    expect_state(page, f"Opened {row}, frame 0")
    page.keyboard.press("Space")
    expect_selected(page, [row])
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.wait_for_function(
        "Math.abs(embeddingExplorer.maps.get('map').stage.camera.zoom - 2.56) < 0.01"
    )
    for _ in range(15):  # beyond the edge of the picture: the map follows
        page.keyboard.press("ArrowDown")
    focused = page.evaluate("embeddingExplorer.maps.get('map').focused")
    assert focused == row % SIDE
    box = page.locator(".stage").bounding_box()
    x, y = at(page, focused)
    assert box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]
    page.keyboard.press("0")
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.zoom === 1")
    page.keyboard.press("Escape")
    expect_state(page, "Opened None")
    expect_selected(page, [])


# The legend


def test_the_legend_filters_and_grey_points_are_not_chosen(lattice: Page) -> None:
    page = lattice
    legend = page.locator(".legend")
    legend.get_by_role("button", name="group 3").click()
    expect(page.locator(".counts")).to_contain_text("366 filtered out, in grey")
    page.get_by_role("button", name="Box").click()
    drag(page, [round_rows(page, 0, 65)[0], round_rows(page, 0, 65)[2]])
    expect_selected(page, [row for row in rows_between(0, 65) if row % 12 == 3])
    legend.get_by_role("button", name="group 5").click(modifiers=["Shift"])
    expect(page.locator(".counts")).to_contain_text("333 filtered out")
    x, y = at(page, 16)  # of group 4, which is grey now
    page.mouse.move(x, y)
    expect(page.locator(".tip")).to_be_hidden()
    expect(legend.get_by_role("button", name="3 others")).to_have_attribute("aria-pressed", "false")
    legend.get_by_text("Their names").click()
    legend.get_by_role("button", name="group 10").click()
    expect(page.locator(".counts")).to_contain_text("367 filtered out")
    colour = legend.get_by_role("button", name="group 10").locator("path").get_attribute("fill")
    assert colour == "#0072B2"  # of a large category that is not shown now
    legend.get_by_role("button", name="Show all").click()
    expect(page.locator(".counts")).not_to_contain_text("filtered")


# What stays


def test_zoom_selection_and_frame_stand_while_others_change(lattice: Page) -> None:
    page = lattice
    page.mouse.move(*at(page, 210))
    page.mouse.wheel(0, -400)
    zoom = zoom_of(page)
    assert zoom > 1.5
    place = at(page, 210)
    page.get_by_role("button", name="Box").click()
    drag(page, [round_rows(page, 190, 232)[0], round_rows(page, 190, 232)[2]])
    rows = rows_between(190, 232)
    expect_selected(page, rows)
    page.get_by_label("Colour by").select_option("length")
    expect_state(page, "colouring length.")
    expect(page.locator(".legend .ends")).to_contain_text("29")
    assert at(page, 210) == place
    page.get_by_role("button", name="Next").click()
    expect_state(page, "frame 1, colouring length.")
    page.get_by_role("slider", name="Frame").press("End")
    expect_state(page, "frame 2, colouring length.")
    expect(page.get_by_text("Layer 2 (3 of 3)")).to_be_visible()
    expect_selected(page, rows)
    assert zoom_of(page) == zoom
    page.get_by_role("button", name="Run again").click()
    settled(page)
    assert zoom_of(page) == zoom
    expect_selected(page, rows)
    # Taken off the page and brought back: all as it was left.
    page.get_by_text("Shown", exact=True).click()
    expect(page.locator(".point_map")).to_have_count(0)
    page.get_by_text("Shown", exact=True).click()
    drawn(page)
    expect_selected(page, rows)
    expect_state(page, "frame 2, colouring length.")
    expect(page.get_by_label("Colour by")).to_have_value("length")
    expect(page.get_by_text("Layer 2 (3 of 3)")).to_be_visible()
    assert zoom_of(page) == pytest.approx(zoom)


def test_python_can_ask_for_another_selection_frame_and_colouring(shown: Shown) -> None:
    page = shown()
    page.mouse.click(*at(page, 45))
    expect_state(page, "Opened 45")
    page.get_by_role("button", name="Select the first two").click()
    expect_selected(page, [0, 1])
    page.get_by_role("button", name="Second frame").click()
    expect(page.get_by_text("Layer 1 (2 of 3)")).to_be_visible()
    page.get_by_role("button", name="Colour by length").click()
    expect(page.get_by_label("Colour by")).to_have_value("length")
    expect_state(page, "Opened 45, frame 1, colouring length.")
    page.get_by_role("button", name="Open the last").click()
    expect_state(page, "Opened 399, frame 1, colouring length.")
    page.get_by_role("button", name="Mark and dim").click()
    expect(page.locator(".counts")).to_contain_text("200 filtered out, in grey · 3 ringed")
    expect(page.locator(".legend")).to_contain_text("torn apart here")
    page.get_by_role("button", name="Back").click()
    expect_state(page, "frame 0")
    expect_selected(page, [0, 1])
    runs = page.get_by_text(re.compile(r"^Run \d+\.$")).inner_text()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("Layer 1 (2 of 3)")).to_be_visible()
    expect_state(page, runs)  # Python is told when it stops, not on the way
    expect(page.get_by_text("Layer 2 (3 of 3)")).to_be_visible()
    expect_state(page, "frame 2")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_rerun_sends_neither_points_nor_texts_again(shown: Shown, page: Page) -> None:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    page = shown(n=30_000)
    assert sum(received) > 30_000 * (3 * 8 + 10)  # three frames and short texts
    received.clear()
    page.get_by_label("Colour by").select_option("length")
    expect_state(page, "colouring length.")
    page.get_by_role("button", name="Run again").click()
    settled(page)
    assert sum(received) < 60_000


# Two maps


def test_linked_maps_share_what_is_pointed_at_chosen_and_near(shown: Shown) -> None:
    page = shown(linked=1)
    hover(page, 44)
    ring = "embeddingExplorer.maps.get('other').stage.scene.rings[0]?.row"
    assert page.evaluate(ring) == 22  # every second row is there
    hover(page, 45)
    assert page.evaluate(ring) is None
    first = page.locator(".point_map").first
    first.get_by_role("button", name="Closer").click()
    page.wait_for_function(
        "Math.abs(embeddingExplorer.maps.get('other').stage.camera.zoom - 1.6) < 0.01"
    )
    first.get_by_role("button", name="Whole map").click()
    first.get_by_role("button", name="Box").click()
    drag(page, [round_rows(page, 42, 84)[0], round_rows(page, 42, 84)[2]])
    expect_selected(page, rows_between(42, 84))
    expect_state(page, "Other [21, 22, 31, 32, 41, 42], opened None.")
    expect(page.locator(".counts").last).to_contain_text("6 selected")
    first.get_by_role("button", name="Move the map").click()
    page.mouse.click(*at(page, 44))
    expect_state(page, "Opened 44")
    expect_state(page, "opened 22.")
    settled(page)
    page.locator(".point_map").last.scroll_into_view_if_needed()
    page.mouse.click(*at(page, 100, "other"))
    expect_state(page, "opened 100.")
    expect_state(page, "Opened 200")


# Pictures


def test_points_move_to_the_next_frame_and_outlive_a_reset_of_the_graphics(
    page: Page, shown: Shown
) -> None:
    page.add_init_script(AS_WITH_A_CARD)
    page = shown()
    page.emulate_media(reduced_motion="no-preference")
    stage = "embeddingExplorer.maps.get('map').stage"
    page.evaluate(
        f"() => {{ {stage}.ways = []; const known = {stage}.paint.bind({stage});"
        f"{stage}.paint = () => {{ known(); {stage}.ways.push({stage}.way); }}; }}"
    )
    before = at(page, 0)
    page.get_by_role("button", name="Next").click()
    page.wait_for_function(f"{stage}.ways.at(-1) === 1")
    ways = page.evaluate(f"{stage}.ways")
    assert ways == sorted(ways) and 0 <= ways[0] < 1
    assert abs(before[1] - at(page, 0)[1]) > 100
    seen = page.evaluate(
        """async () => {
        const { stage } = embeddingExplorer.maps.get("map");
        const { gl, canvas } = stage.painter;
        const loss = gl.getExtension("WEBGL_lose_context");
        const event = (name) => new Promise((tell) => canvas.addEventListener(name, tell));
        const restored = event("webglcontextrestored");
        loss.loseContext();
        await event("webglcontextlost");
        setTimeout(() => loss.restoreContext(), 0);
        await restored;
        stage.paint();
        const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
        const bytes = new Uint8Array(4 * width * height);
        gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
        return bytes.filter((byte, n) => n % 4 === 3 && byte > 200).length; }"""
    )
    assert seen > 400 * 20  # 400 points of some 60 pixels
