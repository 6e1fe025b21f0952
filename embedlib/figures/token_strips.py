"""A strip above a heat map: a number a column as bars, and marks for what it is held against."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.text import plain
from embedlib.figures.theme import SMALL_PX, Palette, axis
from embedlib.records import Floats

_STRIP_PX, _GAP_PX = 110, 30
_SIGNS = (("■", ""), ("◆", "diamond"), ("▲", "triangle-up"), ("●", "circle"))


def strip_above(
    strip: Mapping[str, Floats],
    keys: Sequence[str],
    body_px: int,
    frame: dict[str, Any],
    palette: Palette,
) -> list[dict[str, Any]]:
    """The traces of the strip; makes room for it in `frame`.

    Args:
        strip: Name, in our own words, to (column,) numbers of 0 or more; the first are bars, up
            to three others marks.
        keys: (column,) the categories of the x axis.
        body_px: How high the heat map is.
        frame: The layout, changed.
        palette: The theme.
    """
    whole = body_px + _STRIP_PX + _GAP_PX
    frame["yaxis"]["domain"] = [0.0, body_px / whole]
    most = max(float(np.max(values)) for values in strip.values())
    frame["yaxis2"] = axis(
        palette,
        "share",
        domain=[1 - _STRIP_PX / whole, 1.0],
        range=[0.0, 1.08 * (most or 1.0)],
        nticks=4,
        anchor="x",
    )
    frame["height"] += _STRIP_PX + _GAP_PX
    frame["bargap"] = 0.3
    frame.setdefault("annotations", []).append(_names(strip, palette))
    return [
        _bars(name, values, keys, palette)
        if place == 0
        else _marks(name, values, keys, place, palette)
        for place, (name, values) in enumerate(strip.items())
    ]


def _colour(place: int, palette: Palette) -> str:
    return palette.accent if place == 0 else palette.categories[place]


def _bars(name: str, values: Floats, keys: Sequence[str], palette: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": list(keys),
        "y": np.asarray(values, dtype=np.float32),
        "yaxis": "y2",
        "marker": {"color": _colour(0, palette)},
        "hovertemplate": f"%{{x}}<br>{plain(name)} <b>%{{y:.6f}}</b><extra></extra>",
    }


def _marks(
    name: str, values: Floats, keys: Sequence[str], place: int, palette: Palette
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(keys),
        "y": np.asarray(values, dtype=np.float32),
        "yaxis": "y2",
        "cliponaxis": False,
        "marker": {
            "symbol": _SIGNS[place][1],
            "size": 10,
            "color": _colour(place, palette),
            "line": {"width": 1.5, "color": palette.outline},
        },
        "hovertemplate": f"%{{x}}<br>{plain(name)} <b>%{{y:.6f}}</b><extra></extra>",
    }


def _names(strip: Mapping[str, Floats], palette: Palette) -> dict[str, Any]:
    """What bars and marks are, at the right above the strip."""
    parts = [
        f"<span style='color:{_colour(place, palette)}'>{_SIGNS[place][0]}</span> {plain(name)}"
        for place, name in enumerate(strip)
    ]
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 10,
        "text": "   ".join(parts),
        "showarrow": False,
        "font": {"size": SMALL_PX, "color": palette.text},
    }
