"""How long does a person wait for the first page, the first result, and another page?

    python -m benchmarks.start [--rounds 3]

Each round starts a server with an empty store in a process of its own and opens it in headless
Chromium at once. Printed are medians: from the start of the process to an answering server and to
the first page's frame; to the first result; then, in the warm app, the seconds of a page change,
from the press of the button, at the first and at a further visit, and of a layer change. Needs
Chromium and Playwright (requirements-dev.txt).
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ARGUMENTS
from tests.e2e.server import AppServer

CLOCK = time.perf_counter
PAGES = ("Guide", "Models", "Explore")


def seen(page: Any, script: str) -> None:
    """Wait for a JavaScript condition, asked at every frame that is painted."""
    page.wait_for_function(script, polling="raf", timeout=120_000)


def since_press(page: Any, script: str) -> float:
    """Seconds from the last press, by the browser's clock, to when a condition holds."""
    waited = f"({script}) ? performance.now() - window.pressed : 0"
    return page.wait_for_function(waited, polling="raf", timeout=120_000).json_value() / 1000


def heading(name: str) -> str:
    return f"[...document.querySelectorAll('h1')].some(h => h.textContent.trim() === '{name}')"


PRESSED = "addEventListener('pointerdown', () => { window.pressed = performance.now() }, true)"
MAP = "document.querySelector('.stPlotlyChart .gtitle') !== null"
IDLE = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


def one_round(browser: Any, rows: dict[str, list[float]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        started = CLOCK()
        with AppServer("app.py", Path(home), environment={"OMP_NUM_THREADS": ""}) as server:
            rows["server answers"].append(CLOCK() - started)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(PRESSED)
            opened = CLOCK()
            page.goto(server.url)
            seen(page, heading("Explore"))
            rows["first page painted, from the start of the server"].append(CLOCK() - started)
            rows["first page painted, from the request"].append(CLOCK() - opened)
            seen(page, MAP)
            rows["first result, from the start of the server"].append(CLOCK() - started)
            seen(page, IDLE)
            page.wait_for_timeout(2_000)  # until the warm-up is over
            warm(page, rows)
            page.close()


def warm(page: Any, rows: dict[str, list[float]]) -> None:
    visits = [(name, visit) for visit in ("first", "further") for name in PAGES]
    for name, visit in visits:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
        drawn = f"{heading(name)} && {IDLE}" + (f" && {MAP}" if name == "Explore" else "")
        rows[f"page change, {visit} visit"].append(since_press(page, drawn))
    slider = page.get_by_role("slider", name="Layer")
    for layer in (5, 4):
        slider.focus()
        began = CLOCK()
        slider.press("ArrowLeft")
        page.get_by_text(f"layer {layer} of 6", exact=False).first.wait_for()
        rows["layer change"].append(CLOCK() - began)


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed.")
    rows: dict[str, list[float]] = defaultdict(list)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for _ in range(rounds):
            one_round(browser, rows)
        browser.close()
    for name, seconds in rows.items():
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        print(f"{name:<52} {statistics.median(seconds):6.2f} s  ({spread}, {len(seconds)} times)")


if __name__ == "__main__":
    main()
