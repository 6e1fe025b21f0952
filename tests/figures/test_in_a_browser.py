"""Pictures drawn by the Plotly that people's browsers run: nothing is executed, hover is whole."""

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import plotly
import pytest

from embedlib.figures import CONFIG, PALETTES, Picture
from tests.figures.made import ATTACKS, PICTURES, TEXTS

pytestmark = pytest.mark.browser
ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--enable-unsafe-swiftshader"]
SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
DRAW = """([spec, config]) => Plotly.newPlot('picture', spec.data, spec.layout, config)
    .then(() => true)"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """An empty page with Plotly, that notes dialogs, errors and requests."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: .ci/run installs one")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 940, "height": 900})
        page.problems = []
        page.on("dialog", lambda dialog: (page.problems.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.problems.append(request.url))
        page.set_content("<!doctype html><meta charset=utf-8><div id=picture></div>")
        page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
        yield page
        browser.close()


def draw(page: Any, picture: Picture) -> None:
    page.evaluate(DRAW, [json.loads(picture.figure.to_json()), CONFIG])


@pytest.mark.parametrize("kind", list(PICTURES))
def test_what_a_person_wrote_is_drawn_and_never_run(page, kind):
    draw(page, PICTURES[kind](ATTACKS, PALETTES["light"]))
    made = "document.querySelectorAll('#picture a, #picture script, #picture image[href^=http],"
    made += " #picture img, #picture foreignObject').length"
    links = "[...document.querySelectorAll('#picture a')].filter(a => a.getAttribute('href'))"
    assert page.evaluate(f"{links}.length") == 0, page.evaluate(made)
    assert page.evaluate("document.querySelectorAll('#picture script, #picture img').length") == 0
    assert [p for p in page.problems if not p.startswith(("data:", "blob:", "about:"))] == []


@pytest.mark.parametrize("kind", list(PICTURES))
def test_no_title_is_out_of_sight(page, kind):
    draw(page, PICTURES[kind](TEXTS, PALETTES["dark"]))
    top = page.evaluate(
        """() => { const box = e => document.querySelector(e).getBoundingClientRect();
        const title = box('.gtitle'), whole = box('#picture');
        return [title.top - whole.top, title.left - whole.left, whole.right - title.right]; }"""
    )
    assert min(top) >= 0


@pytest.mark.parametrize("kind", ["similarity_matrix", "centroid_matrix", "norms_bar"])
def test_names_of_rows_do_not_touch(page, kind):
    draw(page, PICTURES[kind]([f"text number {row}" for row in range(30)], PALETTES["light"]))
    for axis, start, end in (("y", "top", "bottom"), ("x", "left", "right")):
        boxes = page.evaluate(
            f"""() => [...document.querySelectorAll('.{axis}tick text')].map(e => {{
            const b = e.getBoundingClientRect(); return [b.{start}, b.{end}]; }})"""
        )
        boxes.sort()
        assert all(a[1] <= b[0] + 3 for a, b in pairwise(boxes))


def test_hovering_a_cell_shows_both_texts_whole(page):
    tail = "that goes on for a while, longer than any label"
    texts = [f"text number {row} {tail}" for row in range(9)]
    draw(page, PICTURES["similarity_matrix"](texts, PALETTES["light"]))
    x, y = page.evaluate(
        """() => { const plot = document.getElementById('picture');
        const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
        const x = xaxis._offset + xaxis.l2p(5), y = yaxis._offset + yaxis.l2p(2);
        return [box.left + x, box.top + y]; }"""
    )
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y, steps=3)
    page.wait_for_selector(".hovertext")
    shown = page.text_content(".hovertext").replace(" ", "")  # lines are joined without one
    assert all(texts[row].replace(" ", "") in shown for row in (2, 5))
