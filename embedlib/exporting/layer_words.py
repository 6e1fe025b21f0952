"""What a grid says in words: the same on the page, in the report and on the command line.

Only here is said which cell is best. A cell is "best" where the paired test tells every other cell
apart from it; else it is the "highest", beside so many that cannot be told apart from it.
"""

from collections.abc import Mapping

import numpy as np

from embedlib.figures import number
from embedlib.figures.amounts import counted
from embedlib.geometry import TRANSFORMS
from embedlib.pooling import POOLINGS
from embedlib.probes import MEASURES, SCORES, Cell, Grid, layer_label
from embedlib.probes.chance import EQUAL, LEVEL, p_value

TIED = "Not told apart from the best"  # the name of a column
_UNTOLD = "cannot be told apart from the best"
_PIECES = {"first": "First piece", "last": "Last piece", "mean": "Mean of pieces"}


def pooling_label(name: str, *, words: bool = False) -> str:
    """A pooling in words; with `words`, a way of making a word's vector of its pieces."""
    return _PIECES[name] if words else POOLINGS[name].label


def pooling_labels(grid: Grid) -> list[str]:
    """The columns of a grid in words."""
    words = grid.problem.sequences is not None
    return [pooling_label(pooling, words=words) for pooling in grid.poolings]


def cell_name(grid: Grid, cell: Cell) -> str:
    """A cell in words: "Layer 6, mean"."""
    pooling = pooling_labels(grid)[grid.poolings.index(cell.pooling)]
    return f"{layer_label(cell.layer)}, {_small(pooling)}"


def _small(words: str) -> str:
    """Within a sentence; the capitals of "[CLS]" stay."""
    return words[0].lower() + words[1:]


def score_label(grid: Grid) -> str:
    """What the numbers of a grid are: "Linear probe, accuracy"."""
    score = SCORES[grid.options.score]
    measure = _small(MEASURES[grid.problem.measure].label)
    return f"{score.label}, {measure}" if score.predicts else score.label


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


def nothing_told(grid: Grid) -> bool:
    """Whether not even the best cell is beyond what shuffled labels give."""
    return bool(np.isfinite(grid.baseline) and not grid.best[0].interval[0] > grid.baseline)


def finding(grid: Grid) -> str:
    """The best cell; or the highest, and how many others cannot be told apart from it."""
    total = len(grid.layers) * len(grid.poolings)
    if not grid.done:
        return f"{len(grid.cells)} of {total} cells are measured"
    first, *tied = grid.best
    equal = sum(first.mean - one.mean < EQUAL for one in tied)
    also = "" if not equal else f" and {counted(equal, 'other')} alike"
    said = f"{cell_name(grid, first)}{also} ({number(first.mean)})"
    if nothing_told(grid):
        return f"Nothing is told apart beyond chance; highest: {said}"
    if total == 1:
        return said
    if not tied:
        return f"Best: {said}; every other cell is worse beyond noise"
    if len(tied) == total - 1:
        return f"Highest: {said}; no other cell can be told apart from it"
    return f"Highest: {said}; {counted(len(tied), 'other')} cannot be told apart from it"


def interval_sentence(grid: Grid) -> str:
    """How sure the score of the highest cell is; "" while the grid is not whole."""
    if not grid.done:
        return ""
    low, high = grid.best[0].interval
    if not np.isfinite(low):
        return "Too few folds for an interval"
    return f"95 % interval {number(low)} to {number(high)}"


def tied_names(grid: Grid, most: int = 8) -> str:
    """The cells that cannot be told apart from the highest, by name; "" where there are none."""
    if not grid.done or nothing_told(grid):
        return ""
    tied = grid.best[1:]
    names = [cell_name(grid, cell) for cell in tied[:most]]
    if len(tied) > most:
        names.append(f"and {len(tied) - most} more")
    return "; ".join(names)


def star_sentence(grid: Grid) -> str:
    """What a star in the picture means; "" where there is none."""
    if not grid.done or nothing_told(grid):
        return ""
    return f"★ {_UNTOLD}" if len(grid.best) > 1 else "★ the best"


def standing(grid: Grid, layer: int | str, pooling: str, who: str = "The setting now") -> str:
    """Where one cell stands; "" where it is none of the grid, or nothing is told apart.

    Args:
        grid: A whole one.
        layer: A layer number or a row of LAYER_MIXES.
        pooling: A column of the grid.
        who: What the cell is to the reader.
    """
    cell = grid.cell(layer, pooling)
    if cell is None:
        return ""
    said = verdict(grid, cell)
    enough = ": there is no need to change it" if said == _UNTOLD else ""
    return f"{who} ({_small(cell_name(grid, cell))}) {said}{enough}." if said else ""


def verdict(grid: Grid, cell: Cell) -> str:
    """What is said of one cell of a whole grid; "" while it is not, or nothing is told apart."""
    if not grid.done or nothing_told(grid):
        return ""
    first, *tied = grid.best
    equal = sum(first.mean - one.mean < EQUAL for one in tied)
    if first.mean - cell.mean < EQUAL:
        if equal:
            return f"is one of the {equal + 1} highest cells"
        return f"is the {'highest' if tied else 'best'} cell"
    if any(cell is one for one in tied):
        return _UNTOLD
    return f"is {number(first.mean - cell.mean)} below the best, beyond noise"


def conclusions(grid: Grid) -> tuple[str, ...]:
    """What a whole grid says, in sentences; the last is of the app's default, where it is there."""
    last = max((layer for layer in grid.layers if isinstance(layer, int)), default=0)
    tied = tied_names(grid)
    said = (
        f"{finding(grid)}.",
        f"{interval_sentence(grid)}; {grid.problem.n_folds} folds.",
        f"Not told apart from it: {tied}." if tied else "",
        standing(grid, last, "mean", "The default"),
    )
    return tuple(sentence for sentence in said if sentence)


def compared(grids: Mapping[str, Grid]) -> str:
    """Whether two grids on the same folds can be told apart at their highest cells.

    Args:
        grids: Name to grid, two of them; each whole.
    """
    (first, one), (second, other) = sorted(grids.items(), key=lambda named: -named[1].best[0].mean)
    a, b = one.best[0], other.best[0]
    how = "on the same folds, each at its highest cell (corrected paired t test)"
    if p_value(a.folds, b.folds) <= LEVEL:
        return (
            f"{first} is ahead of {second} by {number(a.mean - b.mean)}, beyond noise: "
            f"{_at(one, a)} against {_at(other, b)}, {how}."
        )
    return (
        f"{first} and {second} cannot be told apart: {_at(one, a)} against {_at(other, b)}, {how}."
    )


def _at(grid: Grid, cell: Cell) -> str:
    return f"{number(cell.mean)} ({_small(cell_name(grid, cell))})"
