"""The map of texts in three dimensions, which can be turned; coloured as the flat map is."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import counted
from embedlib.figures.categories import Category, grouped
from embedlib.figures.cloud import Colouring
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import scale
from embedlib.figures.text import quoted, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, layout
from embedlib.limits import LIMITS
from embedlib.records import Floats

# Plotly has these marks in 3-D; the order is that of `categories.SYMBOLS` as far as it goes.
_SYMBOLS = ("circle", "square", "diamond", "cross", "x", "circle", "square", "diamond")
_HEIGHT_PX = 560
_MOST_NAMED = 5
_SUBTITLE_COLUMNS = 84  # it stands beside a panel


def space_of_texts(
    points: Floats,
    texts: Sequence[str],
    colouring: Colouring,
    palette: Palette,
    *,
    title: str = "",
    subtitle: str = "",
    highlighted: Sequence[int] = (),
) -> Picture:
    """Texts as points in space; each carries its row as `customdata`.

    Args:
        points: (text, 3) float32.
        texts: (text,) what hovering shows.
        colouring: How to colour them.
        palette: The theme.
        title: The finding; the number of texts by default.
        subtitle: What made the map, and what its colours leave out.
        highlighted: Rows to ring.

    Raises:
        OptionError: If the numbers of points and texts differ, or are not finite.
        LimitError: If there are more than LIMITS["space_texts"].
    """
    array = np.asarray(points, dtype=np.float32)
    if array.shape != (len(texts), 3) or not np.isfinite(array).all():
        raise OptionError(
            f"The points must be finite, of shape ({len(texts)}, 3), got {array.shape}."
        )
    if not len(texts):
        return blank(palette, "There are no texts to map")
    LIMITS["space_texts"].check(len(texts), "A map in 3-D")
    hover = np.array([wrapped(text, 60, 6) for text in texts], dtype=object)
    traces = _coloured(array, hover, colouring, palette)
    if len(highlighted):
        traces.append(_rings(array[list(highlighted)], palette))
    what = counted(len(texts), "text")
    headline = title or f"{what} in three dimensions"
    frame = layout(
        palette,
        headline,
        subtitle,
        columns=_SUBTITLE_COLUMNS,
        height=_HEIGHT_PX,
        **_scene(palette),
    )
    frame["margin"] |= {"l": 0, "r": 0, "b": 0}
    frame["showlegend"] = colouring.kind == "category"
    alt = f"Map of {what} in three dimensions."
    if len(highlighted):
        named = ", ".join(quoted(texts[row], 60) for row in highlighted[:_MOST_NAMED])
        alt += f" Highlighted: {named}."
    return picture(traces, frame, alt)


def _coloured(
    points: Floats, hover: Any, colouring: Colouring, palette: Palette
) -> list[dict[str, Any]]:
    if colouring.kind == "number":
        return [_scaled(points, hover, colouring, palette)]
    labels = ranked = None
    if colouring.kind == "category":
        names = (*colouring.names, "")  # -1 takes the last
        labels = [names[int(code)] for code in colouring.values]
        ranked = colouring.names if colouring.ranked else None
    groups = grouped(labels, len(points), palette, ranked)
    return [_dots(group, points, hover, palette) for group in groups]


def _dots(group: Category, points: Floats, hover: Any, palette: Palette) -> dict[str, Any]:
    """The marks of one category."""
    place = palette.categories.index(group.colour) if group.colour in palette.categories else 0
    trace = _trace(points[group.rows], hover[group.rows], group.rows)
    trace |= {"name": group.name, "legendrank": group.rank}
    trace["marker"] |= {"color": group.colour, "symbol": _SYMBOLS[place % len(_SYMBOLS)]}
    return trace


def _scaled(points: Floats, hover: Any, colouring: Colouring, palette: Palette) -> dict[str, Any]:
    """All points on one scale; those without a number stay in the colour of none."""
    low, high = colouring.limits or (0.0, 1.0)
    colours = palette.sequential if colouring.centre is None else palette.diverging
    trace = _trace(points, hover, np.arange(len(points)))
    trace["marker"] |= {
        "color": np.asarray(colouring.values, dtype=np.float32),
        "cmin": low,
        "cmax": high,
        "colorscale": scale(colours[2:] if colouring.centre is None else colours),
        "showscale": True,
        "colorbar": {
            "title": {"text": "", "side": "right"},
            "thickness": 10,
            "len": 0.6,
            "ticksuffix": f" {colouring.unit}" if colouring.unit.isalpha() else "",
            "tickfont": {"size": SMALL_PX, "color": palette.muted},
            "outlinewidth": 0,
        },
    }
    return trace


def _trace(points: Floats, hover: Any, rows: Any) -> dict[str, Any]:
    return {
        "type": "scatter3d",
        "mode": "markers",
        "x": points[:, 0],
        "y": points[:, 1],
        "z": points[:, 2],
        "customdata": np.asarray(rows, dtype=np.int32),
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"size": 3.5 if len(points) > 2_000 else 5, "line": {"width": 0}, "opacity": 0.9},
    }


def _rings(points: Floats, palette: Palette) -> dict[str, Any]:
    """A ring around each highlighted text."""
    trace = _trace(points, np.array([""] * len(points), dtype=object), np.full(len(points), -1))
    trace |= {"hoverinfo": "skip", "showlegend": False}
    trace["marker"] = {"symbol": "circle-open", "size": 14, "color": palette.text}
    del trace["hovertemplate"], trace["customdata"]
    return trace


def _scene(palette: Palette) -> dict[str, Any]:
    """Axes without numbers, which mean nothing here, and one scale on all three."""
    quiet = {
        "title": {"text": ""},
        "showticklabels": False,
        "showspikes": False,
        "backgroundcolor": "rgba(0,0,0,0)",
        "gridcolor": palette.grid,
        "zerolinecolor": palette.border,
    }
    return {
        "scene": {"xaxis": quiet, "yaxis": quiet, "zaxis": quiet, "aspectmode": "data"},
        "dragmode": "orbit",
    }
