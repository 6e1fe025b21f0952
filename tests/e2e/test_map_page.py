"""What a person does on the Map page, in a real browser, from the first look to the export."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests import tiny
from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import XSS, choose_files, paste, tab

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
VECTORS = np.random.default_rng(0).standard_normal((12, 6)).astype(np.float32)
TABLE = "text,topic,size\n" + "".join(f"text {n},{'ab'[n % 2]},{n}.5\n" for n in range(12))


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


@pytest.fixture
def visit(lasting_page: Page, server: AppServer) -> Page:
    """One visit for tests that go on where another ended; nothing open, the whole map in sight."""
    if not lasting_page.url.startswith(server.url):
        return opened(lasting_page, server)
    the_map(lasting_page).focus()
    for key in ("Escape", "Escape", "0"):
        lasting_page.keyboard.press(key)
    return settled(lasting_page)


def opened(page: Page, server: AppServer, path: str = "/map?data=service&method=pca") -> Page:
    page.goto(server.url + path)
    expect(the_map(page)).to_be_visible(timeout=60_000)
    # What stands there at first gives way to the map that is asked for.
    expect(main(page)).not_to_contain_text("until the map is made", timeout=60_000)
    return settled(page)


def the_map(page: Page) -> Locator:
    return page.locator('[aria-roledescription="map of texts"]').first


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def select_left_half(page: Page) -> None:
    drag_over_left_half(page, page.locator(".point_map").first)
    settled(page)


def drag_over_left_half(page: Page, one: Locator) -> None:
    one.get_by_role("button", name="Lasso", exact=True).click()
    box = one.locator(".stage").bounding_box()
    corners = ((0.01, 0.01), (0.5, 0.01), (0.5, 0.98), (0.01, 0.98), (0.01, 0.02))
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def open_a_point(page: Page) -> None:
    """By keyboard: the point nearest to the middle."""
    the_map(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settled(page)


def drawn(page: Page, unlike: bytes = b"") -> bytes:
    """What the map shows once it has come to rest at something else than `unlike`."""
    last = unlike
    for _ in range(100):
        settled(page)
        box = the_map(page).bounding_box()  # without its edge, where parts of pixels are rounded
        sides = {name: box[name] - 8 for name in ("width", "height")}
        now = page.screenshot(clip={"x": box["x"] + 4, "y": box["y"] + 4, **sides})
        if now == last and now != unlike:
            return now
        last = now
        page.wait_for_timeout(200)
    raise AssertionError("The map did not change, or did not come to rest.")


def open_files(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_role("radio", name="Open a file").click()
    settled(page)
    choose_files(page, *files)
    settled(page)


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def npy(array: np.ndarray) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array)
    return sink.getvalue()


def test_a_map_is_seen_at_once_and_another_method_says_what_made_it(
    page: Page, server: AppServer
) -> None:
    page.goto(server.url + "/map")
    expect(the_map(page)).to_be_visible(timeout=60_000)
    expect(main(page)).to_contain_text("UMAP of all-MiniLM-L6-v2 · layer 6 of 6", timeout=60_000)
    page.get_by_role("combobox", name="Method", exact=False).click()
    page.get_by_role("option", name="PCA", exact=True).click()
    expect(main(page)).to_contain_text("PCA of all-MiniLM-L6-v2 · layer 6 of 6")
    assert "method=pca" in settled(page).url


def test_recolouring_keeps_the_zoom(visit: Page) -> None:
    page = visit
    fitted = drawn(page)
    for _ in range(3):
        page.get_by_role("button", name="Closer").first.click()
    page.mouse.move(2, 2)
    before = drawn(page, unlike=fitted)
    chooser = page.get_by_label("Colour by").first
    chooser.select_option("text length")
    recoloured = drawn(page, unlike=before)
    chooser.select_option("label")
    assert drawn(page, unlike=recoloured) == before


def test_a_lasso_gives_the_texts_their_labels_and_words_and_a_layer_keeps_it(
    visit: Page,
) -> None:
    page = visit
    select_left_half(page)
    said = main(page).get_by_text("of 60 texts are selected.", exact=False)
    expect(said).to_be_visible()
    number = int(said.inner_text().split()[0])
    assert 10 < number < 50
    expect(main(page).get_by_text("Words that set these texts apart")).to_be_visible()
    rows = list(csv.DictReader(io.StringIO(downloaded(page, f"Download {number}").decode())))
    assert len(rows) == number and {"row", "text", "label"} <= set(rows[0])
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(main(page)).to_contain_text("layer 5 of 6")
    expect(said).to_have_text(f"{number} of 60 texts are selected.")
    page.get_by_role("slider").first.press("ArrowRight")
    expect(main(page)).to_contain_text("layer 6 of 6")


def test_texts_are_found_by_words_and_by_meaning(visit: Page) -> None:
    page = visit
    box = page.get_by_role("textbox", name="Find texts")
    box.fill("refund")
    box.press("Enter")
    expect(main(page)).to_contain_text("3 of 60 texts have these words.")
    page.get_by_role("radio", name="Meaning").click()
    expect(main(page)).to_contain_text("Nearest text: cosine", timeout=60_000)
    assert "find=refund" in settled(page).url and "find_by=meaning" in page.url


def test_groups_are_named_on_the_map_and_chosen_by_row(visit: Page) -> None:
    page = visit
    tab(page, "Groups")
    page.get_by_role("radio", name="k-means").click()
    expect(main(page)).to_contain_text("Silhouette by cosine", timeout=60_000)
    page.get_by_label("Colour by").first.select_option("group")
    expect(main(page)).to_contain_text("vectors of length 1, in all their dimensions")


def test_exported_coordinates_are_those_of_the_library(visit: Page) -> None:
    page = visit
    tab(page, "Export and code")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "Download 60 rows").decode())))
    points = np.array([[row["x"], row["y"]] for row in rows], dtype=np.float32)
    block = page.get_by_test_id("stCode").filter(has_text="from embedlib").first
    names: dict[str, object] = {}
    exec(block.locator("code").inner_text(), names)
    np.testing.assert_allclose(points, names["projection"].points, atol=1e-5)
    assert [row["text"] for row in rows] == list(names["texts"])


def test_a_click_opens_a_text_with_its_neighbours_and_the_address_brings_it_back(
    visit: Page,
) -> None:
    page = visit
    open_a_point(page)
    facts = main(page).get_by_text("Of its 10 nearest texts the map keeps", exact=False)
    expect(facts).to_be_visible()
    before, address = facts.inner_text(), settled(page).url
    assert "open=" in address
    page.goto("about:blank")
    page.goto(address)
    expect(main(page).get_by_text(before)).to_be_visible(timeout=60_000)


def test_ready_made_vectors_are_mapped_and_bad_ones_refused_in_words(
    visit: Page,
) -> None:
    page = visit
    open_files(page, ("t.csv", TABLE.encode()), ("v.npy", npy(VECTORS)))
    expect(main(page)).to_contain_text("Ready-made vectors", timeout=60_000)
    colours = page.get_by_label("Colour by").first
    expect(colours.locator("option", has_text="topic")).to_have_count(1)
    bad = VECTORS.copy()
    bad[4, 2] = np.nan
    open_files(page, ("bad.npy", npy(bad)))
    expect(main(page)).to_contain_text("row 5 has nan, which is not finite")
    expect(main(page)).to_contain_text("Still showing t.csv.")
    expect(the_map(page)).to_be_visible()


def test_markup_in_texts_labels_and_columns_leaves_no_mark(visit: Page) -> None:
    page = visit
    marks = (
        "document.querySelectorAll('img[src=x], svg[onload], iframe, math, details[ontoggle], "
        "a[href^=javascript], img[src*=invalid]').length"
    )
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["text" + XSS[0], "label" + XSS[2], "other" + XSS[6]])
    rows = [f"{payload} and some more words {n}" for n, payload in enumerate(XSS * 2)]
    writer.writerows([row, XSS[n % 3], XSS[n % 5]] for n, row in enumerate(rows))
    open_files(page, ("<img src=x onerror=alert(1)>.csv", table.getvalue().encode()))
    expect(main(page)).to_contain_text("20 texts", timeout=60_000)
    select_left_half(page)
    open_a_point(page)
    for name in ("Selection", "Groups", "Trust", "Compare", "Export and code"):
        tab(page, name)
        assert page.evaluate(marks) == 0
    paste(page, "\n".join(XSS))
    expect(main(page)).to_contain_text("10 texts", timeout=60_000)
    assert page.evaluate(marks) == 0


# Where a row's point is in the window, by the matrices that Plotly draws with.
PLACE_IN_SPACE = """(row) => {
    const figure = document.querySelector(".st-key-map_in_space .js-plotly-plot");
    const scene = figure._fullLayout.scene._scene;
    const { model, view, projection } = scene.glplot.cameraParams;
    const trace = figure._fullData.find((one) => [...one.customdata ?? []].includes(row));
    const at = [...trace.customdata].indexOf(row);
    let place = [...["x", "y", "z"].map((axis, n) => trace[axis][at] * scene.dataScale[n]), 1];
    for (const matrix of [model, view, projection])
        place = [0, 1, 2, 3].map((i) =>
            place.reduce((sum, value, j) => sum + matrix[4 * j + i] * value, 0));
    const { left, top, width, height } = scene.container.getBoundingClientRect();
    return [left + (width * (1 + place[0] / place[3])) / 2,
            top + (height * (1 - place[1] / place[3])) / 2]; }"""


def test_a_click_in_three_dimensions_opens_a_text_and_the_figure_stays_turned(
    page: Page, server: AppServer
) -> None:
    page.goto(server.url + "/map?data=service&method=pca&dims=3")
    figure = page.locator(".st-key-map_in_space .js-plotly-plot")
    expect(main(page)).to_contain_text("mean · 3-D", timeout=60_000)
    expect(figure.locator(".gtitle")).to_contain_text("the map keeps")
    settled(page)
    box = figure.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 - 30, steps=6)
    page.mouse.up()
    settled(page)
    assert "open=" not in page.url  # turning is no click
    eye = "document.querySelector('.st-key-map_in_space .js-plotly-plot').layout.scene.camera?.eye"
    turned = page.evaluate(eye)
    page.get_by_role("combobox", name="Colour by", exact=False).click()
    page.get_by_role("option", name="Colour by text length", exact=True).click()
    page.wait_for_function(  # another figure, turned as the one before
        "document.querySelector('.st-key-map_in_space .js-plotly-plot').data.length === 1"
    )
    settled(page)
    assert "map_colour=text+length" in page.url
    assert page.evaluate(eye) == pytest.approx(turned)
    x, y = page.evaluate(PLACE_IN_SPACE, 10)
    page.mouse.move(x - 2, y - 2)
    page.mouse.move(x, y)
    expect(figure).to_contain_text("You only refunded part of what I paid.")
    page.mouse.click(x, y, delay=200)
    expect(main(page)).to_contain_text("Of its 10 nearest texts the map keeps")
    assert "open=11" in settled(page).url
    assert page.evaluate(eye) == pytest.approx(turned)


@pytest.fixture
def other_model(server: AppServer) -> Iterator[str]:
    """A model of 16 dimensions and 3 layers beside the bundled one of 384 and 6."""
    yield tiny.saved(server.models)
    shutil.rmtree(server.models)


def test_two_models_stand_side_by_side_and_share_pointing_zoom_and_selection(
    page: Page, server: AppServer, other_model: str
) -> None:
    opened(page, server, "/map?data=service&method=pca&map_view=Compare&compare=model")
    expect(main(page)).to_contain_text("Of 10 nearest texts the same", timeout=60_000)
    expect(main(page)).to_contain_text(f"PCA of {other_model} · layer 3 of 3 · mean")
    first, second = (page.locator(".point_map").nth(number) for number in (1, 2))
    expect(second.locator(".counts")).to_contain_text("60 texts, all shown")
    drawn(page)
    second.locator(".stage").evaluate("(stage) => stage.scrollIntoView({ block: 'center' })")
    settled(page)
    place = "([key, row]) => embeddingExplorer.maps.get(key).screenOf(row)"
    x, y = page.evaluate(place, ["compare 2", 10])
    page.mouse.move(x - 3, y - 2)
    page.mouse.move(x, y, steps=3)
    expect(second.locator(".tip .words")).to_have_text("You only refunded part of what I paid.")
    page.wait_for_function(
        "['map', 'compare 1'].every((key) => embeddingExplorer.maps.get(key).hovered === 10)"
    )
    page.mouse.down()
    page.mouse.up()
    expect(main(page)).to_contain_text("Text 11 has", timeout=60_000)
    expect(main(page)).to_contain_text("of 10 nearest texts in both.")
    assert "open=11" in settled(page).url
    first.get_by_role("button", name="Closer").click()
    page.wait_for_function(
        "['compare 1', 'compare 2'].every((key) => "
        "Math.abs(embeddingExplorer.maps.get(key).stage.camera.zoom - 1.6) < 0.01)"
    )
    first.get_by_role("button", name="Whole map").click()
    drag_over_left_half(page, first)
    said = re.compile(r"all shown · (\d+) selected")
    counts = [page.locator(".point_map .counts").nth(number) for number in range(3)]
    for one in counts:
        expect(one).to_have_text(said)
    assert len({one.inner_text() for one in counts}) == 1


def test_nothing_is_wider_than_the_window(page: Page, server: AppServer) -> None:
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for path, looks in (
        ("service&open=5&find=refund&map_view=Trust", (Look(), Look("dark", 1920, 1080))),
        ("service_zh&open=2&find=退款&compare=layer&map_view=Compare", (Look("dark"),)),
    ):
        opened(page, server, f"/map?method=pca&data={path}")
        for look in looks:
            page.emulate_media(color_scheme=look.scheme)
            page.set_viewport_size({"width": look.width, "height": look.height})
            screenshot(page, f"map-{path.split('&')[0]}-{look}")
            assert page.evaluate(wide) == 0
