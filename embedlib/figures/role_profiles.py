"""What one head is for: its score in every role, held against the best head with random weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embedlib.figures.amounts import number
from embedlib.figures.picture import Picture, picture
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout

_ROW_PX = 30


def role_profile(
    scores: Mapping[str, float],
    random_best: Mapping[str, float],
    palette: Palette,
    *,
    head: str,
    role: str,
    interval: tuple[float, float],
    above: bool,
) -> Picture:
    """A line a role: the head's score, and the best that any head with random weights has.

    Args:
        scores: Role's label to the head's mean score, 0 to 1; NaN where no text could show it.
        random_best: Role's label to the best score with random weights; below 0 or NaN for none.
        palette: The theme.
        head: Which head, in our words: "layer 4, head 1".
        role: The label of the head's role, or of the nearest one for a mixed head.
        interval: 95 % interval of the score of that role.
        above: Whether that stands out from random weights.
    """
    low, high = interval
    title = f"{head[:1].upper()}{head[1:]}: {role.lower()}, {number(scores[role])} "
    title += f"(95 % from {number(low)} to {number(high)}), "
    title += "above random weights" if above else "not above what random weights show"
    names = list(scores)
    frame = layout(
        palette,
        title,
        "Mean over the texts; ◆ the best of all heads with random weights. Broad: entropy over its "
        "maximum",
        xaxis=axis(palette, "share of attention that goes there", range=[-0.01, 1.01]),
        yaxis=axis(
            palette,
            "role",
            tickvals=list(range(len(names))),
            ticktext=[f"<b>{name}</b>" if name == role else name for name in names],
            tickfont={"size": SMALL_PX, "color": palette.text},
            range=[len(names) - 0.4, -0.6],
            showgrid=False,
        ),
    )
    frame["height"] = frame["margin"]["t"] + _ROW_PX * len(names) + 56
    traces = [
        _bars(scores, role, palette),
        _interval(names.index(role), low, high, palette),
        _chance([random_best.get(name, np.nan) for name in names], palette),
    ]
    return picture(traces, frame, f"{title}. Scores of {len(names)} roles as bars.")


def _bars(scores: Mapping[str, float], role: str, palette: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": np.array(list(scores.values()), dtype=np.float32),
        "y": np.arange(len(scores), dtype=np.int32),
        "width": 0.5,
        "marker": {"color": [palette.accent if name == role else palette.other for name in scores]},
        "hovertext": list(scores),
        "hovertemplate": "%{hovertext}<br>this head <b>%{x:.6f}</b><extra></extra>",
    }


def _interval(row: int, low: float, high: float, palette: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [row, row],
        "line": {"width": 3, "color": palette.text},
        "hovertemplate": "95 % interval, end <b>%{x:.6f}</b><extra></extra>",
    }


def _chance(best: list[float], palette: Palette) -> dict[str, Any]:
    values = np.array(best, dtype=np.float32)
    values[~(values >= 0)] = np.nan
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": np.arange(len(best), dtype=np.int32),
        "marker": {
            "symbol": "diamond",
            "size": 11,
            "color": palette.categories[1],
            "line": {"width": 1.5, "color": palette.outline},
        },
        "hovertemplate": "best with random weights <b>%{x:.6f}</b><extra></extra>",
    }
