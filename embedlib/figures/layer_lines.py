"""Lines over the layers of a model: shares and similarities that run from 0 to 1."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten
from embedlib.figures.theme import Palette, axis, layout, legend_on_top
from embedlib.records import Floats

_HEIGHT_PX = 400
_DASHES = ("solid", "dash", "dot", "dashdot")


def layer_lines(
    layers: Sequence[int],
    lines: Mapping[str, Floats],
    palette: Palette,
    title: str,
    *,
    unit: str,
    subtitle: str = "",
) -> Picture:
    """One line a name, four at most; a layer that is NaN leaves a gap.

    Args:
        layers: (layer,) their numbers.
        lines: Name to (layer,) values, 0 to 1.
        palette: The theme.
        title: The finding.
        unit: What is on the vertical axis.
        subtitle: What is drawn.
    """
    drawn = {
        name: np.asarray(values, dtype=np.float64)
        for name, values in list(lines.items())[: len(_DASHES)]
    }
    if not any(np.isfinite(values).any() for values in drawn.values()):
        return blank(palette, title or "There is nothing to draw")
    frame = layout(palette, title, subtitle, height=_HEIGHT_PX, hovermode="closest")
    frame["showlegend"] = True
    legend_on_top(frame)
    step = max(1, -(-len(layers) // 14))
    frame["xaxis"] = axis(
        palette,
        "layer (0: the embeddings before the first block)",
        tickmode="array",
        tickvals=list(layers)[::step],
        showgrid=False,
    )
    frame["yaxis"] = axis(palette, unit, range=[0, 1.04])
    traces = [
        _line(place, name, layers, values, palette)
        for place, (name, values) in enumerate(drawn.items())
    ]
    alt = f"{title}. {unit.capitalize()} of {len(layers)} layers. {subtitle}"
    return picture(traces, frame, alt.strip())


def _line(
    place: int, name: str, layers: Sequence[int], values: Any, palette: Palette
) -> dict[str, Any]:
    colour = palette.categories[place]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(shorten(name, 60)),
        "x": list(layers),
        "y": values,
        "line": {"width": 2.5, "color": colour, "dash": _DASHES[place]},
        "marker": {"size": 9, "color": colour, "symbol": SYMBOLS[place]},
        "hovertext": [f"{plain(shorten(name, 60))}<br>layer {layer}" for layer in layers],
        "hovertemplate": "%{hovertext}: <b>%{y:.4f}</b><extra></extra>",
    }
