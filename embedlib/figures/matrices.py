"""Similarity of texts or categories as a square heat map; another square table uses `_Matrix`.

Rows are numbered from 1 as they stand in the corpus, whatever order they are drawn in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import counted, number, plain, quoted, shorten, wrapped
from embedlib.figures.theme import SCALE_BAR_PX, SMALL_PX, Palette, axis, layout, scale, scale_bar
from embedlib.records import Floats, Longs

_LABEL_COLUMNS = 30
_MOST_SIDE_PX, _LEAST_SIDE_PX, _CELL_PX = 560, 220, 46
_ROW_PX, _COLUMN_PX = 18, 30  # what a label needs; a narrow window is allowed for
_MOST_WRITTEN = 12  # texts up to which the value stands in each cell
_MOST_GAPS = 60  # texts up to which cells are set apart


@dataclass(frozen=True, eq=False)
class _Matrix:
    """What both matrices are drawn from, in the order of drawing.

    Args:
        values: (row, row) cosines.
        names: (row,) what each row is: a text or a category, as a person wrote it.
        numbers: (row,) its number in the corpus, from 1.
        endings: (row,) what is written behind each name.
        low: Cosine at which the scale begins; it ends at 1.
    """

    values: Floats
    names: tuple[str, ...]
    numbers: Longs
    endings: tuple[str, ...]
    low: float
    high: float = 1.0


def similarity_matrix(
    similarity: Floats,
    texts: Sequence[str],
    palette: Palette,
    *,
    order: Sequence[int] | Longs | None = None,
    scale_from: float = 0.0,
) -> Picture:
    """The cosine of every two texts.

    Args:
        similarity: (text, text) cosines, such as `geometry.cosine_matrix` gives.
        texts: (text,) the texts.
        palette: The theme.
        order: (text,) the row drawn first, second, ...; as they stand when None.
        scale_from: Cosine at which the colours begin; they end at 1. Give the same to the
            matrices of all layers (`shared_scale`), so that two pictures can be compared.

    Raises:
        OptionError: If the numbers of texts and rows differ, or `order` is no permutation.
    """
    rows = _rows(similarity, texts, order)
    if len(rows) == 0:
        return blank(palette, "There are no texts to compare.")
    matrix = _Matrix(
        np.asarray(similarity, dtype=np.float32)[np.ix_(rows, rows)],
        tuple(texts[row] for row in rows),
        rows + 1,
        ("",) * len(rows),
        scale_from,
    )
    return _drawn(matrix, "text", palette)


def centroid_matrix(
    similarity: Floats,
    labels: Sequence[str],
    palette: Palette,
    *,
    counts: Sequence[int] | Longs | None = None,
    order: Sequence[int] | Longs | None = None,
    scale_from: float = 0.0,
) -> Picture:
    """The cosine of the centroids of every two categories.

    Args:
        similarity: (label, label) cosines of `geometry.centroids(...).means`.
        labels: (label,) the categories.
        palette: The theme.
        counts: (label,) texts in each, written behind the names.
        order: (label,) the row drawn first, second, ...
        scale_from: Cosine at which the colours begin; they end at 1.

    Raises:
        OptionError: If the numbers of labels and rows differ, or `order` is no permutation.
    """
    rows = _rows(similarity, labels, order)
    if len(rows) == 0:
        return blank(palette, "There are no categories to compare.")
    matrix = _Matrix(
        np.asarray(similarity, dtype=np.float32)[np.ix_(rows, rows)],
        tuple(labels[row] for row in rows),
        rows + 1,
        tuple("" if counts is None else f" ({int(counts[row]):,})" for row in rows),
        scale_from,
    )
    return _drawn(matrix, "category", palette)


def shared_scale(*similarities: Floats) -> float:
    """Where one scale for several matrices begins: the lowest cosine in any, down to a tenth.

    Args:
        similarities: (text, text) each.

    Returns:
        -1.0, -0.9, ... 0.9; 0.0 without any cosine.
    """
    lows = [float(np.nanmin(one)) for one in similarities if np.size(one)]
    lowest = min(lows, default=0.0)
    return float(np.clip(np.floor(10 * lowest + 1e-6) / 10, -1.0, 0.9))


def _rows(similarity: Floats, names: Sequence[str], order: Any) -> Longs:
    """(row,) the row drawn first, second, ...

    Raises:
        OptionError: If the numbers of names and rows differ, or `order` is no permutation.
    """
    n = len(names)
    if np.shape(similarity) != (n, n):
        raise OptionError(
            f"The similarity must have a row and a column for each of the {n} names, "
            f"got the shape {np.shape(similarity)}."
        )
    rows = np.arange(n) if order is None else np.asarray(order, dtype=np.int64)
    if not np.array_equal(np.sort(rows), np.arange(n)):
        raise OptionError(f"The order must hold each row from 0 to {n - 1} once.")
    return rows


def _finding(matrix: _Matrix, kind: str) -> str:
    """The sentence on top: the pair that is most alike."""
    n = len(matrix.names)
    if n == 1:
        return f"One {kind}: there is nothing to compare it with"
    above = np.triu(np.ones((n, n), dtype=bool), 1)
    first, second = np.unravel_index(
        np.where(above, np.nan_to_num(matrix.values, nan=-2), -3).argmax(), (n, n)
    )
    first, second = sorted((first, second), key=lambda row: matrix.numbers[row])
    pair = f"{quoted(matrix.names[first])} and {quoted(matrix.names[second])}"
    if matrix.names[first] == matrix.names[second]:
        pair = f"{quoted(matrix.names[first])}, which stands here twice"
    return f"Most alike: {pair} ({number(float(matrix.values[first, second]))})"


def _drawn(matrix: _Matrix, kind: str, palette: Palette) -> Picture:
    """The heat map with its scale above it."""
    title = _finding(matrix, kind)
    n = len(matrix.names)
    side = int(np.clip(n * _CELL_PX, _LEAST_SIDE_PX, _MOST_SIDE_PX))
    zero = matrix.numbers[matrix.values.diagonal() == 0]
    step = _step(n, side, _ROW_PX)
    subtitle = f"Cosine similarity of {_count(n, kind)}"
    subtitle += f"; every {_ordinal(step)} one is named" if step > 1 else ""
    if len(zero):
        subtitle += f"; zero vectors, like nothing: {', '.join(map(str, zero[:5]))}"
        subtitle += "…" if len(zero) > 5 else ""
    frame = layout(palette, title, subtitle, xaxis=_columns(matrix, side, palette))
    frame["yaxis"] = _names(matrix, step, palette)
    frame["margin"] |= {"t": frame["margin"]["t"] + SCALE_BAR_PX, "r": 24}
    frame["height"] = side + frame["margin"]["t"] + 40
    frame["dragmode"] = "zoom"
    seen = matrix.values[~np.eye(n, dtype=bool)]
    spread = (
        f" Cosines run from {number(float(np.nanmin(seen)))} to {number(float(np.nanmax(seen)))}."
        if seen.size and np.isfinite(seen).any()
        else ""
    )
    alt = f"{title}. Similarity matrix of {_count(n, kind)}.{spread}"
    return picture([_heat(matrix, palette)], frame, alt)


def _heat(matrix: _Matrix, palette: Palette) -> dict[str, Any]:
    """The trace. Hover names its row and column by the categories of the axes."""
    n = len(matrix.names)
    keys = _keys(matrix)
    gap = 1.5 if n <= _MOST_GAPS else 0
    trace: dict[str, Any] = {
        "type": "heatmap",
        "z": matrix.values,
        "x": keys,
        "y": keys,
        "zmin": matrix.low,
        "zmax": matrix.high,
        "colorscale": scale(palette.sequential),
        "xgap": gap,
        "ygap": gap,
        "hovertemplate": "%{y}<br>%{x}<br>cosine <b>%{z:.6f}</b><extra></extra>",
        "colorbar": _bar(matrix, palette),
    }
    if n <= _MOST_WRITTEN:
        trace |= {"texttemplate": "%{z:.2f}", "textfont": {"size": SMALL_PX}}
    return trace


def _keys(matrix: _Matrix) -> list[str]:
    """(row,) the full text of each row with its number, which keeps duplicates apart."""
    return [
        f"<b>{number_}</b>  {wrapped(name, 60, 6)}{ending}"
        for number_, name, ending in zip(matrix.numbers, matrix.names, matrix.endings, strict=True)
    ]


def _names(matrix: _Matrix, step: int, palette: Palette) -> dict[str, Any]:
    """The y axis: short texts with their numbers, the first row on top.

    Hover shows a tick's short text when it points at a tick, and the full category elsewhere.
    So ticks stand beside the middle of their row, by less than a pixel.
    """
    n = len(matrix.names)
    beside = max(n, 1) / 4000
    shown = range(0, n, step)
    labels = [
        f"{plain(shorten(matrix.names[row], _LABEL_COLUMNS - len(matrix.endings[row])))}"
        f"{matrix.endings[row]}  <b>{matrix.numbers[row]}</b>"
        for row in shown
    ]
    return axis(
        palette,
        type="category",
        autorange="reversed",
        tickmode="array",
        tickvals=[row + beside for row in shown],
        ticktext=labels,
        tickfont={"size": SMALL_PX, "color": palette.text},
        showgrid=False,
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
        fixedrange=False,
    )


def _columns(matrix: _Matrix, side: int, palette: Palette) -> dict[str, Any]:
    """The x axis: numbers only, for the texts stand at the rows."""
    n = len(matrix.names)
    shown = range(0, n, _step(n, side, _COLUMN_PX))
    return axis(
        palette,
        type="category",
        tickmode="array",
        tickvals=[row + max(n, 1) / 4000 for row in shown],
        ticktext=[f"<b>{matrix.numbers[row]}</b>" for row in shown],
        tickangle=0,
        tickfont={"size": SMALL_PX, "color": palette.text},
        showgrid=False,
        constrain="domain",
        constraintoward="left",
        fixedrange=False,
    )


def _bar(matrix: _Matrix, palette: Palette) -> dict[str, Any]:
    """The scale, with a sign where values go beyond its lower end."""
    ticks = np.round(np.linspace(matrix.low, matrix.high, 5), 3)
    words = [f"{tick:.3g}".replace("-", "−") for tick in ticks]
    if np.nanmin(matrix.values) < matrix.low - 1e-6:
        words[0] = f"≤ {words[0]}"
    return scale_bar(palette, ticks.tolist(), words)


def _step(n: int, side: int, needed_px: int) -> int:
    """Every how manieth label can stand without touching the next."""
    return max(1, int(np.ceil(n * needed_px / side)))


def _count(n: int, kind: str) -> str:
    """ "12 texts", "1 category", ..."""
    return counted(n, kind, "categories" if kind == "category" else "")


def _ordinal(n: int) -> str:
    """2nd, 3rd, 4th, 21st, ..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n % 10 if n % 100 not in (11, 12, 13) else 0, "th")
    return f"{n}{ending}"
