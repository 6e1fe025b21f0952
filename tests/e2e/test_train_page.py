"""The Train page in a real browser: from rows to a run that is watched, cancelled and resumed."""

import re
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from embedlib.training import launch
from embedlib.training.runs import Run
from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import opened, upload

pytestmark = pytest.mark.browser
FIRST_MS = 90_000  # the model is loaded and the texts are read on the first visit
TRAINED_MS = 120_000  # a process starts, waits for its turn and trains, on a busy machine


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> Iterator[AppServer]:
    """The app; runs outlive their server, so they are ended here."""
    started = app_server("app.py", ready_path="/api/ready")
    yield started
    for recipe in started.home.glob("runs/*/recipe.json"):
        launch.cancel(Run(recipe.parent))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def badge(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMain").get_by_text(name, exact=True).first


def started(page: Page) -> str:
    """Start the run that is prepared; its address."""
    button(page, "Start training").click()
    page.wait_for_url(re.compile("run=[0-9a-f]{32}"), timeout=FIRST_MS)
    return page.url


def test_a_sample_becomes_a_run_that_ends_with_a_report_at_its_address(
    page: Page, server: AppServer, open_page: Callable[..., Page]
) -> None:
    opened(page, server, "/train?data=service&rungs=majority,tfidf")
    title = page.locator(".stPlotlyChart .gtitle").first
    expect(title).to_contain_text("60 rows of 8 labels", timeout=FIRST_MS)
    expect(page.get_by_text("Nothing is wrong with these 60 rows.")).to_be_visible()
    screenshot(page, "train-light")
    address = started(page)
    expect(badge(page, "Done")).to_be_visible(timeout=TRAINED_MS)
    settled(page)
    other = open_page(Look("dark", 1920, 1080))
    other.goto(address)
    expect(badge(other, "Done")).to_be_visible(timeout=FIRST_MS)
    expect(other.get_by_text("Linear probe · all-MiniLM-L6-v2", exact=False)).to_be_visible()
    screenshot(other, "train-done-dark")
    other.get_by_role("radio", name="Runs").click()
    expect(other.get_by_text("macro F1", exact=False).first).to_be_visible()


def test_bad_rows_are_told_mended_and_a_run_on_them_is_cancelled_and_resumed(
    page: Page, server: AppServer, open_page: Callable[..., Page]
) -> None:
    tuning = "recipe=lora&lora_epochs=1000&lora_batch_size=4&lora_patience=0&rungs=none"
    opened(page, server, f"/train?{tuning}")
    labels = ["river", "money", ""]
    lines = [f"the {labels[n % 3] or 'dog'} runs {n},{labels[n % 3]}" for n in range(60)]
    upload(page, "rows.csv", "\n".join(["text,label", *lines]).encode())
    expect(page.get_by_text("Before it can start: 20 rows without a label")).to_be_visible(
        timeout=FIRST_MS
    )
    expect(button(page, "Start training")).to_be_disabled()
    button(page, "Leave these rows out").click()
    expect(button(page, "Undo")).to_be_visible()
    screenshot(page, "train-doctor-light")
    address = started(page)
    expect(page.get_by_text("steps/s", exact=False)).to_be_visible(timeout=TRAINED_MS)
    expect(page.locator(".stPlotlyChart .gtitle").first).to_contain_text("macro F1")
    screenshot(page, "train-watch-light")
    other = open_page(Look("dark"))
    other.goto(address)
    button(other, "Cancel").click(timeout=FIRST_MS)
    expect(badge(other, "Cancelled")).to_be_visible()
    expect(badge(page, "Cancelled")).to_be_visible()  # the first browser hears of it by itself
    button(page, "Resume").click()
    expect(button(page, "Cancel")).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_text("steps/s", exact=False)).to_be_visible(timeout=TRAINED_MS)
    button(page, "Cancel").click()
    expect(button(page, "Resume")).to_be_visible()
