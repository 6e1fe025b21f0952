"""The Layers page in a real browser: the grid, a click on a cell, and every panel below it."""

import re
from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Look, screenshot
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import opened, tab

pytestmark = pytest.mark.browser
FIRST_MS = 90_000  # the model is loaded and the texts are read on the first visit
DARK = pytest.mark.parametrize("page", [Look("dark")], indirect=True, ids=str)


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def titles(page: Page) -> Locator:
    return page.locator(".stPlotlyChart .gtitle")


def test_a_cell_of_the_grid_becomes_the_setting_of_every_page(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "/layers?data=service")
    expect(titles(page).first).to_contain_text("Best:", timeout=FIRST_MS)
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
    opened(page, server, "/layers?data=service&layers_view=Health&health_transform=whitened")
    kept = page.get_by_text("Neighbours kept", exact=False).first
    expect(kept).to_be_visible(timeout=FIRST_MS)
    screenshot(page, "layers-health-dark")
    tab(page, "Relations")
    expect(titles(page).filter(has_text="Least alike")).to_be_visible()
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
    tab(page, "Certificate")
    page.get_by_role("button", name="Make the certificate").click()
    expect(page.get_by_text("4 of 4 checks passed")).to_be_visible(timeout=FIRST_MS)
