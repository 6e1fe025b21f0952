"""How soon is the grid of heads painted, and what does moving in it ask of the server?

`benchmarks.attention` calls this; it needs Chromium and Playwright (requirements-dev.txt). The
browser is headless and draws without a GPU.
"""

import os
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.e2e.conftest import ARGUMENTS
from tests.e2e.server import AppServer

CLOCK = time.perf_counter
HOVERS, HEADS = 200, 20
# Components may lie in a shadow root, which querySelector does not enter.
PAINTED = """() => {
    const inside = (root) => root.querySelector('.overview canvas')
        ?? [...root.querySelectorAll('*')].map((one) => one.shadowRoot && inside(one.shadowRoot))
            .find(Boolean);
    const canvas = inside(document);
    if (!canvas || canvas.width < 50) return false;
    const pixels = new Uint32Array(
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return new Set(pixels).size > 20;
}"""


@dataclass
class Seen:
    """What a browser did.

    Args:
        first_paint_seconds: From the click to the painted grid, the scene's making included.
        received_bytes: What came over the socket for it.
        hover_messages: Messages of both ways during `HOVERS` movements of the mouse.
        head_seconds: From the key to the painted head, with the server stopped.
        head_messages: Messages to the server after `HEADS` changes, once it goes on.
    """

    first_paint_seconds: float = 0.0
    received_bytes: int = 0
    hover_messages: int = 0
    head_seconds: list[float] = field(default_factory=list)
    head_messages: int = 0

    @property
    def sentence(self) -> str:
        """Everything on a line."""
        return (
            f"first paint {self.first_paint_seconds:.2f} s after the click, "
            f"{self.received_bytes / 1e6:.3f} MB received; {HOVERS} hovers: "
            f"{self.hover_messages} messages; a head by key, server stopped: "
            f"{1e3 * statistics.median(self.head_seconds):.0f} ms (median of {HEADS}), "
            f"then {self.head_messages} message(s) to tell it"
        )


class Socket:
    """Counts the messages and bytes of a page's socket."""

    def __init__(self, page: Any) -> None:
        self.sent = self.received = self.bytes = 0
        page.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        socket.on("framesent", lambda _: self._count("sent", 0))
        socket.on("framereceived", lambda content: self._count("received", len(content)))

    def _count(self, way: str, size: int) -> None:
        setattr(self, way, getattr(self, way) + 1)
        self.bytes += size


def chromium() -> str | None:
    """The path of a Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def browsing() -> Iterator[Any]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def look(browser: Any, weights: np.ndarray) -> Seen:
    """Open a page with these (layer, head, query, key) weights, point at it, change heads."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "weights.npy"
        np.save(file, weights)
        given = {"ATTENTION_WEIGHTS": str(file)}
        server = AppServer("benchmarks/pages/attention.py", Path(folder), environment=given)
        with server:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            socket = Socket(page)
            page.goto(server.url)
            show = page.get_by_role("button", name="Show")
            show.wait_for()
            page.wait_for_timeout(1_000)
            before = socket.bytes
            began = CLOCK()
            show.click()
            page.wait_for_function(PAINTED, polling="raf", timeout=120_000)
            seen.first_paint_seconds = CLOCK() - began
            page.wait_for_timeout(2_000)
            seen.received_bytes = socket.bytes - before
            seen.hover_messages = _hovered(page, socket)
            _moved(page, socket, server, seen)
            page.close()
    return seen


def _hovered(page: Any, socket: Socket) -> int:
    before = socket.sent + socket.received
    box = page.locator(".overview canvas").bounding_box()
    for number in range(HOVERS):
        share = (number + 0.5) / HOVERS
        page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
    page.wait_for_timeout(1_000)
    return socket.sent + socket.received - before


def _moved(page: Any, socket: Socket, server: AppServer, seen: Seen) -> None:
    """Change heads by key while the server's process stands still."""
    process = server.process
    assert process is not None
    name = page.locator(".one .headname")
    page.locator(".overview .pane").focus()
    before = socket.sent
    os.kill(process.pid, signal.SIGSTOP)
    try:
        for number in range(HEADS):
            was = name.inner_text()
            began = CLOCK()
            row, step = divmod(number + 1, 12)  # to the right, down, to the left, ...
            page.keyboard.press("ArrowDown" if not step else ("ArrowRight", "ArrowLeft")[row % 2])
            page.keyboard.press("Enter")
            while name.inner_text() == was:
                if CLOCK() - began > 10:
                    raise TimeoutError(f"The head stayed {was!r} with the server stopped.")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            seen.head_seconds.append(CLOCK() - began)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    page.wait_for_timeout(1_500)
    seen.head_messages = socket.sent - before
