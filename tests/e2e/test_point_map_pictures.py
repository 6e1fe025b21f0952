"""The map as a picture: drawn in two ways, saved as PNG and SVG, and in a file of its own."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from embedlib.exporting.map_page import map_page
from embedlib.figures.cloud import Cloud, Lines, MapView, Star, categories, numbers
from tests.e2e.conftest import Look, settled
from tests.e2e.lattice import AS_WITH_A_CARD, WITHOUT_WEBGL, at, drag, drawn, expect_state, hover
from tests.e2e.server import ROOT, AppServer
from tests.e2e.test_components import MARKUP

pytestmark = pytest.mark.browser


def test_both_ways_of_drawing_give_the_same_picture(
    open_page: Callable[..., Page], app_server: Callable[..., AppServer]
) -> None:
    server = app_server("tests/e2e/pages/point_map.py")
    pictures = {}
    for painter, script in (("Painter", AS_WITH_A_CARD), ("BitmapPainter", WITHOUT_WEBGL)):
        page = open_page()
        page.add_init_script(script)
        page.goto(f"{server.url}/?marks=1")
        drawn(page)
        name = "embeddingExplorer.maps.get('map').stage.painter.constructor.name"
        assert page.evaluate(name) == painter
        said = page.get_by_text("This browser has no WebGL2")
        assert said.is_visible() == (painter == "BitmapPainter")
        page.mouse.click(*at(page, 42))
        expect_state(page, "Opened 42")
        page.mouse.move(5, 5)
        settled(page)
        shot = page.locator(".stage").screenshot()
        pictures[painter] = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.float32)
    apart = np.abs(pictures["Painter"] - pictures["BitmapPainter"]).max(axis=2)
    inked = (pictures["Painter"].min(axis=2) < 230).sum()
    assert inked > 8_000
    assert (apart > 90).sum() < 0.05 * inked  # only at edges, by parts of a pixel


# The file


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A map of texts that are markup, as a file."""
    pick = np.random.default_rng(1)
    group = pick.integers(0, len(MARKUP), 300)
    places = pick.normal(size=(2, 300, 2)) * 0.4 + np.stack([group, group % 2], axis=1)
    texts = tuple(f"{MARKUP[g]} {row}" for row, g in enumerate(group.tolist()))
    cloud = Cloud(places, texts, ("Layer 1", MARKUP[1]))
    colourings = [
        categories("label", [MARKUP[g] for g in group.tolist()]),
        numbers("distortion", pick.normal(size=300), centre=0.0),
    ]
    star = Star(MARKUP[2], (0.0, 0.0), MARKUP[3])
    lines = (Lines("kept", np.array([[0, 1]])),)
    view = MapView(MARKUP[0], MARKUP[1], judged=MARKUP[2], stars=(star,), opened=0, lines=lines)
    path = tmp_path_factory.mktemp("saved") / "map.html"
    path.write_text(map_page(cloud, colourings, view, card={"model": MARKUP[4]}), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_map_works_offline_and_saves_pictures(
    open_page: Callable[..., Page], saved: Path, tmp_path: Path, scheme: str
) -> None:
    page = open_page(Look(scheme), offline=True, accept_downloads=True)
    page.goto(saved.as_uri())
    page.wait_for_function("embeddingExplorer.maps.get('alone')?.stage.drawn > 0")
    expect(page.locator(".legend")).to_contain_text("near in both")
    page.mouse.click(*at(page, 7, "alone"))  # whose neighbours nobody has found
    expect(page.locator(".legend")).not_to_contain_text("near in both")
    hover(page, 7, "alone")
    expect(page.locator(".tip .words")).to_have_text(re.compile(r" 7$"))
    page.get_by_role("button", name="Box").click()
    box = page.locator(".stage").bounding_box()
    corners = [(box["x"] + 3, box["y"] + 3)]
    corners.append((box["x"] + box["width"] - 3, box["y"] + box["height"] - 3))
    drag(page, corners)
    expect(page.locator(".counts")).to_contain_text("300 selected")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Colour by").select_option("distortion")
    page.screenshot(path=ROOT / "screenshots" / f"saved-map-{scheme}.png")
    if scheme == "dark":  # as if there were too many points for as many circles
        page.evaluate("embeddingExplorer.maps.get('alone').data.most_svg_points = 100")
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.stat().st_size > 5_000
        if kind == "PNG":
            assert path.read_bytes().startswith(b"\x89PNG")
            continue
        # An SVG is a document: opened by itself it must run nothing either.
        page.goto(path.as_uri())
        below = "".join(page.locator("text").all_text_contents())
        for words in (MARKUP[1], MARKUP[2], "Colour: distortion"):
            assert words in below
        if scheme == "dark":
            expect(page.get_by_text("there are more than 100 in sight")).to_be_visible()
            assert page.evaluate("document.querySelectorAll('image').length") == 2
        else:
            assert page.evaluate("document.querySelectorAll('path').length") >= 300
        names = page.evaluate(
            "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]"
        )
        assert not set(names) & {"script", "foreignObject", "a", "style", "parsererror"}
        page.screenshot(path=ROOT / "screenshots" / f"saved-map-svg-{scheme}.png")
