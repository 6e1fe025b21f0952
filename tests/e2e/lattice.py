"""The map of `pages/point_map.py`: where its points are, and what a person does to them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

# The name of what draws is kept from the map, which then takes it for a graphics card.
AS_WITH_A_CARD = """const known = WebGL2RenderingContext.prototype.getExtension;
    WebGL2RenderingContext.prototype.getExtension = function (name) {
        return name === "WEBGL_debug_renderer_info" ? null : known.call(this, name); };"""
WITHOUT_WEBGL = """const known = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind === "webgl2" ? null : known.call(this, kind, ...more); };"""
SIDE = 20  # of the lattice in pages/point_map.py
Shown = Callable[..., Page]


def drawn(page: Page, n_maps: int = 1) -> None:
    page.wait_for_function(
        """(n) => [...(window.embeddingExplorer?.maps.values() ?? [])]
            .filter((map) => map.stage.drawn > 0).length === n""",
        arg=n_maps,
    )


def at(page: Page, row: int, key: str = "map") -> tuple[float, float]:
    return tuple(
        page.evaluate("([key, row]) => embeddingExplorer.maps.get(key).screenOf(row)", [key, row])
    )


def zoom_of(page: Page, key: str = "map") -> float:
    return page.evaluate("(key) => embeddingExplorer.maps.get(key).stage.camera.zoom", key)


def hover(page: Page, row: int, key: str = "map") -> None:
    x, y = at(page, row, key)
    page.mouse.move(x - 4, y - 3)
    page.mouse.move(x, y, steps=2)


def drag(page: Page, places: list[tuple[float, float]], *keys: str) -> None:
    page.mouse.move(*places[0])
    for key in keys:
        page.keyboard.down(key)
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def round_rows(page: Page, low: int, high: int, margin: float = 7) -> list[tuple[float, float]]:
    """A rectangle round the rows between two corners of the lattice, in the first frame."""
    (left, bottom), (right, top) = at(page, low), at(page, high)
    left, bottom, right, top = left - margin, bottom + margin, right + margin, top - margin
    return [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]


def rows_between(low: int, high: int) -> list[int]:
    columns = range(low % SIDE, high % SIDE + 1)
    return [line * SIDE + c for line in range(low // SIDE, high // SIDE + 1) for c in columns]


def expect_selected(page: Page, rows: list[int]) -> None:
    """Python was told of exactly these rows, and the map counts them."""
    expect(page.get_by_text(f"Selected {len(rows)}: {rows[:40]}", exact=True)).to_be_visible()
    counts = page.locator(".counts").first
    if rows:
        expect(counts).to_contain_text(f"{len(rows)} selected")
    else:
        expect(counts).not_to_contain_text("selected")


def expect_state(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stText").get_by_text(words)).to_be_visible()
