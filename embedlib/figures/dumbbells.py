"""Dumbbells: two values beside each name, joined by a line: before and after."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout, legend_on_top, named_rows
from embedlib.records import Floats

_ROW_PX, _MOST = 24, 40


def dumbbells(
    names: Sequence[str],
    values: Floats,
    palette: Palette,
    title: str,
    *,
    unit: str,
    ends: tuple[str, str] = ("before", "after"),
    subtitle: str = "",
) -> Picture:
    """One line a name, those that changed most on top; the first 40 are drawn, and it is said.

    Args:
        names: (name,) any texts.
        values: (name, 2) before and after.
        palette: The theme.
        title: The finding; a person's text in it is `quoted`.
        unit: Name and unit of the values.
        ends: What the two are called.
        subtitle: What is drawn.

    Raises:
        OptionError: If the values have not two columns and a row a name.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (len(names), 2):
        raise OptionError(f"The values must have the shape {(len(names), 2)}, got {array.shape}.")
    if not len(names):
        return blank(palette, title or "There is nothing to draw")
    order = np.argsort(-np.abs(array[:, 1] - array[:, 0]), kind="stable")[:_MOST]
    if len(names) > _MOST:
        subtitle = f"{subtitle} The {_MOST} of {len(names)} that changed most are drawn.".strip()
    shown, rows = [names[place] for place in order], array[order]
    frame = layout(palette, title, subtitle, hovermode="closest", showlegend=True)
    legend_on_top(frame)
    frame["height"] = _ROW_PX * len(shown) + frame["margin"]["t"] + 70
    frame["xaxis"] = axis(palette, unit)
    frame["yaxis"] = named_rows(palette, shown, size=SMALL_PX, color=palette.text)
    traces = [_bars(rows, palette)]
    for column, (name, symbol) in enumerate(zip(ends, ("circle-open", "circle"), strict=True)):
        traces.append(_end(column, name, symbol, shown, rows, palette))
    alt = f"{title}. {unit.capitalize()}, {ends[0]} and {ends[1]}. {subtitle}"
    return picture(traces, frame, alt.strip())


def _bars(rows: Any, palette: Palette) -> dict[str, Any]:
    """All joining lines as one trace; None lifts the pen."""
    x = [value for before, after in rows for value in (before, after, None)]
    y = [place for number in range(len(rows)) for place in (number, number, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"width": 2.5, "color": palette.muted},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _end(
    column: int, name: str, symbol: str, names: Sequence[str], rows: Any, palette: Palette
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "x": rows[:, column],
        "y": list(range(len(rows))),
        "marker": {
            "size": 11,
            "symbol": symbol,
            "color": palette.accent,
            "line": {"width": 2, "color": palette.accent},
        },
        "hovertext": [
            f"{wrapped(label, 60, 3)}<br>{before:.4f} to <b>{after:.4f}</b>"
            for label, (before, after) in zip(names, rows, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
