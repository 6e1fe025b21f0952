"""The Attention page in a real browser: from the first look to what a person takes home."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import XSS

pytestmark = pytest.mark.browser
PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def head_name(page: Page) -> Locator:
    return page.locator(".attention_explorer .one .headname")


def finding(page: Page) -> Locator:
    return page.locator(".attention_explorer .title")


def pane(page: Page, part: str) -> Locator:
    """The canvas of the grid ("overview") or of the heads on show ("one"); Tab reaches it."""
    return page.locator(f".attention_explorer .{part} .pane:not([hidden])")


def opened(page: Page, server: AppServer, query: str = "") -> Page:
    page.goto(f"{server.url}/attention{query}")
    expect(head_name(page)).not_to_be_empty(timeout=PATIENCE_MS)
    return settled(page)


def write(page: Page, text: str, pair: str = "") -> None:
    """Type a text of one's own, and perhaps a second one."""
    page.get_by_role("textbox", name="Second text").fill(pair)
    box = page.get_by_role("textbox", name="Text", exact=True)
    box.fill(text)
    box.press("Control+Enter")
    settled(page)


def test_a_first_look_the_switch_to_contribution_heads_by_key_and_the_way_back(
    page: Page, server: AppServer
) -> None:
    opened(page, server)
    expect(finding(page)).to_contain_text("[CLS] and [SEP] (2 of 15 tokens) receive 50.5 %")
    expect(head_name(page)).to_have_text("Layer 1, head 3")
    expect(page.get_by_text("layer, pooling and prefix do not change")).to_be_visible()
    box = page.locator(".attention_explorer").bounding_box()
    assert 800 - box["y"] > 800 * 2 / 3 - 40  # the picture has two thirds of the first screen
    page.get_by_role("radio", name="Contribution").click()
    expect(page.locator(".one .detail")).to_contain_text("Contribution", timeout=PATIENCE_MS)
    settled(page)
    pane(page, "overview").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(head_name(page)).to_have_text("Layer 2, head 4")
    expect(page.get_by_role("button", name="Layer 2, head 4")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    assert "kind=contribution" in page.url and "heads=2.4" in page.url
    screenshot(page, "attention-contribution")
    page.reload()
    expect(head_name(page)).to_have_text("Layer 2, head 4", timeout=PATIENCE_MS)
    expect(page.locator(".one .detail")).to_contain_text("Contribution")


def test_filters_say_what_they_do_and_a_link_restores_them(page: Page, server: AppServer) -> None:
    opened(page, server, "?sample=pair&heads=3.2,3.3&mark=previous")
    expect(head_name(page)).to_contain_text("Mean of 2 heads")
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Special tokens left out, rows rescaled", exact=True).click()
    page.get_by_role("radio", name="A to B").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Special left out, rescaled · A to B")).to_be_visible()
    settled(page)
    link = page.url
    assert "added=left_out_rescaled" in link and "segment=a_to_b" in link
    pane(page, "one").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".one .detail")).to_contain_text("The")  # the first row is no [CLS] now
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_text("Special left out, rescaled · A to B")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.get_by_role("button", name="Mean of 2 heads")).to_be_visible()


@pytest.mark.parametrize("page", [Look("dark", 1920, 1080)], indirect=True, ids=str)
def test_text_stays_text_in_any_script_and_leaves_no_mark(page: Page, server: AppServer) -> None:
    opened(page, server, "?sample=own")
    for text, pair in [
        (" ".join(XSS), " ".join(reversed(XSS))),
        ("中文 العربية हिन्दी 👩‍👩‍👧‍👦 e\u0301", "שלום \u202eabc\u202c 🏳️‍🌈 한국어"),
    ]:
        write(page, text, pair)
        expect(head_name(page)).not_to_be_empty(timeout=PATIENCE_MS)
        settled(page)
    screenshot(page, "attention-scripts")
    found = page.locator(".attention_explorer").evaluate(
        "root => [...new Set([...root.querySelectorAll('*')].map(one => one.localName))]"
    )
    assert not set(found) & {"img", "script", "iframe", "svg", "a", "details", "math"}
    pane(page, "one").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".one .detail")).to_contain_text("中")


def test_what_cannot_be_read_is_said_and_what_is_too_long_is_cut_or_read_in_parts(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "?sample=own")
    write(page, "   ")
    expect(page.get_by_text("Type a text above to see")).to_be_visible()
    page.get_by_role("button", name="Insert an example").click()
    expect(head_name(page)).not_to_be_empty(timeout=PATIENCE_MS)
    write(page, "a" * 100_001)
    expect(page.get_by_text("must be at most 100,000 characters")).to_be_visible()
    write(page, "one two three four five six " * 100)  # 600 tokens
    expect(page.get_by_text("256 tokens are read; 346 more were cut.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    page.get_by_role("radio", name="Read in parts").click()
    expect(page.get_by_text("Read by itself: no token sees another part")).to_be_visible(
        timeout=PATIENCE_MS
    )
    settled(page)
    assert "long=parts" in page.url and "one%20two" not in page.url
    screenshot(page, "attention-parts")


def test_what_is_taken_home_opens_offline_and_holds_the_same_numbers(
    page: Page, browser: Browser, server: AppServer, tmp_path: Path
) -> None:
    opened(page, server, "?heads=4.3&panel=Export+and+code")
    page.get_by_role("tab", name="Export and code").click()
    content = downloaded(page, tmp_path)
    offline = browser.new_context(offline=True)
    file = offline.new_page()
    file.goto(content.as_uri())
    expect(file.locator(".one .headname")).to_have_text("Layer 4, head 3")
    expect(file.locator(".title")).to_contain_text("50.5 % of the weight")
    offline.close()
    page.get_by_role("radio", name="CSV table").click()
    settled(page)
    rows = list(csv.reader(io.StringIO(downloaded(page, tmp_path).read_text("utf-8-sig"))))
    values = np.array([row[1:] for row in rows[1:]], dtype=float)
    assert rows[0][1:4] == ["[CLS]", "The", "animal"]
    np.testing.assert_allclose(values.sum(axis=1), 1, atol=1e-5)
    page.get_by_role("radio", name="NumPy").click()
    page.get_by_role("radio", name="All 72").click()
    settled(page)
    with np.load(downloaded(page, tmp_path), allow_pickle=False) as arrays:
        assert arrays["values"].shape == (72, 15, 15)
        np.testing.assert_allclose(arrays["values"][3 * 12 + 2], values, atol=1e-6)
        assert json.loads(str(arrays["card"]))["model"] == "all-MiniLM-L6-v2"


def downloaded(page: Page, folder: Path) -> Path:
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.mark.parametrize("page", [Look("dark", 1920, 1080)], indirect=True, ids=str)
def test_short_and_long_texts_fill_the_picture(page: Page, server: AppServer) -> None:
    opened(page, server, "?sample=own&max_tokens=512")
    long = "one two three four five six seven " * 80
    for n_tokens, words in {6: "the bank lends", 72: "It was too tired. " * 14, 512: long}.items():
        write(page, words)
        expect(finding(page)).to_contain_text(f"of {n_tokens} tokens", timeout=PATIENCE_MS)
        screenshot(page, f"attention-{n_tokens}")
        canvas = pane(page, "one").locator("canvas").first.bounding_box()
        assert min(canvas["width"], canvas["height"]) > 200
    expect(page.locator(".attention_explorer .note")).to_contain_text("8")
