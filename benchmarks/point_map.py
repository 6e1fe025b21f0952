"""How long do people wait for the interactive map, with many points and no graphics card?

    python -m benchmarks.point_map [--points 100000 1000000] [--webgl]

A Streamlit page with a map of texts in 13 frames (3 frames above 200,000 points) in headless
Chromium without a graphics card: the map draws on the processor by itself, or with --webgl as it
does where there is a card, which SwiftShader then computes. The claims, for 100,000 points:
the map is open in under 3 s once the layout is known, moves at 30 frames a second or better, and a
lasso of 50,000 points answers in under 1 s, with Python told of every row; 1,000,000 points draw.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import ARGUMENTS
from tests.e2e.server import AppServer

SCRIPT = "benchmarks/point_map_page.py"
MAP = "embeddingExplorer.maps.get('map')"
DRAWN = f"window.embeddingExplorer && {MAP}?.stage.drawn > 0"
# The name of what draws is kept from the map, which then takes it for a graphics card.
AS_WITH_A_CARD = """{
    const known = WebGL2RenderingContext.prototype.getExtension;
    WebGL2RenderingContext.prototype.getExtension = function (name) {
        return name === "WEBGL_debug_renderer_info" ? null : known.call(this, name);
    };
}"""
# Milliseconds between frames while the camera moves a little in each; the median and the slowest
# of ten, and how many of the points the last frame drew.
MOVE = """async (kind) => {
    const { stage } = embeddingExplorer.maps.get("map");
    const times = [];
    let last = null;
    for (let n = 0; n < 120; n++) {
        const now = await new Promise(requestAnimationFrame);
        if (n > 30) times.push(now - last); // the first ones learn the pace
        last = now;
        const back = n % 40 < 20 ? 1 : -1;
        if (kind === "pan") stage.look(stage.camera.panned(4 * back, back));
        else stage.look(stage.camera.zoomed(400, 200, 1.05 ** back));
    }
    times.sort((a, b) => a - b);
    const n = stage.order.nPlaced;
    return [times[45], times[81], Math.min(n, Math.round(n * stage.pace.share(n)))];
}"""
LASSO = """(share) => {
    const map = embeddingExplorer.maps.get("map");
    const { camera } = map.stage;
    const points = [];
    for (let n = 0; n < 300; n++) {
        const [angle, reach] = [(n / 300) * 2 * Math.PI, share * camera.height / 2];
        points.push(camera.width / 2 + reach * Math.cos(angle));
        points.push(camera.height / 2 + reach * Math.sin(angle));
    }
    const begun = performance.now();
    map.region(points, "replace");
    return [performance.now() - begun, map.nSelected];
}"""
TIMED = """async (code) => {
    const map = embeddingExplorer.maps.get("map");
    const begun = performance.now();
    new Function("map", code)(map);
    Object.assign(map.stage, { moving: false, way: 1 }); // all points, where they go
    map.stage.paint();
    const { gl } = map.stage.painter;
    gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // waits for all of it
    return performance.now() - begun;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--webgl", action="store_true")
    chosen = parser.parse_args()
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with (
        tempfile.TemporaryDirectory() as home,
        AppServer(SCRIPT, Path(home)) as server,
        sync_playwright() as driver,
    ):
        for n_points in chosen.points:
            browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(300_000)
            if chosen.webgl:
                page.add_init_script(AS_WITH_A_CARD)
            report(page, server, n_points)
            browser.close()


def report(page: Page, server: AppServer, n_points: int) -> None:
    before = memory_of_browser()
    page.goto(f"{server.url}/?n={n_points}")
    page.get_by_role("button", name="Show").wait_for()  # the layout is known, the map not shown
    begun = time.perf_counter()
    page.get_by_role("button", name="Show").click()
    page.wait_for_function(DRAWN)
    opened = time.perf_counter() - begun
    page.evaluate(TIMED, "")
    page.wait_for_timeout(1_000)
    say(f"\n{n_points:,} points", "")
    say("open after the layout is known", f"{opened:.2f} s")
    for kind in ("pan", "zoom"):
        median, slow, drawn = page.evaluate(MOVE, kind)
        rate = f"{1000 / median:.0f} frames/s, nine of ten above {1000 / slow:.0f}/s"
        say(kind, f"{rate}, with {drawn:,} points drawn while moving")
        page.wait_for_timeout(1_500)
    share = next(x / 50 for x in range(1, 60) if page.evaluate(LASSO, x / 50)[1] >= n_points / 2)
    page.evaluate("() => embeddingExplorer.maps.get('map').escape()")
    page.get_by_text("Selected 0 rows", exact=True).wait_for()
    begun = time.perf_counter()
    in_browser, n_selected = page.evaluate(LASSO, share)
    page.get_by_text(f"Selected {n_selected} rows", exact=True).wait_for()
    heard = time.perf_counter() - begun
    say(f"lasso of {n_selected:,}", f"{in_browser:.0f} ms; Python knows after {heard:.2f} s")
    for name, code in (
        ("pointing", "map.hoverAt(400, 200)"),
        ("another colouring", "map.colourBy('length')"),
        ("another frame", "map.goTo(1)"),
        ("whole picture", ""),
    ):
        say(name, f"{page.evaluate(TIMED, code):.0f} ms")
    say("memory of the browser", f"{(memory_of_browser() - before) / 2**20:.0f} MiB more")


def memory_of_browser() -> int:
    """Bytes of all Chromium processes that this one started, shared pages counted once."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            if b"chrom" in (status.parent / "cmdline").read_bytes() and _is_mine(
                status.parent.name
            ):
                lines = status.read_text("ascii").splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):  # it ended meanwhile
            continue
    return 1024 * total


def _is_mine(process: str) -> bool:
    while process not in ("0", "1", str(os.getpid())):
        process = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[1]
    return process == str(os.getpid())


def say(what: str, answer: Any) -> None:
    print(f"{what:<34}{answer}", flush=True)


if __name__ == "__main__":
    main()
