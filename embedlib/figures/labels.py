"""Where short names stand beside points without touching; the rest is left to hovering."""

from collections.abc import Sequence

import numpy as np

from embedlib.figures.text import width
from embedlib.geometry.doors import Doubles
from embedlib.records import Floats

_COLUMN_PX, _LINE_PX, _MARK_PX = 7.0, 15.0, 11.0
_GAP_PX, _CORNER_PX = 7.0, 4.0  # from the middle of a mark to its label
MARGIN = 0.09  # of the plot, on each side of the outermost points
# Plotly's name of each place, and the direction from the mark to the label's middle.
_PLACES = (
    ("top center", 0, 1),
    ("bottom center", 0, -1),
    ("middle right", 1, 0),
    ("middle left", -1, 0),
    ("top right", 1, 1),
    ("top left", -1, 1),
    ("bottom right", 1, -1),
    ("bottom left", -1, -1),
)


def placed(
    points: Floats,
    names: Sequence[str],
    box_px: tuple[float, float],
    taken: Floats | None = None,
    *,
    n_must: int = 0,
) -> list[str]:
    """For each point the side on which its name stands, or "" where there is no room.

    Greedy: earlier points choose first, and a name must touch no mark, no other name and no edge.

    Args:
        points: (text, 2) as drawn, with equal scales on both axes.
        names: (text,) short names, not escaped.
        box_px: Width and height of the smallest plot to allow for.
        taken: (m, 2) further marks that must stay clear.
        n_must: How many of the first stand in any case, where they cover least.

    Returns:
        (text,) Plotly's `textposition`, or "".
    """
    marks = points if taken is None else np.concatenate([points, taken])
    box = np.array(box_px)
    centres = _pixels(np.asarray(marks, dtype=np.float64), box)
    halves = np.full(centres.shape, _MARK_PX / 2)
    sides = []
    for row, name in enumerate(names):
        size = np.array([_COLUMN_PX * width(name), _LINE_PX]) / 2
        middles = _middles(centres[row], size)
        covered = _covered(middles, size, centres, halves, box, row)
        best = int(covered.argmin())
        if covered[best] > 0 and row >= n_must:
            sides.append("")
            continue
        sides.append(_PLACES[best][0])
        centres = np.concatenate([centres, middles[best : best + 1]])
        halves = np.concatenate([halves, size[None]])
    return sides


def flagged(
    points: Floats, rows: Sequence[int], names: Sequence[str], box_px: tuple[float, float]
) -> list[tuple[float, float]]:
    """How far from its mark the box with each name stands, so that boxes cover no marked point.

    Args:
        points: (text, 2) all points of the map.
        rows: The points to name.
        names: One a row.
        box_px: Width and height of the smallest plot to allow for.

    Returns:
        For each row pixels to the right and pixels down, as Plotly's `ax` and `ay`.
    """
    box = np.array(box_px)
    centres = _pixels(np.asarray(points, dtype=np.float64), box)[list(rows)]
    halves = np.full(centres.shape, _MARK_PX)
    offsets = []
    for place, name in enumerate(names):
        size = np.array([_COLUMN_PX * width(name) + 12, _LINE_PX + 10]) / 2
        middles = _middles(centres[place], size, gap=16.0)
        covered = _covered(middles, size, centres, halves, box, place)
        best = middles[int(covered.argmin())]
        centres = np.concatenate([centres, best[None]])
        halves = np.concatenate([halves, size[None]])
        right, up = (best - centres[place]).tolist()
        offsets.append((right, -up))
    return offsets


def _middles(mark: Doubles, size: Doubles, gap: float = 0.0) -> Doubles:
    """(place, 2) the middle of a label of half-size `size` at each place around a mark."""
    directions = np.array([[across, up] for _, across, up in _PLACES], dtype=np.float64)
    corner = directions.all(axis=1, keepdims=True)  # Plotly sets these beside the mark's corner
    return np.asarray(mark + directions * (size + np.where(corner, _CORNER_PX, _GAP_PX) + gap))


def _covered(
    middles: Doubles, size: Doubles, centres: Doubles, halves: Doubles, box: Doubles, row: int
) -> Doubles:
    """(place,) square pixels of other things that a label would cover; what is outside counts."""
    reach = halves + size + 1  # (thing, 2)
    overlap = np.clip(reach - np.abs(centres - middles[:, None]), 0, None)  # (place, thing, 2)
    areas = overlap.prod(axis=2)
    areas[:, row] = 0
    outside = np.clip(np.maximum(size - middles, middles + size - box), 0, None).sum(axis=1)
    return np.asarray(areas.sum(axis=1) + 1000 * outside)


def _pixels(points: Doubles, box: Doubles) -> Doubles:
    """(mark, 2) pixels from the lower left, both axes in one scale, with a margin all round."""
    low, high = points.min(axis=0), points.max(axis=0)
    spans = np.maximum(high - low, 1e-12)
    pixels_per_unit = float((box * (1 - 2 * MARGIN) / spans).min())
    return np.asarray((points - (low + high) / 2) * pixels_per_unit + box / 2)
