"""Pictures of what layers know and how they relate, for the page and the report alike."""

from collections.abc import Sequence

import numpy as np

from embedlib.exporting.layer_words import (
    finding,
    grid_sentence,
    interval_sentence,
    nothing_told,
    pooling_labels,
    score_label,
    star_sentence,
    tied_names,
    verdict,
)
from embedlib.figures import Cells, Palette, Picture, blank, cell_table, number, score_curves
from embedlib.figures.text import shorten
from embedlib.probes import SCORES, Cell, Grid, layer_label
from embedlib.records import Floats


def grid_picture(
    grid: Grid,
    palette: Palette,
    *,
    chosen: tuple[int | str, str] | None = None,
    beside: Grid | None = None,
) -> Picture:
    """The grid as coloured cells; stars mark what cannot be told apart from the best.

    Args:
        grid: Whole or so far.
        palette: The theme.
        chosen: Layer and pooling of the app's setting, framed.
        beside: Another grid, whose colours mean the same numbers.
    """
    values = np.full((len(grid.layers), len(grid.poolings)), np.nan, dtype=np.float32)
    lines: dict[tuple[int, int], str] = {}
    for row, layer in enumerate(grid.layers):
        for column, pooling in enumerate(grid.poolings):
            cell = grid.cell(layer, pooling)
            if cell is not None:
                values[row, column] = cell.mean
                lines[row, column] = _hover(grid, cell)
    told = grid.done and not nothing_told(grid)  # the best of what is chance deserves no star
    stars = frozenset(_place(grid, cell) for cell in grid.best) if told else frozenset()
    low, high = _ends(grid if beside is None else beside)
    cells = Cells(
        values=values,
        rows=[layer_label(layer) for layer in grid.layers],
        columns=pooling_labels(grid),
        low=low,
        high=high,
        stars=stars,
        chosen=_chosen(grid, chosen),
        hover=lambda row, column: lines.get((row, column), ""),
        digits=3,
        axes=("", "pooling"),
    )
    said = interval_sentence(grid), grid_sentence(grid), star_sentence(grid)
    subtitle = ". ".join(part for part in said if part)
    title, tied = finding(grid), tied_names(grid)
    alt = f"{title}{f': {tied}' if tied else ''}. {subtitle}."
    return cell_table(cells, palette, title, subtitle, alt)


def _ends(grid: Grid) -> tuple[float, float]:
    """Where the colours begin and end: what shuffled labels give, or less, and the highest."""
    known = np.array([cell.mean for cell in grid.cells if np.isfinite(cell.mean)])
    floor = grid.baseline if np.isfinite(grid.baseline) else float(known.min(initial=0.0))
    return min(floor, float(known.min(initial=floor))), float(known.max(initial=floor + 1e-3))


def curve_picture(grid: Grid, palette: Palette) -> Picture:
    """Scores by layer with 95 % intervals, one line a pooling."""
    scores = {}
    for pooling, label in zip(grid.poolings, pooling_labels(grid), strict=True):
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
        finding(grid),
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


def _hover(grid: Grid, cell: Cell) -> str:
    low, high = cell.interval
    reach = f"95 % interval {low:.4f} to {high:.4f}" if np.isfinite(low) else "no interval"
    said = f"{reach} over {len(cell.folds)} folds"
    if known := verdict(grid, cell):
        said += f"; {known}"
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
