"""Where short names stand beside points without touching; the rest is left to hovering."""

from collections.abc import Sequence

import numpy as np

from embedlib.figures.text import width
from embedlib.geometry.doors import Doubles
from embedlib.records import Floats

_COLUMN_PX, _LINE_PX, _MARK_PX, _GAP_PX = 7.0, 15.0, 11.0, 5.0
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
    points: Floats, names: Sequence[str], box_px: tuple[float, float], taken: Floats | None = None
) -> list[str]:
    """For each point the side on which its name stands, or "" where there is no room.

    Greedy: earlier points choose first, and a name must touch no mark, no other name and no edge.

    Args:
        points: (text, 2) as drawn, with equal scales on both axes.
        names: (text,) short names, not escaped.
        box_px: Width and height of the smallest plot to allow for.
        taken: (m, 2) further marks that must stay clear.

    Returns:
        (text,) Plotly's `textposition`, or "".
    """
    marks = points if taken is None else np.concatenate([points, taken])
    pixels = _pixels(np.asarray(marks, dtype=np.float64), box_px)
    half = np.full((len(marks), 2), _MARK_PX / 2)
    centres, halves = [*pixels], [*half]
    sides = []
    for row, name in enumerate(names):
        size = np.array([_COLUMN_PX * width(name), _LINE_PX]) / 2
        side, centre = _side(pixels[row], size, np.array(centres), np.array(halves), box_px, row)
        sides.append(side)
        if side:
            centres.append(centre)
            halves.append(size)
    return sides


def _side(
    mark: Doubles,
    size: Doubles,
    centres: Doubles,
    halves: Doubles,
    box_px: tuple[float, float],
    row: int,
) -> tuple[str, Doubles]:
    """The first place where a label of half-size `size` touches nothing, and its middle."""
    others = np.arange(len(centres)) != row
    for name, across, up in _PLACES:
        reach = np.array([across, up]) * (size + _GAP_PX)
        if across and up:  # Plotly sets a corner label beside the mark's corner
            reach = np.array([across * (size[0] + 2), up * (size[1] + 2)])
        centre = mark + reach
        touching = (np.abs(centres - centre) < halves + size + 1).all(axis=1) & others
        inside = (centre - size >= 0).all() and (centre + size <= box_px).all()
        if inside and not touching.any():
            return name, centre
    return "", mark


def _pixels(points: Doubles, box_px: tuple[float, float]) -> Doubles:
    """(mark, 2) pixels from the lower left, both axes in one scale, with the margin of `ranges`."""
    low, high = points.min(axis=0), points.max(axis=0)
    spans = np.maximum(high - low, 1e-12)
    room = np.array(box_px) * (1 - 2 * MARGIN)
    pixels_per_unit = float((room / spans).min())
    return (points - (low + high) / 2) * pixels_per_unit + np.array(box_px) / 2
