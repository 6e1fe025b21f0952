"""What all maps share: the frame with one scale on both axes, and names that do not touch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import percent
from embedlib.figures.labels import MARGIN, placed
from embedlib.figures.text import plain
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.geometry.doors import checked
from embedlib.records import Floats

BOX_PX = (600.0, 400.0)  # the smallest plot in which names must not touch
_HEIGHT_PX = 540
_RANGE_PARTS = 1 - 2 * MARGIN

Shares = Floats | Sequence[float] | None


def checked_points(points: Any, n: int) -> Floats:
    """(n, 2) float32.

    Raises:
        OptionError: If the points have another shape, or are not finite.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.shape != (n, 2):
        raise OptionError(f"The points must have the shape ({n}, 2), got {array.shape}.")
    checked(array, "The points")
    return array


def plane_frame(points: Floats, explained: Shares, title: str, palette: Palette) -> dict[str, Any]:
    """The frame: one scale on both axes, the origin marked, room for names at the edges.

    Args:
        points: (mark, 2) all that must be in sight, at least one.
        explained: (2,) share of the variance along each axis; None for another kind of map.
        title: As `layout` takes it.
        palette: The theme.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    widest = float((high - low).max()) or 1.0
    middle, half = (low + high) / 2, np.maximum(high - low, 0.1 * widest) / 2 / _RANGE_PARTS
    across, up = np.stack([middle - half, middle + half], axis=1).astype(float).tolist()
    common: dict[str, Any] = {
        "fixedrange": False,
        "zeroline": True,
        "zerolinecolor": palette.border,
        "zerolinewidth": 1.5,
    }
    names = _axis_names(explained)
    return layout(
        palette,
        title,
        height=_HEIGHT_PX,
        xaxis=axis(palette, names[0], range=across, **common),
        yaxis=axis(palette, names[1], range=up, scaleanchor="x", **common),
        legend={
            "font": {"size": SMALL_PX},
            "itemsizing": "constant",
            "x": 1.01,
            "y": 1,
            "xanchor": "left",
        },
        hovermode="closest",
        dragmode="zoom",
    )


def kept(explained: Shares) -> str:
    """What the plane keeps of the variance, as the end of a sentence."""
    if explained is None or not sum(explained):
        return ""
    return f"; the plane keeps {percent(min(1.0, float(sum(explained))))} of their variance"


def names_beside(
    points: Floats,
    names: Mapping[int, str],
    palette: Palette,
    *,
    taken: Floats | None = None,
    n_must: int = 0,
) -> list[dict[str, Any]]:
    """Names beside the points that have room for one; the first in `names` choose first.

    Args:
        points: (mark, 2) all points of the map.
        names: Row of a point to its short name, not escaped.
        palette: The theme.
        taken: (m, 2) further marks that must stay clear.
        n_must: How many of the first names stand in any case, in bold.
    """
    if not names:
        return []
    rows = np.array([*names], dtype=np.int64)
    others = points[np.setdiff1d(np.arange(len(points)), rows)]
    others = others if taken is None else np.concatenate([others, taken])
    sides = placed(points[rows], [*names.values()], BOX_PX, others, n_must=n_must)
    shown = [(row, side) for row, side in zip(rows.tolist(), sides, strict=True) if side]
    if not shown:
        return []
    seen = [row for row, _ in shown]
    must = set(rows[:n_must].tolist())
    words = {row: plain(names[row]) for row in seen}
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": points[seen, 0],
            "y": points[seen, 1],
            "customdata": np.array(seen, dtype=np.int32),
            "text": [f"<b>{words[row]}</b>" if row in must else words[row] for row in seen],
            "textposition": [side for _, side in shown],
            "textfont": {"size": SMALL_PX, "color": palette.text},
            "marker": {"size": 11, "opacity": 0, "color": palette.text},  # keeps text off the mark
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _axis_names(explained: Shares) -> tuple[str, str]:
    """ "PC 1 (34 % of variance)" and the other."""
    if explained is None:
        return "axis 1", "axis 2"
    first, second = (f"PC {k + 1} ({percent(float(explained[k]))} of variance)" for k in range(2))
    return first, second
