"""Outdated calls of a component that come last, as when its script still loads, change nothing."""

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page

from embedlib.browser.assets import ASSETS, SHARED, joined, scripts_in

pytestmark = pytest.mark.browser

Ask = Callable[..., object]
# What Streamlit does: the browser finishes the imports in any order, and Streamlit ends an
# outdated call as soon as it was made. `calls`: [data, is outdated] in the order of the browser.
STREAMLIT = """
async function streamlit(start, calls, mount) {
  const ends = [];
  const made = calls.map(async ([data, outdated]) => {
    const end = await (async () => start({ data, parentElement: mount }))();
    if (outdated) Promise.resolve(end).then((end) => end());
    else ends.push(end);
  });
  await Promise.all(made);
  await nextTurn();
  return () => ends.forEach((end) => end());
}
const nextTurn = () => new Promise((done) => setTimeout(done, 20));
"""
ORDERS = [
    [["old", True], ["new", False]],
    [["new", False], ["old", True]],
    [["older", True], ["new", False], ["old", True]],
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_content(
        "<!doctype html><meta charset=utf-8><div id=mount><div class=view></div></div>"
    )
    page.add_script_tag(content=joined(*scripts_in(SHARED)) + STREAMLIT)
    yield page
    page.close()


@pytest.mark.parametrize("calls", ORDERS)
def test_a_component_shows_the_newest_data_and_ends_once(page: Page, calls: list[object]) -> None:
    shown = page.evaluate(
        """async (calls) => {
        const said = [];
        class View {
          constructor(root) { this.root = root; }
          show(data) { said.push(data); }
          dispose() { said.push("ended"); }
        }
        const start = (component) => render(View, "view", component);
        const end = await streamlit(start, calls, document.getElementById("mount"));
        end();
        return said;
        }""",
        calls,
    )
    assert shown == ["new", "ended"]


@pytest.mark.parametrize("calls", ORDERS)
@pytest.mark.parametrize("kit_first", [True, False])
def test_arrays_of_a_map_stay_as_long_as_their_mount(
    page: Page, calls: list[object], kit_first: bool
) -> None:
    folder = ASSETS / "point_map"
    mount = joined(SHARED / "runs.js", folder / "registry.js", folder / "mounts" / "data.js")
    digests = page.evaluate(
        """async ([mount, calls, kitFirst]) => {
        const url = URL.createObjectURL(new Blob([mount], { type: "text/javascript" }));
        const start = (await import(url)).default;
        const registry = globalThis.embeddingExplorer;
        const kit = { unbundled: (bytes) => ({ header: {}, arrays: { bytes } }) };
        if (kitFirst) registry.kit = kit;
        const bytes = (word) => new TextEncoder().encode(word.padEnd(32, "."));
        const sent = calls.map(([word, outdated]) => [bytes(word), outdated]);
        const end = await streamlit(start, sent, document.getElementById("mount"));
        registry.kit = kit;
        for (const wake of [...registry.waiting]) wake();
        const there = [...registry.bundles.keys()];
        end();
        return [there, [...registry.bundles.keys()], registry.waiting.size];
        }""",
        [mount, calls, kit_first],
    )
    assert digests == [["new".ljust(32, ".")], [], 0]
