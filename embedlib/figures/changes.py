"""How far vectors move, layer by layer: 1 - cosine, drawn from 0."""

from collections.abc import Mapping

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import number
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px", "2px,4px")

_NAMES_A_LINE = 3  # of the legend, in a narrow window


def change_curve(
    curves: Mapping[str, Floats], palette: Palette, *, what: str, chosen_layer: int | None = None
) -> Picture:
    """1 - cosine of two vectors at every layer, one line a pair of vectors.

    Args:
        curves: Name of what moved to (layer + 1,) numbers, 0 or more; eight at most. NaN leaves
            a gap.
        palette: The theme.
        what: What moved them, in our words: "without 2 heads".
        chosen_layer: The layer that the finding speaks of; the last when None.

    Raises:
        OptionError: If the curves differ in length, or are more than eight.
    """
    if not curves:
        return blank(palette, "There is no vector to follow through the layers")
    values = [np.asarray(curve, dtype=np.float32) for curve in curves.values()]
    if len({curve.shape for curve in values}) > 1 or len(values) > len(_DASHES):
        raise OptionError(
            f"There must be at most {len(_DASHES)} curves of one length, "
            f"got {len(values)} of {sorted({len(curve) for curve in values})}."
        )
    at = len(values[0]) - 1 if chosen_layer is None else chosen_layer
    moved = float(np.nan_to_num(values[0][at]))
    title = f"At layer {at} the vector moves by {number(moved)} {what}"
    title = title if moved > 0 else f"At layer {at} the vector does not move {what}"
    most = max(float(np.nanmax(curve, initial=0.0)) for curve in values)
    frame = layout(
        palette,
        title,
        "1 − cosine of the vectors before and after; 0: unchanged",
        height=320,
        showlegend=len(curves) > 1,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "font": {"size": SMALL_PX}},
        xaxis=axis(
            palette,
            "layer (0: the embeddings before the first block)",
            tickvals=list(range(0, len(values[0]), max(1, -(-len(values[0]) // 14)))),
            showgrid=False,
        ),
        yaxis=axis(palette, "1 − cosine", range=[0.0, 1.08 * (most or 1.0)]),
    )
    n_lines = -(-len(curves) // _NAMES_A_LINE) if len(curves) > 1 else 0
    frame["margin"]["t"] += 24 * n_lines + 6
    frame["height"] += 24 * n_lines
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(shorten(name, 28)),
            "x": np.arange(len(curve), dtype=np.int32),
            "y": curve,
            "line": {"width": 2.5, "color": palette.categories[place], "dash": _DASHES[place]},
            "marker": {"size": 8, "color": palette.categories[place], "symbol": SYMBOLS[place]},
            "hovertemplate": (
                f"{wrapped(name, 60, 3)}<br>layer %{{x}}: <b>%{{y:.6f}}</b><extra></extra>"
            ),
        }
        for place, (name, curve) in enumerate(zip(curves, values, strict=True))
    ]
    return picture(traces, frame, f"{title}. Line over layers 0 to {len(values[0]) - 1}.")
