"""Who gets the wheel: the page, until a person turns to the map; and the map in full screen."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Look, settled
from tests.e2e.lattice import at, drawn, zoom_of
from tests.e2e.server import AppServer

pytestmark = pytest.mark.browser
LOW = Look(height=600)  # the page is higher than that, so that it can be scrolled
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
MIDDLE = 210


@pytest.fixture
def low(open_page: Callable[..., Page], app_server: Callable[..., AppServer]) -> Page:
    """The lattice in a window that is not high enough for it, the pointer on the map."""
    page = open_page(LOW)
    page.goto(app_server("tests/e2e/pages/point_map.py").url)
    drawn(page)
    settled(page)
    page.mouse.move(*at(page, MIDDLE))
    return page


def test_the_wheel_scrolls_the_page_until_a_person_turns_to_the_map(low: Page) -> None:
    page, hint = low, low.locator(".wheel_hint")
    page.mouse.wheel(0, 40)
    page.wait_for_function(f"{SCROLLED} === 40")
    expect(hint).to_have_text("To zoom with the wheel, click here first or hold Ctrl")
    assert zoom_of(page) == 1
    page.mouse.click(*at(page, MIDDLE))
    expect(hint).to_be_hidden()
    page.mouse.wheel(0, -400)
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.zoom > 1.5")
    assert page.evaluate(SCROLLED) == 40
    page.mouse.click(5, 5)
    page.mouse.move(*at(page, MIDDLE))
    page.wait_for_timeout(300)  # or it were the same turn of the wheel
    page.mouse.wheel(0, -20)
    page.wait_for_function(f"{SCROLLED} === 20")
    expect(hint).to_be_hidden()  # whoever has zoomed with it knows


def test_ctrl_and_a_pinch_on_a_touchpad_always_zoom(low: Page) -> None:
    page = low
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.zoom > 1.5")
    assert page.evaluate(SCROLLED) == 0


def test_a_turn_of_the_wheel_that_began_beside_the_map_goes_on_scrolling(low: Page) -> None:
    low.locator(".stage").focus()
    turned = """(stage) => {
        const turn = (target) => {
            const event = new WheelEvent("wheel", {
                deltaY: 30, bubbles: true, composed: true, cancelable: true });
            target.dispatchEvent(event);
            return event.defaultPrevented; };
        return [turn(document.body), turn(stage)]; }"""
    assert low.locator(".stage").evaluate(turned) == [False, False]
    low.wait_for_timeout(300)
    onto = turned.replace("turn(document.body), turn(stage)", "turn(stage), turn(stage)")
    assert low.locator(".stage").evaluate(onto) == [True, True]


def test_fingers_scroll_the_page_until_the_map_is_tapped(low: Page) -> None:
    stage = low.locator(".stage")
    expect(stage).to_have_css("touch-action", "pan-y")
    stage.focus()
    expect(stage).to_have_css("touch-action", "none")
    stage.blur()
    low.get_by_role("button", name="Lasso").click()
    expect(stage).to_have_css("touch-action", "none")


def test_the_map_fills_the_screen_and_comes_back(low: Page) -> None:
    page, stage = low, low.locator(".stage")
    before = stage.bounding_box()
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.width > 1000")
    box = stage.bounding_box()
    assert box["width"] > before["width"]
    page.mouse.move(*at(page, MIDDLE))
    page.mouse.wheel(0, -400)
    page.wait_for_function("embeddingExplorer.maps.get('map').stage.camera.zoom > 1.5")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement === null")
    settled(page)
    assert stage.bounding_box()["width"] == before["width"]
