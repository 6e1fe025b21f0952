"""The Layers page in a real browser: the grid, a click on a cell, and the panels below."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Look, screenshot
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import opened

pytestmark = pytest.mark.browser
LOOKS = pytest.mark.parametrize("page", [Look(), Look("dark")], indirect=True, ids=str)


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def grid_title(page: Page):
    return page.locator(".stPlotlyChart .gtitle").first


@LOOKS
def test_the_grid_stands_there_and_a_cell_becomes_the_setting_everywhere(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "/layers?data=service")
    expect(grid_title(page)).to_contain_text("Best:")
    screenshot(
        page, f"layers-grid-{page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches')}"
    )
    marks = page.locator(".stPlotlyChart").first.locator(".scatterlayer .trace").first
    marks.locator("path.point").nth(5).click(force=True)  # layer 1, first token
    expect(page.get_by_text("layer 1 of 6", exact=False).first).to_be_visible()
    expect(page).to_have_url(lambda url: "layer=1" in url and "pooling=cls" in url)
