"""Learning curves: the score by how many rows trained, with intervals, and a cautious forecast."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embedlib.figures.categories import SYMBOLS
from embedlib.figures.colours import mix
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten
from embedlib.figures.theme import Palette, axis, layout, legend_on_top
from embedlib.records import Floats

_HEIGHT_PX = 460


def learning_curves(
    curves: Mapping[str, Floats],
    palette: Palette,
    title: str,
    *,
    unit: str,
    forecast: Floats | None = None,
    subtitle: str = "",
) -> Picture:
    """Score by rows on a logarithmic axis, one line a recipe.

    Args:
        curves: Name to (point, 4) of rows, score, low and high.
        palette: The theme.
        title: The finding.
        unit: What the score is.
        forecast: (point, 4) of rows, middle, low and high beyond the first curve, or None.
        subtitle: What is drawn.
    """
    points = {name: np.asarray(rows, dtype=np.float64) for name, rows in curves.items()}
    if not any(len(rows) for rows in points.values()):
        return blank(palette, title or "No curve is measured yet")
    ahead = np.zeros((0, 4)) if forecast is None else np.asarray(forecast, dtype=np.float64)
    seen = np.concatenate([*points.values(), ahead])
    frame = layout(palette, title, subtitle, height=_HEIGHT_PX, hovermode="closest")
    frame["showlegend"] = True
    legend_on_top(frame)
    ticks = _ticks(seen[:, 0])
    frame["xaxis"] = axis(
        palette,
        "rows to learn from",
        type="log",
        tickmode="array",
        tickvals=ticks,
        ticktext=[f"{tick:,}" for tick in ticks],
    )
    low, high = float(seen[:, 2].min()), float(seen[:, 3].max())
    room = max(0.02, 0.06 * (high - low))
    frame["yaxis"] = axis(palette, unit, range=[max(0.0, low - room), min(1.02, high + room)])
    traces = [] if not len(ahead) else _forecast(ahead, palette)
    traces += [
        _line(place, name, rows, palette)
        for place, (name, rows) in enumerate(points.items())
        if len(rows)
    ]
    alt = f"{title}. {unit.capitalize()} by training rows with intervals. {subtitle}"
    return picture(traces, frame, alt.strip())


def _line(place: int, name: str, points: Any, palette: Palette) -> dict[str, Any]:
    rows, score, low, high = points.T
    colour = palette.categories[place]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(shorten(name, 40)),
        "x": rows * (1 + 0.012 * place),  # intervals at the same rows stand beside each other
        "y": score,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": high - score,
            "arrayminus": score - low,
            "thickness": 2,
            "width": 5,
            "color": colour,
        },
        "line": {"width": 2.5, "color": colour},
        "marker": {"size": 10, "color": colour, "symbol": SYMBOLS[place]},
        "hovertext": [
            f"{plain(shorten(name, 40))}<br>{int(n):,} rows: <b>{s:.4f}</b><br>{a:.4f} to {b:.4f}"
            for n, s, a, b in zip(rows, score, low, high, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _forecast(ahead: Any, palette: Palette) -> list[dict[str, Any]]:
    """The band in which 90 % of the resampled curves lie, and their middle."""
    rows, middle, low, high = ahead.T
    edge: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 1.5, "color": mix(palette.background, palette.muted, 0.4)},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [
        edge | {"x": rows, "y": low},
        edge | {"x": rows, "y": high, "fill": "tonexty", "fillcolor": f"{palette.muted}26"},
        {
            "type": "scatter",
            "mode": "lines",
            "name": "forecast, 90 % within the band",
            "x": rows,
            "y": middle,
            "line": {"width": 2, "color": palette.muted, "dash": "dash"},
            "hovertext": [
                f"if it goes on so<br>{int(n):,} rows: {m:.4f}<br>{a:.4f} to {b:.4f}"
                for n, m, a, b in ahead
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
    ]


def _ticks(rows: Any) -> list[int]:
    """Round numbers, each about twice the one before, over the span of rows."""
    steps = [m * 10**power for power in range(8) for m in (1, 2, 5)]
    low, high = float(rows.min()), float(rows.max())
    found = [step for step in steps if 0.8 * low <= step <= 1.2 * high]
    return found or [round(low), round(high)]
