"""The Layers page in a real browser: the grid, a click on a cell, and every panel below it."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import opened, tab

pytestmark = pytest.mark.browser
FIRST_MS = 90_000  # the model is loaded and the texts are read on the first visit
DARK = pytest.mark.parametrize("page", [Look("dark")], indirect=True, ids=str)


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def taken_home(page: Page, button: str) -> Path:
    """The file that a button of the open panel's export gives."""
    page.get_by_text("Export: tables, pictures, code, card").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return waiting.value.path()


def titles(page: Page) -> Locator:
    return page.locator(".stPlotlyChart .gtitle")


def test_a_cell_of_the_grid_becomes_the_setting_of_every_page(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "/layers?data=service")
    expect(titles(page).first).to_contain_text(re.compile("Best:|Highest:"), timeout=FIRST_MS)
    screenshot(page, "layers-light")
    cell = page.locator(".stPlotlyChart").first.locator("path.point").nth(5)
    box = cell.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_text("layer 1 of 6 · first token", exact=False)).to_be_visible()
    page.get_by_role("link", name="Explore", exact=True).click()
    expect(page.get_by_text("layer 1 of 6 · first token", exact=False)).to_be_visible()
    expect(titles(page).first).to_contain_text("60 texts")


@DARK
def test_the_panels_answer_in_the_dark_and_the_address_restores_them(
    page: Page, server: AppServer
) -> None:
    opened(
        page, server, "/layers?data=service&layers_view=Health&health_transform=whitened&pair_a=2"
    )
    kept = page.get_by_text("Neighbours kept", exact=False).first
    expect(kept).to_be_visible(timeout=FIRST_MS)
    screenshot(page, "layers-health-dark")
    tab(page, "Relations")
    expect(titles(page).filter(has_text="Least alike")).to_be_visible()
    expect(page.get_by_role("combobox", name="From")).to_have_value("Layer 2")
    with zipfile.ZipFile(taken_home(page, "All of it as ZIP")) as archive:
        assert b"first[2]" in archive.read("code.py")
        assert json.loads(archive.read("card.json"))["rows_measured"] == 60
    page.get_by_role("radio", name="SVG").click()
    settled(page)
    chart = page.locator(".stPlotlyChart").filter(has_text="Least alike")
    chart.hover()
    with page.expect_download() as waiting:
        chart.locator(".modebar-btn").click()
    assert waiting.value.suggested_filename.endswith(".svg")
    tab(page, "Break it")
    expect(titles(page).filter(has_text="The right way")).to_be_visible()
    page.get_by_role("radio", name="Shuffle the words").click()
    expect(page.get_by_text("a bag of words", exact=False)).to_be_visible()
    expect(page).to_have_url(re.compile("mistake=shuffled_words"))
    screenshot(page, "layers-broken-dark")


def test_a_chinese_word_is_followed_and_a_cosine_taken_apart(page: Page, server: AppServer) -> None:
    opened(page, server, "/layers?data=senses_zh&journey=意思&layers_view=A+word%27s+journey")
    expect(titles(page).filter(has_text="“意思” lie")).to_be_visible(timeout=FIRST_MS)
    screenshot(page, "layers-journey-light")
    tab(page, "Why alike")
    expect(titles(page).filter(has_text="the largest part comes from")).to_be_visible()
    tab(page, "Pooling")
    expect(titles(page).filter(has_text="pulls the mean most")).to_be_visible()
    screenshot(page, "layers-pooling-light")
