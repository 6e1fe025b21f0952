"""Reliability diagram: does a confidence of 80 % mean right in 80 %, before and after a remedy?

Source: DeGroot and Fienberg 1983; Guo, Pleiss, Sun and Weinberger 2017, figure 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, picture
from embedlib.figures.text import plain
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout, legend_on_top

_HEIGHT_PX = 470
_DASHES = ("dot", "solid", "dash", "dashdot")


def reliability(
    curves: Mapping[str, Sequence[Mapping[str, Any]]],
    palette: Palette,
    title: str,
    subtitle: str = "",
) -> Picture:
    """Accuracy by confidence, one line a name, and below how many rows each bin has.

    Args:
        curves: Name to bins of "low", "high", "rows", "confidence" and "accuracy"; the last two
            are None without rows.
        palette: The theme.
        title: The finding.
        subtitle: What is drawn.
    """
    frame = layout(palette, title, subtitle, height=_HEIGHT_PX, hovermode="closest")
    frame |= {"showlegend": True, "barmode": "group", "bargap": 0.15}
    legend_on_top(frame)
    frame["xaxis"] = axis(palette, "confidence", range=[0, 1.01], anchor="y2", dtick=0.2)
    frame["yaxis"] = axis(palette, "share right", range=[0, 1.03], domain=[0.3, 1], dtick=0.2)
    frame["yaxis2"] = axis(palette, "rows", domain=[0, 0.2], nticks=3, rangemode="tozero")
    traces: list[dict[str, Any]] = [_perfect(palette)]
    for place, (name, bins) in enumerate(curves.items()):
        traces += [
            _line(place, name, [one for one in bins if one["rows"]], palette),
            _rows(place, name, bins, palette),
        ]
    alt = f"{title}. Reliability diagram: share right by confidence. {subtitle}"
    return picture(traces, frame, alt.strip())


def _perfect(palette: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "perfect",
        "x": [0, 1],
        "y": [0, 1],
        "line": {"width": 1.5, "color": palette.muted, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _line(place: int, name: str, bins: Any, palette: Palette) -> dict[str, Any]:
    colour = palette.categories[place]
    rows = np.array([one["rows"] for one in bins])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(name),
        "legendgroup": str(place),
        "x": [one["confidence"] for one in bins],
        "y": [one["accuracy"] for one in bins],
        "line": {"width": 2.5, "color": colour, "dash": _DASHES[place % len(_DASHES)]},
        "marker": {"size": 9, "color": colour, "symbol": SYMBOLS[place]},
        "hovertext": [
            f"{plain(name)}<br>mean confidence <b>{one['confidence']:.4f}</b><br>"
            f"share right <b>{one['accuracy']:.4f}</b><br>{n:,} rows"
            for one, n in zip(bins, rows.tolist(), strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _rows(place: int, name: str, bins: Any, palette: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": plain(name),
        "legendgroup": str(place),
        "showlegend": False,
        "yaxis": "y2",
        "x": [(one["low"] + one["high"]) / 2 for one in bins],
        "y": [one["rows"] for one in bins],
        "marker": {
            "color": palette.categories[place],
            "line": {"width": 0},
        },
        "hovertext": [
            f"{plain(name)}<br>{one['low']:.2f} to {one['high']:.2f}: <b>{one['rows']:,}</b> rows"
            for one in bins
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textfont": {"size": SMALL_PX},
    }
