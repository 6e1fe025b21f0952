"""One number for every head as a grid of layers and heads; a person counts both from 1."""

from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import counted, number
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import SCALE_BAR_PX, scale, scale_bar
from embedlib.figures.theme import Palette, axis, layout
from embedlib.records import Bools, Floats

FIRST: Final = 1  # what block 0 and head 0 are called: block 0 makes layer 1
_MOST_ROW_PX, _LEAST_ROW_PX, _MOST_BODY_PX = 34, 14, 460


def head_grid(
    values: Floats,
    palette: Palette,
    *,
    label: str,
    title: str = "",
    chosen: tuple[tuple[int, int], ...] = (),
    marked: Bools | None = None,
    mark: str = "",
) -> Picture:
    """A cell for every head; its `customdata` is (block, head) from 0: a click says which.

    Args:
        values: (layer, head), NaN where there is nothing.
        palette: The theme.
        label: What a value is, in our words: "1 - cosine".
        title: The finding; the head that is highest when "".
        chosen: Heads to outline.
        marked: (layer, head) True for heads with a dot.
        mark: What a dot says: "above random weights".

    Raises:
        OptionError: If `values` or `marked` are no such array.
    """
    array = np.asarray(values, dtype=np.float32)
    if array.ndim != 2 or (marked is not None and np.shape(marked) != array.shape):
        raise OptionError(
            f"The values must have the shape (layer, head), as the marks, got {array.shape}."
        )
    if not np.isfinite(array).any():
        return blank(palette, f"No head has a value: {label}")
    n_layers, n_heads = array.shape
    highest = tuple(int(i) for i in np.unravel_index(np.nanargmax(array), array.shape))
    top = float(array[highest])
    name = f"Layer {highest[0] + FIRST}, head {highest[1] + FIRST}"
    finding = title or f"{name} is highest: {number(top)}"
    subtitle = f"{label[:1].upper()}{label[1:]}, {counted(n_layers * n_heads, 'head')}"
    subtitle += f"; a dot: {mark}" if marked is not None and mark else ""
    body = int(np.clip(n_layers * _MOST_ROW_PX, 4 * _LEAST_ROW_PX, _MOST_BODY_PX))
    frame = layout(palette, finding, subtitle)
    frame["xaxis"] = _numbers("head", n_heads, palette)
    frame["yaxis"] = _numbers("layer", n_layers, palette)
    frame["yaxis"]["range"] = frame["yaxis"]["range"][::-1]
    frame["margin"] |= {"t": frame["margin"]["t"] + SCALE_BAR_PX}
    frame["height"] = body + frame["margin"]["t"] + 48
    frame["shapes"] = [_outline(head, palette) for head in chosen]
    # Hidden points last: of two marks on one place the last is the one that is hovered.
    traces = [_cells(array, palette), *_dots(marked, palette), _points(array, label)]
    return picture(traces, frame, f"{finding}. {subtitle}.")


def _numbers(title: str, n: int, palette: Palette) -> dict[str, Any]:
    return axis(
        palette,
        title,
        tickvals=list(range(FIRST, n + FIRST, max(1, -(-n // 16)))),
        range=[FIRST - 0.5, n + FIRST - 0.5],
        showgrid=False,
    )


def _cells(values: Floats, palette: Palette) -> dict[str, Any]:
    low = min(0.0, float(np.nanmin(values)))
    most = float(np.nanmax(values))
    most = most if most > low else low + 1.0
    ticks = [low, (low + most) / 2, most]
    return {
        "type": "heatmap",
        "z": values,
        "x0": FIRST,
        "y0": FIRST,
        "zmin": low,
        "zmax": most,
        "colorscale": scale(palette.sequential),
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "skip",
        "colorbar": scale_bar(palette, ticks, [number(float(f"{tick:.3g}")) for tick in ticks]),
    }


def _points(values: Floats, label: str) -> dict[str, Any]:
    """A point in each cell that is not seen: it hovers, and a click on it says which head."""
    layers, heads = (axis_.ravel().astype(np.int32) for axis_ in np.indices(values.shape))
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": heads + np.int32(FIRST),
        "y": layers + np.int32(FIRST),
        # Lists: rows of a typed array reach Python as objects with the keys "0" and "1".
        "customdata": np.stack([layers, heads], axis=1).tolist(),
        "hovertext": [number(value) for value in values.ravel().tolist()],
        "hovertemplate": (
            f"layer %{{y}}, head %{{x}}<br>{label} <b>%{{hovertext}}</b><extra></extra>"
        ),
        "marker": {"symbol": "square", "size": 22, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
    }


def _dots(marked: Bools | None, palette: Palette) -> list[dict[str, Any]]:
    """A dot in the cells of marked heads."""
    if marked is None or not np.any(marked):
        return []
    layers, heads = np.nonzero(marked)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": heads.astype(np.int32) + np.int32(FIRST),
            "y": layers.astype(np.int32) + np.int32(FIRST),
            "hoverinfo": "skip",
            "marker": {
                "size": 8,
                "color": palette.categories[4],
                "line": {"width": 1.5, "color": palette.text},
            },
            "unselected": {"marker": {"opacity": 1}},
        }
    ]


def _outline(head: tuple[int, int], palette: Palette) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": head[1] + FIRST - 0.5,
        "x1": head[1] + FIRST + 0.5,
        "y0": head[0] + FIRST - 0.5,
        "y1": head[0] + FIRST + 0.5,
        "line": {"width": 2.5, "color": palette.categories[1]},
        "fillcolor": "rgba(0,0,0,0)",
    }
