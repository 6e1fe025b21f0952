"""A table of numbers as coloured cells: scores, relations of layers, terms of a cosine.

Each cell can be clicked: its mark carries (row, column) as `customdata`. Hover gives the exact
number, and a star marks what is best.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.colours import along, ink
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import SCALE_BAR_PX, round_ticks, scale, scale_bar
from embedlib.figures.text import plain, shorten, width, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_ROW_PX, _LEAST_ROW_PX, _MOST_PX = 34, 19, 640
_MOST_WRITTEN = (40, 14)  # rows and columns up to which the number stands in each cell
_NAME_COLUMNS = 30


@dataclass(frozen=True, eq=False)
class Cells:
    """What is drawn.

    Args:
        values: (row, column) float32; NaN where there is nothing (yet).
        rows: Names of the rows, the first on top; any text.
        columns: Names of the columns; any text.
        low: The number at which the colours begin.
        high: The number at which they end.
        diverging: Whether less and more than the middle have colours of their own.
        stars: (row, column) cells with a star.
        chosen: The cell with a frame, or None.
        hover: (row, column) to a further line on hovering, plain text; None for none.
        digits: Decimals written in the cells.
        nothing: What hovering says of a cell that is NaN.
        axes: Names of the vertical and horizontal axis.
    """

    values: Floats
    rows: Sequence[str]
    columns: Sequence[str]
    low: float
    high: float
    diverging: bool = False
    stars: frozenset[tuple[int, int]] = frozenset()
    chosen: tuple[int, int] | None = None
    hover: Callable[[int, int], str] | None = None
    digits: int = 2
    nothing: str = "not measured"
    axes: tuple[str, str] = field(default=("", ""))


def cell_table(
    cells: Cells, palette: Palette, title: str, subtitle: str = "", alt: str = ""
) -> Picture:
    """The cells with their scale above them.

    Args:
        cells: What is drawn.
        palette: The theme.
        title: The finding; a person's text in it is `quoted`.
        subtitle: What is drawn, with rows, folds, seed.
        alt: What the picture says, for who cannot see it; the title where it is empty.

    Raises:
        OptionError: If names and values do not fit.
    """
    shape = len(cells.rows), len(cells.columns)
    if np.shape(cells.values) != shape:
        raise OptionError(f"The values must have the shape {shape}, got {np.shape(cells.values)}.")
    if not all(shape):
        return blank(palette, title or "There is nothing to draw")
    height = int(np.clip(shape[0] * _ROW_PX, 3 * _ROW_PX, max(_MOST_PX, _LEAST_ROW_PX * shape[0])))
    height = min(height, 1400)
    frame = layout(palette, title, subtitle, hovermode="closest")
    frame["xaxis"] = _names(cells.columns, palette, cells.axes[1], 1 + 900 // 26)
    frame["yaxis"] = _names(cells.rows, palette, cells.axes[0], max(1, height // 17)) | {
        "range": [shape[0] - 0.5, -0.5],
        "tickangle": 0,
    }
    frame["margin"] |= {"t": frame["margin"]["t"] + SCALE_BAR_PX}
    frame["height"] = height + frame["margin"]["t"] + 64
    frame["clickmode"] = "event+select"
    if cells.chosen is not None:
        frame["shapes"] = [_frame(*cells.chosen, palette)]
    traces = [_heat(cells, palette), _marks(cells, palette, height / shape[0])]
    if shape[0] <= _MOST_WRITTEN[0] and shape[1] <= _MOST_WRITTEN[1]:
        traces.append(_written(cells, palette))
    return picture(traces, frame, alt or f"{title}. {subtitle}".strip())


def _colours(cells: Cells, palette: Palette) -> tuple[str, ...]:
    return palette.diverging if cells.diverging else palette.sequential


def _heat(cells: Cells, palette: Palette) -> dict[str, Any]:
    ticks, words = round_ticks(cells.low, cells.high)
    many = max(np.shape(cells.values)) > 60
    return {
        "type": "heatmap",
        "z": np.asarray(cells.values, dtype=np.float32),
        "zmin": cells.low,
        "zmax": cells.high,
        "colorscale": scale(_colours(cells, palette)),
        "xgap": 0 if many else 2,
        "ygap": 0 if many else 2,
        "hoverinfo": "skip",
        "colorbar": scale_bar(palette, ticks, words),
    }


def _places(cells: Cells) -> list[tuple[int, int]]:
    return [(r, c) for r in range(len(cells.rows)) for c in range(len(cells.columns))]


def _marks(cells: Cells, palette: Palette, row_px: float) -> dict[str, Any]:
    """Unseen squares over the cells, which take hovering and clicks."""
    hover = []
    for r, c in _places(cells):
        value = float(cells.values[r, c])
        exact = f"<b>{value:.6g}</b>".replace("-", "−")
        number = plain(cells.nothing) if np.isnan(value) else exact
        lines = [wrapped(cells.rows[r], 60, 4), wrapped(cells.columns[c], 60, 4), number]
        if cells.hover is not None:
            lines.append(wrapped(cells.hover(r, c), 60, 6))
        hover.append("<br>".join(line for line in lines if line))
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [c for _, c in _places(cells)],
        "y": [r for r, _ in _places(cells)],
        "customdata": [list(place) for place in _places(cells)],  # an array would lose its rows
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "symbol": "square",
            "size": float(np.clip(row_px * 0.9, 8, 30)),
            "opacity": 0,
            "color": palette.accent,
            "line": {"width": 1.5},
        },
        "selected": unseen,
        "unselected": unseen,
        "showlegend": False,
    }


def _written(cells: Cells, palette: Palette) -> dict[str, Any]:
    """The numbers in the cells, in whichever ink can be read on each."""
    colours = _colours(cells, palette)
    span = (cells.high - cells.low) or 1.0
    texts, fonts = [], []
    for r, c in _places(cells):
        value = float(cells.values[r, c])
        known = not np.isnan(value)
        written = _decimals(value, cells.digits) if known else "·"
        texts.append(f"{written} ★" if (r, c) in cells.stars else written)
        share = float(np.clip((value - cells.low) / span, 0, 1)) if known else 0.0
        under = along(colours, share) if known else palette.background
        fonts.append(ink(under, palette.text, palette.background))
    return {
        "type": "scatter",
        "mode": "text",
        "x": [c for _, c in _places(cells)],
        "y": [r for r, _ in _places(cells)],
        "text": texts,
        "textfont": {"size": SMALL_PX, "color": fonts},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _decimals(value: float, digits: int) -> str:
    """With a real minus sign, and none before a zero."""
    written = f"{value:.{digits}f}"
    return written.removeprefix("-") if float(written) == 0 else written.replace("-", "−")


def _names(names: Sequence[str], palette: Palette, title: str, most: int) -> dict[str, Any]:
    """An axis of names, thinned out until they cannot touch."""
    step = max(1, -(-len(names) // most))
    shown = range(0, len(names), step)
    return axis(
        palette,
        title,
        tickmode="array",
        tickvals=list(shown),
        ticktext=[plain(shorten(names[place], _NAME_COLUMNS)) for place in shown],
        tickfont={"size": SMALL_PX, "color": palette.text},
        tickangle=0 if _side_by_side(names) else -40,
        range=[-0.5, len(names) - 0.5],
        showgrid=False,
    )


def _side_by_side(names: Sequence[str]) -> bool:
    """Whether the names can stand level beside each other in a narrow picture."""
    widest = max(width(shorten(name, _NAME_COLUMNS)) for name in names)
    return (widest + (len(names) > 8)) * len(names) <= 90  # many need gaps between them


def _frame(row: int, column: int, palette: Palette) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": column - 0.48,
        "x1": column + 0.48,
        "y0": row - 0.48,
        "y1": row + 0.48,
        "line": {"width": 3, "color": palette.categories[1]},
    }
