"""A square heat map of cosines: cells, names at the rows, numbers at the columns, the scale."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.figures.amounts import counted, number, ordinal
from embedlib.figures.colours import along, ink
from embedlib.figures.picture import Picture, picture
from embedlib.figures.scales import SCALE_BAR_PX, scale, scale_bar
from embedlib.figures.text import plain, quoted, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats, Longs

_LABEL_COLUMNS = 30
_MOST_SIDE_PX, _LEAST_SIDE_PX, _CELL_PX = 540, 220, 38
_ROW_PX, _COLUMN_PX = 18, 30  # what a label needs; a narrow window is allowed for
_MOST_WRITTEN = 12  # texts up to which the value stands in each cell
_MOST_GAPS = 60  # texts up to which cells are set apart


@dataclass(frozen=True, eq=False)
class Matrix:
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


def heat_map(matrix: Matrix, kind: str, palette: Palette) -> Picture:
    """The heat map with its scale above it."""
    title = _finding(matrix, kind)
    n = len(matrix.names)
    side = int(np.clip(n * _CELL_PX, _LEAST_SIDE_PX, _MOST_SIDE_PX))
    zero = matrix.numbers[matrix.values.diagonal() == 0]
    step = _step(n, side, _ROW_PX)
    subtitle = f"Cosine similarity of {_count(n, kind)}"
    subtitle += f"; every {ordinal(step)} one is named" if step > 1 else ""
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
    return picture([_heat(matrix, palette), *_written(matrix, palette)], frame, alt)


def _finding(matrix: Matrix, kind: str) -> str:
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


def _heat(matrix: Matrix, palette: Palette) -> dict[str, Any]:
    """The trace. Hover names its row and column by the categories of the axes."""
    n = len(matrix.names)
    keys = _keys(matrix)
    gap = 1.5 if n <= _MOST_GAPS else 0
    return {
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


def _written(matrix: Matrix, palette: Palette) -> list[dict[str, Any]]:
    """The value in each cell while there are few, in whichever colour can be read on it."""
    n = len(matrix.names)
    if n > _MOST_WRITTEN:
        return []
    shares = np.nan_to_num((matrix.values - matrix.low) / (matrix.high - matrix.low)).clip(0, 1)
    inks = palette.text, palette.background
    cells = [along(palette.sequential, float(share)) for share in shares.ravel()]
    keys = _keys(matrix)
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": keys * n,
            "y": [key for key in keys for _ in range(n)],
            "text": [_hundredths(value) for value in matrix.values.ravel().tolist()],
            "textfont": {
                "size": SMALL_PX,
                "color": [ink(cell, *inks) for cell in cells],
            },
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _hundredths(value: float) -> str:
    """Two decimals with a real minus sign, and none before a zero."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _keys(matrix: Matrix) -> list[str]:
    """(row,) the full text of each row with its number, which keeps duplicates apart."""
    return [
        f"<b>{number_}</b>  {wrapped(name, 60, 6)}{ending}"
        for number_, name, ending in zip(matrix.numbers, matrix.names, matrix.endings, strict=True)
    ]


def _names(matrix: Matrix, step: int, palette: Palette) -> dict[str, Any]:
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


def _columns(matrix: Matrix, side: int, palette: Palette) -> dict[str, Any]:
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


def _bar(matrix: Matrix, palette: Palette) -> dict[str, Any]:
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
