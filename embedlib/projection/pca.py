"""PCA: the plane of greatest variance; exact, without options, the same on every machine."""

import numpy as np

from embedlib.geometry import pca
from embedlib.projection.options import options
from embedlib.projection.space import Space
from embedlib.projection.task import Layout, Task
from embedlib.records import Floats

OPTIONS = options()


def fit(task: Task) -> Layout:
    """Lay `task` out by its principal components."""
    return Layout(axes(task.space, task.n_dims))


def place(space: Space, queries: Floats, n_dims: int) -> Floats:
    """Where further vectors fall in the plane of `space`: (query, n_dims) float32.

    Args:
        space: The vectors of the map.
        queries: (query, dim) prepared as they are.
        n_dims: Of the map.
    """
    dim = space.vectors.shape[1]
    points = np.zeros((len(queries), n_dims), np.float32)
    plane = pca(space.vectors, min(n_dims, dim))
    points[:, : min(n_dims, dim)] = plane.place(queries) * np.float32(space.scale)
    return points


def axes(space: Space, n_dims: int) -> Floats:
    """(point, n_dims) the first principal components; zeros beyond the dimensions there are."""
    dim = space.vectors.shape[1]
    points = np.zeros((len(space), n_dims), np.float32)
    plane = pca(space.vectors, min(n_dims, dim))
    points[:, : min(n_dims, dim)] = plane.points * np.float32(space.scale)
    return points
