"""Planes of several layers in one frame: turned and scaled, so that only real moves are seen."""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles
from embedlib.geometry.plane import pca
from embedlib.records import Floats


def aligned_planes(hidden: Any) -> Floats:
    """The plane of greatest variance of every layer, each laid on the one before it.

    Each layer's points are centred and brought to one size (root mean square distance from the
    middle 1), then turned or mirrored so that they lie as near as can be to the layer before;
    the last layer is as `pca` gives it. Distances within a layer keep their ratios.

    Args:
        hidden: (layer, point, dim), at least one point.

    Returns:
        (layer, point, 2) float32.

    Raises:
        OptionError: If the shape is another, or a number is not finite.

    Source: orthogonal Procrustes, Schönemann 1966.
    """
    array = np.asanyarray(hidden)
    if array.ndim != 3 or array.shape[1] < 1:
        raise OptionError(f"The points must be (layer, point, dim), got {array.shape}.")
    planes = [_plane(layer) for layer in array]
    for number in range(len(planes) - 2, -1, -1):
        left, _, right = np.linalg.svd(planes[number].T @ planes[number + 1])
        planes[number] = planes[number] @ (left @ right)
    return np.stack(planes).astype(np.float32)


def _plane(vectors: Any) -> Doubles:
    """(point, 2) of mean 0 and root mean square length 1; zeros where all points are equal."""
    points = pca(vectors, min(2, vectors.shape[1])).points.astype(np.float64)
    if points.shape[1] < 2:
        points = np.column_stack([points, np.zeros(len(points))])
    size = float(np.sqrt((points**2).sum(axis=1).mean()))
    return np.asarray(points / size if size > 1e-12 else points)
