"""Scores by layer with error bars, one line a pooling, and what to hold them against."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.amounts import number
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_MOST_LINES = 8
_MOST_NUMBERS = 13  # more would touch
_MIX_COLUMNS = 9


def score_curves(
    layers: Sequence[str],
    scores: Mapping[str, Floats],
    palette: Palette,
    title: str,
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
        title: The finding.
        score: What is on the vertical axis.
        references: Name to a level drawn as a dotted line: chance, shuffled labels. One that
            lies so far below the scores that it would press them together is said instead.
        subtitle: Rows, folds, seed.
    """
    drawn = dict(list(scores.items())[:_MOST_LINES])
    values = np.stack([*drawn.values()]) if drawn else np.zeros((0, 0, 3))
    if not values.size or np.isnan(values[..., 0]).all():
        return blank(palette, "No score is measured yet")
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    levels, far = _levels(references or {}, low, high)
    if far:
        subtitle = "; ".join(part for part in (subtitle, f"{far}, below the picture") if part)
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
        yaxis=axis(palette, score, range=_reach([low, high, *levels.values()])),
    )
    frame["margin"] |= {"t": frame["margin"]["t"] + 34}
    n_layers = sum(name.isdecimal() for name in layers)
    traces = [
        _line(place, name, scores[name], n_layers, palette) for place, name in enumerate(drawn)
    ]
    traces += [_level(name, level, len(layers), palette) for name, level in levels.items()]
    alt = f"{title}. {score} of {len(layers)} layers and {len(drawn)} poolings with 95 % intervals."
    return picture(traces, frame, alt)


def _levels(
    references: Mapping[str, float], low: float, high: float
) -> tuple[dict[str, float], str]:
    """The levels that can be drawn beside scores from low to high, and the others in words."""
    known = {name: level for name, level in references.items() if np.isfinite(level)}
    near = {name: level for name, level in known.items() if level > low - 1.5 * (high - low)}
    far = [f"{name.lower()} {number(known[name])}" for name in known if name not in near]
    return near, " and ".join(far)


def _reach(levels: Sequence[float]) -> list[float]:
    """The ends of an axis that shows all of these with some room."""
    low, high = min(levels), max(levels)
    room = 0.06 * (high - low) or 0.05
    return [low - room, high + room]


def _line(place: int, name: str, points: Floats, n_layers: int, palette: Palette) -> dict[str, Any]:
    """One pooling: a line through the layers, and single marks for mixes, which have no order."""
    colour = palette.categories[place]
    order = np.arange(len(points), dtype=np.float64) + 0.06 * place
    gaps = np.arange(max(1, n_layers), len(points))
    points = np.insert(np.asarray(points, dtype=np.float64), gaps, np.nan, axis=0)
    mean, low, high = points.T
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(shorten(name, 28)),
        # Side by side by a little, so that error bars do not cover each other.
        "x": np.insert(order, gaps, np.nan),
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
    """An axis of layers, thinned out, and of mixes, whose names are broken into short lines."""
    numbered = [place for place, name in enumerate(layers) if name.isdecimal()]
    mixes = [place for place in range(len(layers)) if place not in numbered]
    shown = numbered[:: max(1, -(-len(numbered) // _MOST_NUMBERS))] + mixes
    return axis(
        palette,
        "layer (0: the embeddings before the first block)",
        tickmode="array",
        tickvals=shown,
        ticktext=[wrapped(layers[place], _MIX_COLUMNS, 4) for place in shown],
        tickangle=0,
        range=[-0.5, len(layers) - 0.2],
        showgrid=False,
    )
