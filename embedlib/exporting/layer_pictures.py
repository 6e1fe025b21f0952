"""Pictures of what layers know and how they relate, for the page and the report alike."""

from collections.abc import Mapping, Sequence

import numpy as np

from embedlib.figures import Cells, Palette, Picture, blank, cell_table, number, score_curves
from embedlib.figures.text import shorten
from embedlib.geometry import TRANSFORMS
from embedlib.pooling import POOLINGS
from embedlib.probes import MEASURES, SCORES, Cell, Grid, layer_label
from embedlib.probes.chance import LEVEL, p_value
from embedlib.records import Floats

_PIECES = {"first": "First piece", "last": "Last piece", "mean": "Mean of pieces"}


def pooling_label(name: str, *, words: bool = False) -> str:
    """A pooling in words; with `words`, a way of making a word's vector of its pieces."""
    return _PIECES[name] if words else POOLINGS[name].label


def _columns(grid: Grid) -> list[str]:
    words = grid.problem.sequences is not None
    return [pooling_label(pooling, words=words) for pooling in grid.poolings]


def score_label(grid: Grid) -> str:
    """What the numbers of a grid are: "Linear probe, accuracy"."""
    score = SCORES[grid.options.score]
    measure = MEASURES[grid.problem.measure].label
    return f"{score.label}, {measure[0].lower()}{measure[1:]}" if score.predicts else score.label


def grid_sentence(grid: Grid) -> str:
    """Rows, folds, seed and what was done to the vectors, for under the picture."""
    parts = [score_label(grid), grid.problem.sentence]
    if grid.options.transform != "none":
        parts.append(TRANSFORMS[grid.options.transform].label.lower())
    if np.isfinite(grid.baseline):
        parts.append(f"shuffled labels {number(grid.baseline)}")
    if SCORES[grid.options.score].predicts and grid.problem.measure == "accuracy":
        parts.append(f"largest category {number(grid.problem.largest_share)}")
    return ", ".join(parts)


def finding(grid: Grid) -> str:
    """The best cell, and whether others are as good as far as can be told."""
    if not grid.done:
        total = len(grid.layers) * len(grid.poolings)
        return f"{len(grid.cells)} of {total} cells are measured"
    best = grid.best
    first = best[0]
    low, high = first.interval
    pooling = _columns(grid)[grid.poolings.index(first.pooling)]
    name = f"{layer_label(first.layer)}, {pooling.lower()}"
    if _nothing_told(grid):
        return f"Nothing is told apart beyond chance; highest: {name} ({number(first.mean)})"
    said = f"Best: {name} ({number(first.mean)}, {number(low)} to {number(high)})"
    if len(best) == 1:
        return f"{said}; every other cell is worse beyond noise"
    others = "another is" if len(best) == 2 else f"{len(best) - 1} others are"
    return f"{said}; {others} not worse beyond noise"


def _nothing_told(grid: Grid) -> bool:
    """Whether not even the best cell is beyond what shuffled labels give."""
    return bool(np.isfinite(grid.baseline) and not grid.best[0].interval[0] > grid.baseline)


def compared(grids: Mapping[str, Grid]) -> str:
    """Which of two grids on the same folds has the better best cell, and whether beyond noise.

    Args:
        grids: Name to grid, two of them; each whole.
    """
    (first, one), (second, other) = grids.items()
    bests = one.best[0], other.best[0]
    difference = bests[0].mean - bests[1].mean
    ahead, behind = (first, second) if difference >= 0 else (second, first)
    cells = {first: bests[0], second: bests[1]}
    sure = p_value(bests[0].folds, bests[1].folds) <= LEVEL
    return (
        f"{ahead} is ahead by {number(abs(difference))}: {_at_best(cells[ahead])} against "
        f"{_at_best(cells[behind])} of {behind}, on the same folds, each at its best cell. "
        f"{'This is beyond noise' if sure else 'This is within noise'} (corrected paired t test)."
    )


def _at_best(cell: Cell) -> str:
    return f"{number(cell.mean)} ({layer_label(cell.layer).lower()})"


def grid_picture(
    grid: Grid, palette: Palette, *, chosen: tuple[int | str, str] | None = None
) -> Picture:
    """The grid as coloured cells; stars mark what is not beaten beyond noise.

    Args:
        grid: Whole or so far.
        palette: The theme.
        chosen: Layer and pooling of the app's setting, framed.
    """
    values = np.full((len(grid.layers), len(grid.poolings)), np.nan, dtype=np.float32)
    lines: dict[tuple[int, int], str] = {}
    for row, layer in enumerate(grid.layers):
        for column, pooling in enumerate(grid.poolings):
            cell = grid.cell(layer, pooling)
            if cell is not None:
                values[row, column] = cell.mean
                lines[row, column] = _hover(cell)
    told = grid.done and not _nothing_told(grid)  # the best of what is chance deserves no star
    stars = frozenset(_place(grid, cell) for cell in grid.best) if told else frozenset()
    known = values[np.isfinite(values)]
    floor = grid.baseline if np.isfinite(grid.baseline) else float(known.min(initial=0.0))
    cells = Cells(
        values=values,
        rows=[layer_label(layer) for layer in grid.layers],
        columns=_columns(grid),
        low=min(floor, float(known.min(initial=floor))),
        high=float(known.max(initial=floor + 1e-3)),
        stars=stars,
        chosen=_chosen(grid, chosen),
        hover=lambda row, column: lines.get((row, column), ""),
        digits=3,
        axes=("", "pooling"),
    )
    subtitle = f"{grid_sentence(grid)}. ★ not worse than the best beyond noise"
    return cell_table(cells, palette, finding(grid), subtitle, f"{finding(grid)}. {subtitle}.")


def curve_picture(grid: Grid, palette: Palette) -> Picture:
    """Scores by layer with 95 % intervals, one line a pooling."""
    scores = {}
    for pooling, label in zip(grid.poolings, _columns(grid), strict=True):
        points = np.full((len(grid.layers), 3), np.nan, dtype=np.float32)
        for row, layer in enumerate(grid.layers):
            cell = grid.cell(layer, pooling)
            if cell is not None:
                points[row] = cell.mean, *cell.interval
        scores[label] = points
    references = {"Shuffled labels": grid.baseline}
    if SCORES[grid.options.score].predicts and grid.problem.measure == "accuracy":
        references["Largest category"] = grid.problem.largest_share
    layers = [_short(layer) for layer in grid.layers]
    return score_curves(
        layers,
        scores,
        palette,
        score=score_label(grid),
        references=references,
        subtitle=f"{grid.problem.sentence}; bars are 95 % intervals over folds",
    )


def relation_picture(  # noqa: PLR0913 - a picture and all that its sentence says
    values: Floats,
    rows: Sequence[str],
    columns: Sequence[str],
    palette: Palette,
    *,
    measure: str,
    n_texts: int,
    chance: float = 0.0,
    chosen: tuple[int, int] | None = None,
    models: tuple[str, str] | None = None,
) -> Picture:
    """How alike every two layers are, on one scale from 0 to 1.

    Args:
        values: (row, column) of CKA or overlap.
        rows: Names of the layers of one model.
        columns: Of the same or another model.
        palette: The theme.
        measure: "CKA" or "Neighbour overlap".
        n_texts: On how many texts it was measured.
        chance: What unrelated spaces have.
        chosen: The framed pair.
        models: The names of two models, None where rows and columns are of one: there every
            layer is like itself, so that the least alike are of interest, here the most.
    """
    array = np.asarray(values, dtype=np.float32)
    if np.isnan(array).all():
        return blank(palette, f"{measure} could not be measured on these texts")
    place = int(np.nanargmin(array) if models is None else np.nanargmax(array))
    row, column = (int(one) for one in np.unravel_index(place, array.shape))
    pair = [rows[row].lower(), columns[column].lower()]
    if models is not None:
        pair = [f"{name} of {model}" for name, model in zip(pair, models, strict=True)]
    least = "Least" if models is None else "Most"
    title = f"{least} alike: {' and '.join(pair)} ({number(float(array[row, column]))})"
    axes = ("", "") if models is None else (shorten(models[0], 40), shorten(models[1], 60))
    hover = None if models is None else lambda *_: f"{models[0]} and {models[1]}"
    cells = Cells(array, rows, columns, 0.0, 1.0, chosen=chosen, axes=axes, hover=hover)
    subtitle = f"{measure} of {n_texts:,} texts; unrelated spaces have about {number(chance)}"
    return cell_table(cells, palette, title, subtitle, f"{title}. {subtitle}.")


def _hover(cell: Cell) -> str:
    low, high = cell.interval
    said = f"95 % interval {low:.4f} to {high:.4f} over {len(cell.folds)} folds"
    if cell.weights is not None:
        shares = ", ".join(f"{place}: {share:.2f}" for place, share in enumerate(cell.weights))
        said += f"; weights of the layers {shares}"
    return said.replace("-", "−")


def _place(grid: Grid, cell: Cell) -> tuple[int, int]:
    return grid.layers.index(cell.layer), grid.poolings.index(cell.pooling)


def _chosen(grid: Grid, chosen: tuple[int | str, str] | None) -> tuple[int, int] | None:
    if chosen is None or chosen[0] not in grid.layers or chosen[1] not in grid.poolings:
        return None
    return grid.layers.index(chosen[0]), grid.poolings.index(chosen[1])


def _short(layer: int | str) -> str:
    return str(layer) if isinstance(layer, int) else layer_label(layer)
