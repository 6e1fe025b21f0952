"""Dots with intervals beside names: the scores of a few things, such as the steps of a ladder."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, wrapped
from embedlib.figures.theme import (
    SMALL_PX,
    TEXT_PX,
    Palette,
    axis,
    layout,
    legend_on_top,
    named_rows,
)
from embedlib.records import Floats

_ROW_PX, _APART = 46, 0.18


def interval_dots(
    names: Sequence[str],
    scores: Mapping[str, Floats],
    palette: Palette,
    title: str,
    *,
    unit: str,
    subtitle: str = "",
) -> Picture:
    """One line a name, the first on top; a dot and its interval for each kind of score.

    Args:
        names: (name,) any texts.
        scores: Kind of score to (name, 3) of value, low and high; NaN where there is none.
        palette: The theme.
        title: The finding; a person's text in it is `quoted`.
        unit: Name and unit of the horizontal axis.
        subtitle: What is drawn.

    Raises:
        OptionError: If a kind has not one row a name, or there are more than eight kinds.
    """
    if len(scores) > len(SYMBOLS):
        raise OptionError(f"There must be at most {len(SYMBOLS)} scores, got {len(scores)}.")
    values = {kind: np.asarray(rows, dtype=np.float64) for kind, rows in scores.items()}
    for kind, rows in values.items():
        if rows.shape != (len(names), 3):
            raise OptionError(f"{kind} must have the shape {(len(names), 3)}, got {rows.shape}.")
    if not names or not any(np.isfinite(rows).any() for rows in values.values()):
        return blank(palette, title or "There is nothing to draw")
    frame = layout(palette, title, subtitle, hovermode="closest", showlegend=len(values) > 1)
    legend_on_top(frame)
    frame["height"] = _ROW_PX * len(names) + frame["margin"]["t"] + 64
    frame["xaxis"] = axis(palette, unit)
    frame["yaxis"] = named_rows(palette, names, size=TEXT_PX, color=palette.text)
    traces = [
        _dots(place, len(values), kind, names, rows, palette)
        for place, (kind, rows) in enumerate(values.items())
    ]
    alt = f"{title}. {' and '.join(values)} of {len(names)} rows with intervals. {subtitle}"
    return picture(traces, frame, alt.strip())


def _dots(
    place: int, n_kinds: int, kind: str, names: Sequence[str], rows: Any, palette: Palette
) -> dict[str, Any]:
    shown = np.flatnonzero(np.isfinite(rows[:, 0]))
    value, low, high = rows[shown].T
    colour = palette.categories[place]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(kind),
        "x": value,
        # Side by side by a little, so that intervals do not cover each other.
        "y": shown + _APART * (place - (n_kinds - 1) / 2),
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": high - value,
            "arrayminus": value - low,
            "thickness": 2,
            "width": 5,
            "color": colour,
        },
        "marker": {"size": 11, "color": colour, "symbol": SYMBOLS[place]},
        "hovertext": [
            f"{wrapped(names[row], 60, 3)}<br>{plain(kind)} <b>{v:.4f}</b><br>{a:.4f} to {b:.4f}"
            for row, v, a, b in zip(shown.tolist(), value, low, high, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textfont": {"size": SMALL_PX},
    }
