"""One frame for several layouts: turn, mirror and size one onto another."""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.projection.doors import checked_points
from embedlib.projection.records import Neighbours
from embedlib.records import Floats


def align(points: Any, reference: Any) -> Floats:
    """`points` turned, mirrored, sized and moved to lie as near to `reference` as they can.

    No distance within the layout changes but for one common factor. That factor gives both
    layouts the same size; the least-squares factor would shrink a layout the less it agrees.

    Args:
        points: (point, n_dims) a layout.
        reference: (point, n_dims) the layout to look like, row by row.

    Returns:
        (point, n_dims) float32. Equal points come back on the reference's middle.

    Raises:
        OptionError: If the two have different shapes.

    Source: Schönemann 1966, A generalized solution of the orthogonal Procrustes problem.

    >>> align([[0, 0], [0, 2], [4, 0]], [[0, 0], [1, 0], [0, 2]]).round(6).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]
    """
    moving, still = checked_points(points).astype(np.float64), checked_points(reference)
    if moving.shape != still.shape:
        raise OptionError(
            f"The reference must have the shape of the points, {moving.shape}, got {still.shape}.",
            "Align layouts of the same texts in the same number of dimensions.",
        )
    middle = still.mean(axis=0, dtype=np.float64)
    moving, fixed = moving - moving.mean(axis=0), still - middle
    left, _, right = np.linalg.svd(moving.T @ fixed)
    own, wanted = np.linalg.norm(moving), np.linalg.norm(fixed)
    size = wanted / own if own > 0 else 0.0
    aligned: Floats = (size * moving @ (left @ right) + middle).astype(np.float32)
    return aligned


def turnover(before: Neighbours, after: Neighbours) -> Floats:
    """The share of each text's true neighbours that are others in `after`.

    Args:
        before: Neighbours in one space.
        after: Neighbours of the same texts in another; as many for each.

    Returns:
        (point,) float32: 0 for the same neighbours in any order, 1 for none in common.

    Raises:
        OptionError: If the two are not of as many texts and neighbours.
    """
    one, other = before.indices, after.indices
    if one.shape != other.shape or one.shape[1] == 0:
        raise OptionError(
            "Both must have the same number of texts and of neighbours, at least one, "
            f"got {one.shape} and {other.shape}.",
            "Find both with the same k.",
        )
    common = np.zeros(len(one), np.int64)
    for column in one.T:  # (point,), so that memory stays that of one array
        common += (other == column[:, None]).any(axis=1)
    changed: Floats = (1.0 - common / one.shape[1]).astype(np.float32)
    return changed
