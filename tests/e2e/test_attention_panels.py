"""The panels under the attention picture in a real browser: every one drawn, heads by clicking."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
PANELS = {
    "Follow a token": 2,
    "Passport": 2,
    "Switch heads off": 1,
    "Compare two texts": 3,
    "Rollout and flow": 1,
    "Queries and keys": 1,
}
# Where the middle of a head's cell is on the screen.
CELL = """(plot, [layer, head]) => {
    const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.l2p(head), box.top + yaxis._offset + yaxis.l2p(layer)];
}"""


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def pictures(page: Page) -> Locator:
    return page.locator(".stPlotlyChart:visible .js-plotly-plot")


def opened(page: Page, server: AppServer, panel: str, query: str = "") -> Page:
    """A panel once all its pictures are drawn."""
    page.goto(f"{server.url}/attention?panel={panel.replace(' ', '+')}{query}")
    expect(pictures(page)).to_have_count(PANELS[panel], timeout=PATIENCE_MS)
    return settled(page)


@pytest.mark.parametrize(
    ("page", "query"),
    [(Look("light"), "&sample=chinese"), (Look("dark"), "&sample=pair&pin=3")],
    indirect=["page"],
    ids=["light", "dark"],
)
def test_every_panel_is_drawn_and_says_its_finding(
    page: Page, server: AppServer, query: str, request: pytest.FixtureRequest
) -> None:
    theme = request.node.callspec.id
    first, *others = PANELS
    opened(page, server, first, query)
    page.set_viewport_size({"width": 1280, "height": 2400})
    for panel in (first, *others):
        page.get_by_role("tab", name=panel, exact=True).click()
        expect(pictures(page)).to_have_count(PANELS[panel], timeout=PATIENCE_MS)
        screenshot(page, f"panel-{panel.replace(' ', '-').lower()}-{theme}")
        for picture in page.locator(".stPlotlyChart:visible").all():
            assert len(picture.get_attribute("aria-label")) > 30


def test_passports_mark_the_grid_and_a_click_puts_a_head_on_show(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "Passport", "&mark=texts.margin")
    expect(page.get_by_text("open the tab Passport below")).to_have_count(0, timeout=PATIENCE_MS)
    grid = pictures(page).last
    grid.scroll_into_view_if_needed()
    x, y = grid.evaluate(CELL, [2, 11])
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)
    expect(page.locator(".attention_explorer .one .headname")).to_have_text(
        "Layer 2, head 11", timeout=PATIENCE_MS
    )
    assert "heads=2.11" in settled(page).url
    expect(pictures(page).first).to_contain_text("Layer 2, head 11")
    page.get_by_role("button", name="Open this text").click()
    expect(page.get_by_text("Loaded text", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    assert "sample=loaded" in settled(page).url
