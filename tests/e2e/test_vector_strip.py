"""The vector strip in a real browser, against `pages/components.py`."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Look

pytestmark = pytest.mark.browser


def test_arrows_say_the_exact_value_of_a_dimension(shown: Callable[..., Page]) -> None:
    page = shown()
    strip = page.locator(".strips")
    strip.focus()
    for _ in range(17):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".vector_strip .detail")).to_have_text("dimension 17: -0.0432")
    expect(strip).to_have_attribute("aria-valuetext", "dimension 17: -0.0432")
    page.keyboard.press("End")
    expect(page.locator(".vector_strip .value")).to_contain_text("dimension 383: ")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".vector_strip .value")).to_contain_text("dimension 191: ")


def test_pointing_at_a_cell_says_its_exact_value(shown: Callable[..., Page]) -> None:
    page = shown()
    canvas = page.locator(".vector_strip .row canvas")
    box = canvas.bounding_box()
    canvas.hover(position={"x": box["width"] - 2, "y": 5})
    expect(page.locator(".vector_strip .value")).to_contain_text("dimension 191: ")
    page.mouse.move(5, 5)
    expect(page.locator(".vector_strip .detail")).to_contain_text("384 dimensions")


def test_the_strip_wraps_so_that_cells_stay_wide(shown: Callable[..., Page]) -> None:
    page = shown()
    canvas = page.locator(".vector_strip .row canvas")
    page.locator(".strips").focus()
    heights = []
    for width in (1920, 1280, 600):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            """([canvas, width]) => { const room = canvas.parentElement.clientWidth;
                return room < width && canvas.clientWidth === room; }""",
            arg=[canvas.element_handle(), width],
        )
        heights.append(canvas.bounding_box()["height"])
        assert page.locator(".cursor").bounding_box()["width"] >= 4
    assert heights == sorted(heights) and heights[0] < heights[-1]


@pytest.mark.parametrize("page", [Look(ratio=2.0)], indirect=True, ids=str)
def test_the_strip_is_crisp_where_pixels_are_double(shown: Callable[..., Page]) -> None:
    page = shown()
    canvas = page.locator(".vector_strip .row canvas")
    assert canvas.evaluate("c => c.width") == 2 * canvas.evaluate("c => c.clientWidth")
    blurred = canvas.evaluate(
        """canvas => { const pen = canvas.getContext('2d');
            const { data, width } = pen.getImageData(0, 20, canvas.width, 1);
            const at = (n) => data.slice(4 * n, 4 * n + 3).join();
            let lone = 0;
            for (let n = 100; n < width - 1; n++)
                if (at(n) !== at(n - 1) && at(n) !== at(n + 1)) lone++;
            return lone; }"""
    )
    assert blurred == 0
