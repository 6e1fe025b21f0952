"""The parts of the map's JavaScript that calculate, against Python, in an empty page."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page

from embedlib.browser.assets import ASSETS, SHARED, joined, scripts_in
from embedlib.browser.marks import runs
from embedlib.browser.rows import packed_rows, unpacked_rows
from embedlib.figures.colours import contrast

pytestmark = pytest.mark.browser

Ask = Callable[..., object]
TEXTS = [
    "plain",
    "two\nlines\r\nand\ta tab \r",
    "user\u202e \u2066// admin\u2069 end\u200b\ufeff",
    "family 👨‍👩‍👧‍👦, waving 👋🏽, flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿, heart ❤️‍🔥",
    "a\u200db \u200d\u200d 👨\u200d",
    "\u0000\u0007\u007f\u009f\u00ad\u0600\u06dd\u115f\u3164\uffa0\u2028\u2029",
    "你好 شكرا नमस्ते e\u0301 \u0301",
    "\U000e0041\U0001d173",
]


@pytest.fixture(scope="module")
def ask(browser: Browser) -> Iterator[Ask]:
    """`ask("(x) => ...", x)` in a page that has the scripts."""
    page: Page = browser.new_page()
    index = ASSETS / "point_map" / "index.js"
    scripts = [file for file in scripts_in(ASSETS / "point_map") if file != index]
    page.set_content("<!doctype html><meta charset=utf-8>")
    page.add_script_tag(content=joined(*scripts_in(SHARED), *scripts))
    yield page.evaluate
    page.close()


def sets_of_rows() -> list[tuple[list[int], int]]:
    pick = np.random.default_rng(3)
    shares = [(pick.random(), n) for n in (1, 7, 8, 9, 1_000, 70_000)]
    some = [(np.flatnonzero(pick.random(n) < share**4).tolist(), n) for share, n in shares]
    return [*some, ([], 0), ([], 5), ([4], 5), ([0, 69_999], 70_000), (list(range(9)), 9)]


def test_rows_are_packed_as_in_python_both_ways(ask: Ask) -> None:
    for rows, n in sets_of_rows():
        sent = ask(
            """([rows, n]) => { const mask = new Uint8Array(n);
            for (const row of rows) mask[row] = 1;
            return packedMask(mask); }""",
            [rows, n],
        )
        assert sent == packed_rows(rows, n), n
        assert unpacked_rows(sent, n).tolist() == rows
        assert ask("([sent, n]) => [...rowsOf(maskOf(sent, n))]", [sent, n]) == rows


def test_texts_have_the_same_marks_as_in_python(ask: Ask) -> None:
    for text in TEXTS:
        found = ask("(text) => runsOf(text)", text)
        expected = runs(text)
        assert len(found) == len(expected), text
        for mine, theirs in zip(found, expected, strict=True):
            if isinstance(theirs, str):
                assert mine == theirs
            else:
                assert [mine[0], mine[1], mine[3]] == [theirs[0], theirs[1], theirs[3]]


def test_points_inside_an_outline_are_those_of_the_winding_number(ask: Ask) -> None:
    pick = np.random.default_rng(5)
    points = pick.normal(size=(2_000, 2)).astype(np.float32)
    angles = np.sort(pick.random(60)) * 4 * np.pi  # twice round: it crosses itself
    outline = (pick.random((60, 1)) + 0.4) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = ask(
        "([o, p]) => [...rowsOf(maskInside(o, new Float32Array(p), (row) => row % 5 > 0))]",
        [outline.ravel().tolist(), points.ravel().tolist()],
    )
    ends = np.roll(outline, -1, axis=0)
    x, y = points[:, :1].astype(float), points[:, 1:].astype(float)
    crosses = (outline[:, 1] <= y) != (ends[:, 1] <= y)
    at = outline[:, 0] + (y - outline[:, 1]) * (ends[:, 0] - outline[:, 0]) / (
        ends[:, 1] - outline[:, 1]
    )
    winding = (crosses * (at > x) * np.sign(ends[:, 1] - outline[:, 1])).sum(axis=1)
    expected = np.flatnonzero((winding != 0) & (np.arange(2_000) % 5 > 0))
    assert 100 < len(expected) < 1_500
    assert found == expected.tolist()


def test_the_nearest_point_is_the_nearest(ask: Ask) -> None:
    pick = np.random.default_rng(7)
    clumps = pick.normal(size=(3_000, 2)) * np.repeat([[0.01, 1], [2, 0.1]], 1_500, axis=0)
    points = clumps.astype(np.float32)
    points[::7] = np.nan
    places = pick.normal(size=(200, 2)) * 2
    found = ask(
        """([p, places, reach]) => {
        const grid = new Grid(new Float32Array(p.map((x) => x ?? NaN)));
        return places.map(([x, y]) => grid.nearest(x, y, reach, (row) => row % 3 > 0)); }""",
        [[None if np.isnan(x) else x for x in points.ravel().tolist()], places.tolist(), 0.5],
    )
    distances = np.linalg.norm(points[None].astype(float) - places[:, None], axis=2)
    distances[:, ::3] = np.nan
    for place, row in enumerate(found):
        least = np.nanmin(distances[place])
        if row is None:
            assert least > 0.5
        else:
            assert distances[place, row] == pytest.approx(least, abs=1e-12)
    assert sum(row is None for row in found) > 5


@pytest.mark.parametrize("points", [[], [1.0, 2.0], [1.0, 2.0] * 50, [0.0, 1.0, 0.0, 2.0]])
def test_few_and_equal_points_have_a_nearest_too(ask: Ask, points: list[float]) -> None:
    code = "(p) => new Grid(new Float32Array(p)).nearest(1, 2, 9, () => true)"
    assert ask(code, points) == (None if not points else {2: 0, 100: 49, 4: 1}[len(points)])


def test_a_place_stays_under_the_pointer_while_zooming(ask: Ask) -> None:
    moved = ask(
        """() => { const camera = new Camera();
        camera.bounds = {left: 3, right: 9, low: -2, high: 2};
        camera.resize(800, 400); camera.go(camera.home());
        const before = camera.toPlane(500, 150);
        camera.go(camera.zoomed(500, 150, 7));
        const after = camera.toPlane(500, 150);
        const kept = camera.relative;
        camera.resize(300, 700);
        camera.go(camera.fromRelative(kept));
        return [before, after, camera.zoom, camera.toScreen(camera.x, camera.y)]; }"""
    )
    assert moved[0] == pytest.approx(moved[1])
    assert moved[2] == pytest.approx(7)
    assert moved[3] == pytest.approx([150, 350])


FILTERS = [
    ("[[2], false]", [2], "only this one"),
    ("[[2], false], [[2], false]", None, "once more: all"),
    ("[[2], false], [[0], true]", [0, 2], "with the other"),
    ("[[2], false], [[0], true], [[2], true]", [0], "without it"),
    ("[[2], true]", [-1, 0, 1, 3], "all but this one"),
    ("[[2], false], [[2], true]", None, "none left is all"),
]


@pytest.mark.parametrize(("clicks", "shown", "meaning"), FILTERS, ids=[row[2] for row in FILTERS])
def test_clicks_in_the_legend(ask: Ask, clicks: str, shown: list[int] | None, meaning: str) -> None:
    found = ask(
        f"""() => {{ const header = {{name: "c", kind: "category", names: ["a", "b", "c", "d"]}};
        const c = new Colouring({{header, arrays: {{values: new Int32Array([0, 1, 2, 3, -1])}}}});
        for (const [codes, add] of [{clicks}]) c.toggle(codes, add);
        return c.filter && [...c.filter].sort((a, b) => a - b); }}"""
    )
    assert found == shown


def test_only_eight_categories_have_a_colour_and_a_filter_gives_theirs_to_others(ask: Ask) -> None:
    slots, after, ranked = ask(
        """() => { const names = Array.from({length: 12}, (_, n) => `${n}`);
        const values = new Int32Array(78); // 12 of the last, 11 of the one before, ...
        for (let code = 0, at = 0; code < 12; at += ++code) values.fill(code, at, at + code + 1);
        const header = {name: "c", kind: "category", names};
        const c = new Colouring({header, arrays: {values}});
        const slots = [...c.slots];
        c.toggle([0], false); c.toggle([11], true);
        const ranked = new Colouring({header: {...header, ranked: true}, arrays: {values}});
        return [slots, [...c.slots], [...ranked.slots]]; }"""
    )
    assert ranked == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8]
    assert slots == [8, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert after[11] == 0 and after[0] == 1 and after[10] == 8


@pytest.mark.parametrize(("ink", "paper"), [("#1B2430", "#FFFFFF"), ("#E6EBF0", "#0F1419")])
def test_every_colour_of_a_point_can_be_seen(ask: Ask, ink: str, paper: str) -> None:
    colours = ask(
        """([ink, paper]) => { const root = document.body;
        root.style.setProperty("--st-text-color", ink);
        root.style.setProperty("--st-background-color", paper);
        const theme = themeOf(root);
        const byte = (x) => x.toString(16).padStart(2, "0");
        const hex = (css) => "#" + channels(css).map(byte).join("");
        return [null, 0].map((centre) => coloursOf(theme, {centre}).map(hex)); }""",
        [ink, paper],
    )
    for found in colours:
        seen = [contrast(colour, paper) for colour in found]
        assert min(seen[:8]) > 2.1 and seen[8] > 2.4 and min(seen[16:]) > 1.35
        assert len(set(found[16:])) > 100


def test_the_order_of_drawing_has_each_row_once_in_its_way(ask: Ask) -> None:
    pick = np.random.default_rng(11)
    n = 500
    out, chosen, marked = (pick.random((3, n)) < 0.3).astype(int).tolist()
    placeless, looks = pick.random(n) < 0.1, pick.integers(0, 10, n)
    for selected in (chosen, [0] * n):
        rows, firsts = ask(
            """([xy, looks, isOut, selected, marked]) => { const n = isOut.length;
            const order = orderOf({ shuffle: shuffled(n), xy: xy.map((x) => x ?? NaN),
                looks: looks.flatMap((look) => [look, 0]), isOut, selected, marked,
                nSelected: sizeOf(selected) });
            return [[...order.rows], order.firsts]; }""",
            [
                [None if gone else 1.0 for gone in np.repeat(placeless, 2)],
                looks.tolist(),
                out,
                selected,
                marked,
            ],
        )
        grey = looks >= 8
        base = np.where(selected, 5, 1) if any(selected) else np.full(n, 3)
        ways = np.where(out, 0, base + ~grey)
        for way in range(7):
            expected = np.flatnonzero((ways == way) & ~placeless)
            assert sorted(rows[firsts[way] : firsts[way + 1]]) == expected.tolist(), way
        ringed = np.flatnonzero(np.array(marked, bool) & ~placeless)
        assert sorted(rows[firsts[7] :]) == ringed.tolist()


def test_every_beginning_of_the_drawn_order_is_a_fair_sample(ask: Ask) -> None:
    order = np.array(ask("() => [...shuffled(20000)]"))
    assert sorted(order.tolist()) == list(range(20_000))
    counts = np.histogram(order[:2_000], bins=10, range=(0, 20_000))[0]
    assert abs(counts - 200).max() < 60  # four standard deviations
