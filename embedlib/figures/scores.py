"""Scores by layer with error bars, one line a pooling, and what to hold them against."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.amounts import number
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, quoted, shorten
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_MOST_LINES = 8


def score_curves(
    layers: Sequence[str],
    scores: Mapping[str, Floats],
    palette: Palette,
    *,
    score: str,
    references: Mapping[str, float] | None = None,
    subtitle: str = "",
) -> Picture:
    """Score by layer: (layer, 3) of mean, low and high a pooling, NaN where not measured.

    Args:
        layers: Names of the layers, in order.
        scores: Name of a pooling to its scores; eight at most are drawn.
        palette: The theme.
        score: What is on the vertical axis.
        references: Name to a level drawn as a dotted line: chance, shuffled labels.
        subtitle: Rows, folds, seed.
    """
    drawn = dict(list(scores.items())[:_MOST_LINES])
    values = np.stack([*drawn.values()]) if drawn else np.zeros((0, 0, 3))
    if not values.size or np.isnan(values[..., 0]).all():
        return blank(palette, "No score is measured yet")
    place, layer = np.unravel_index(int(np.nanargmax(values[..., 0])), values.shape[:2])
    best = float(values[place, layer, 0])
    name = layers[int(layer)]
    where = f"layer {name}" if name.isdecimal() else quoted(name)
    title = f"Highest: {quoted([*drawn][int(place)])} at {where} ({number(best)})"
    levels = {name: level for name, level in (references or {}).items() if np.isfinite(level)}
    lows = [float(np.nanmin(values)), *levels.values()]
    frame = layout(
        palette,
        title,
        subtitle,
        height=420,
        hovermode="closest",
        showlegend=True,
        legend={
            "font": {"size": SMALL_PX},
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
        },
        xaxis=_layers(layers, palette),
        yaxis=axis(palette, score, range=[min(0.0, min(lows)), max(1.0, float(np.nanmax(values)))]),
    )
    frame["margin"] |= {"t": frame["margin"]["t"] + 34}
    traces = [_line(n, name, points, palette) for n, (name, points) in enumerate(drawn.items())]
    traces += [_level(name, level, len(layers), palette) for name, level in levels.items()]
    alt = f"{title}. {score} of {len(layers)} layers and {len(drawn)} poolings with 95 % intervals."
    return picture(traces, frame, alt)


def _line(place: int, name: str, points: Floats, palette: Palette) -> dict[str, Any]:
    colour = palette.categories[place]
    mean, low, high = np.asarray(points, dtype=np.float64).T
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(shorten(name, 28)),
        # Side by side by a little, so that error bars do not cover each other.
        "x": np.arange(len(mean)) + 0.06 * place,
        "y": mean,
        "error_y": {
            "type": "data",
            "array": np.nan_to_num(high - mean),
            "arrayminus": np.nan_to_num(mean - low),
            "thickness": 1.5,
            "width": 4,
            "color": colour,
        },
        "line": {"width": 2, "color": colour},
        "marker": {"size": 9, "color": colour, "symbol": SYMBOLS[place]},
        "hovertemplate": f"{plain(shorten(name, 40))}<br>%{{y:.4f}}<extra></extra>",
    }


def _level(name: str, level: float, n: int, palette: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(shorten(name, 40)),
        "x": [-0.4, n - 0.6],
        "y": [level, level],
        "line": {"width": 2, "color": palette.muted, "dash": "dot" if "huffl" in name else "dash"},
        "hovertemplate": f"{plain(shorten(name, 40))}<br>%{{y:.4f}}<extra></extra>",
    }


def _layers(layers: Sequence[str], palette: Palette) -> dict[str, Any]:
    step = max(1, -(-len(layers) // 14))
    shown = range(0, len(layers), step)
    return axis(
        palette,
        "layer (0: the embeddings before the first block)",
        tickmode="array",
        tickvals=list(shown),
        ticktext=[plain(shorten(layers[place], 22)) for place in shown],
        tickangle=0 if len(layers) <= 8 else -35,
        range=[-0.5, len(layers) - 0.2],
        showgrid=False,
    )
