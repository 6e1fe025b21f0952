"""Reliability diagram: does a confidence of 80 % mean right in 80 %, before and after a remedy?

Source: DeGroot and Fienberg 1983; Guo, Pleiss, Sun and Weinberger 2017, figure 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from embedlib.figures.amounts import counted
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, picture
from embedlib.figures.text import plain
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout, legend_on_top

_HEIGHT_PX = 470
_FEW = 5  # rows of a bin whose share says next to nothing: no line leads through it
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
        filled = [one for one in bins if one["rows"]]
        traces += [
            _line(place, name, [one for one in filled if one["rows"] >= _FEW], palette),
            _few(place, name, [one for one in filled if one["rows"] < _FEW], palette),
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
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "cliponaxis": False,
        "name": plain(name),
        "legendgroup": str(place),
        "x": [one["confidence"] for one in bins],
        "y": [one["accuracy"] for one in bins],
        "line": {"width": 2.5, "color": colour, "dash": _DASHES[place % len(_DASHES)]},
        "marker": {"size": 9, "color": colour, "symbol": SYMBOLS[place]},
        "hovertext": [_said(name, one) for one in bins],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _few(place: int, name: str, bins: Any, palette: Palette) -> dict[str, Any]:
    """Hollow and unconnected: bins of a few rows."""
    shown = _line(place, name, bins, palette)
    marker = {"size": 8, "color": palette.categories[place], "symbol": f"{SYMBOLS[place]}-open"}
    return shown | {"mode": "markers", "marker": marker, "showlegend": False}


def _said(name: str, one: Mapping[str, Any]) -> str:
    return (
        f"{plain(name)}<br>mean confidence <b>{one['confidence']:.4f}</b><br>"
        f"share right <b>{one['accuracy']:.4f}</b><br>{counted(one['rows'], 'row')}"
    )


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
