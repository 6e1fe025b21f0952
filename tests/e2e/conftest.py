"""Fixtures of the browser tests: a server for a script, a browser, a page that watches itself."""

import os
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.server import ROOT, AppServer

if TYPE_CHECKING:
    from playwright import sync_api as playwright

ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
    "--force-color-profile=srgb",
]
PATIENCE_MS = int(os.environ.get("EMBEDLIB_TEST_PATIENCE_MS", "60000"))
QUIET_MS = 300
# Not faults of the app: a deep link asks for its health below its own path first.
HARMLESS = ("_stcore/health", "_stcore/host-config", "favicon")

_QUIET = """(quiet) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const still = app
        && app.getAttribute('data-test-connection-state') === 'CONNECTED'
        && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"]');
    const now = performance.now();
    if (!still) window.__still_since = now;
    window.__still_since ??= now;
    return now - window.__still_since >= quiet;
}"""


@dataclass(frozen=True)
class Look:
    """How a person looks at the app; give one to `page` with `parametrize(..., indirect=True)`."""

    scheme: str = "light"
    width: int = 1280
    height: int = 800
    ratio: float = 1.0

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; skips where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium on this machine: .ci/run installs one")


# Package, not session: while Playwright runs, an event loop counts as running in this thread, and
# tests of other folders may want their own.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator["playwright.Browser"]:
    api = pytest.importorskip(
        "playwright.sync_api",
        reason="playwright is not installed: pip install -r requirements-dev.txt",
    )
    with api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def app_server(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., AppServer]]:
    """`app_server(script=..., **options of AppServer)`: started once a script, ended at the end."""
    started: dict[str, AppServer] = {}
    with ExitStack() as stack:

        def start(script: str, **options: object) -> AppServer:
            name = repr((script, sorted(options.items(), key=repr)))
            if name not in started:
                home = tmp_path_factory.mktemp("home")
                started[name] = stack.enter_context(AppServer(script, home, **options))
            return started[name].check()  # a server that died is named, not a page that failed

        yield start


class Watch:
    """What a page did that it should not: errors, dialogs, requests to other machines."""

    def __init__(self, page: "playwright.Page") -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def _console(self, message: "playwright.ConsoleMessage") -> None:
        where = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not any(known in where for known in HARMLESS):
            self.problems.append(f"console: {where}")

    def _dialog(self, dialog: "playwright.Dialog") -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: "playwright.Request") -> None:
        own = (
            "http://127.0.0.1:",
            "ws://127.0.0.1:",
            "data:",
            "blob:",
            "file:",
            "chrome-extension:",
        )
        if not request.url.startswith(own) and not any(known in request.url for known in HARMLESS):
            self.problems.append(f"request: {request.url}")


HABITS = {"reduced_motion": "reduce", "locale": "en-GB"}


@pytest.fixture(scope="package")
def shared(browser: "playwright.Browser") -> Iterator["playwright.BrowserContext"]:
    """One browser context for pages that ask for nothing of their own: the app's scripts are
    fetched and compiled once, which is a quarter of a test. Each page is a session of its own."""
    with browser.new_context(**HABITS) as context:
        yield context


@contextmanager
def opening(browser: "playwright.Browser") -> Iterator[Callable[..., "playwright.Page"]]:
    """`start(Look(...), **context options)`; at the end no page may have a problem."""
    watches = []
    with ExitStack() as stack:

        def start(look: Look = Look(), **options: object) -> "playwright.Page":
            context = browser.new_context(
                color_scheme=look.scheme,
                viewport={"width": look.width, "height": look.height},
                device_scale_factor=look.ratio,
                reduced_motion="reduce",
                locale="en-GB",
                **options,
            )
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.watch = Watch(page)
            watches.append(page.watch)
            return page

        yield start
    problems = [problem for watch in watches for problem in watch.problems]
    assert problems == []


@pytest.fixture
def open_page(browser: "playwright.Browser") -> Iterator[Callable[..., "playwright.Page"]]:
    """`open_page(Look(...), **context options)`; at the end no page may have a problem."""
    with opening(browser) as start:
        yield start


@pytest.fixture(scope="module")
def lasting_page(browser: "playwright.Browser") -> Iterator["playwright.Page"]:
    """One page for tests that go on where the one before ended: loading takes longer than they."""
    with opening(browser) as start:
        yield start()


@pytest.fixture
def page(
    open_page: Callable[..., "playwright.Page"], request: pytest.FixtureRequest
) -> "playwright.Page":
    """A page in light colours at 1280 x 800, or as the test's `Look` says; see `open_page`."""
    return open_page(getattr(request, "param", Look()))


def settled(page: "playwright.Page") -> "playwright.Page":
    """Wait until the app is connected and its script has rested for a while; for screenshots.

    To wait for a result, expect the result: a script may rest before it has begun.
    """
    page.evaluate("() => { delete window.__still_since; }")
    page.wait_for_function(_QUIET, arg=QUIET_MS, timeout=PATIENCE_MS)
    return page


def screenshot(page: "playwright.Page", name: str) -> None:
    """Keep a picture of the settled page in `screenshots/`, for someone to look at."""
    settled(page).screenshot(path=ROOT / "screenshots" / f"{name}.png")


@pytest.fixture
def shown(
    page: "playwright.Page", app_server: Callable[..., AppServer]
) -> Callable[..., "playwright.Page"]:
    """`shown(text=..., kept=...)`: the page of components with that query, once both are drawn."""
    server = app_server("tests/e2e/pages/components.py")

    def build(**query: object) -> "playwright.Page":
        page.goto(f"{server.url}/?{urllib.parse.urlencode(query)}")
        page.locator(".token_chips .chip").first.wait_for()
        page.locator(".vector_strip canvas").first.wait_for()
        return settled(page)

    return build
