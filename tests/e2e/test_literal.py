"""A person's text stays what it is where Streamlit reads Markdown, in a real browser."""

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

from tests.e2e.pages.literal import TEXT

pytestmark = pytest.mark.browser


def test_addresses_short_codes_and_arrows_are_shown_as_they_were_written(page, app_server):
    page.goto(app_server("tests/e2e/pages/literal.py").url)
    shown = page.get_by_test_id("stMarkdown")
    expect(shown.nth(1)).to_contain_text("end", timeout=60_000)
    assert shown.all_inner_texts()[:2] == [TEXT, f"{TEXT} end"]
    for place in ("stCaptionContainer", "stProgress", "stButtonGroup", "stAlert"):
        expect(page.get_by_test_id(place)).to_contain_text(TEXT)
    assert page.get_by_test_id("stMain").locator("a, img").count() == 0
