"""The true neighbours of each vector: exact as far as that pays, approximate beyond."""

import time
from typing import Any

import numpy as np

from embedlib.geometry.doors import check_count
from embedlib.limits import LIMITS
from embedlib.projection.cells import approximate
from embedlib.projection.doors import checked_vectors
from embedlib.projection.nearest import blocks, nearest_to
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space, space
from embedlib.projection.watch import FINDING, Show, Stop, Watch

_LEAST_APPROXIMATE = 8  # times k: fewer points are compared sooner than parted


def neighbours(
    vectors: Any,
    k: int = 15,
    *,
    metric: str = "cosine",
    exact: bool | None = None,
    seed: int = 0,
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> Neighbours:
    """The k nearest other vectors of each vector.

    Args:
        vectors: (point, dim) finite numbers, at least two points.
        k: Neighbours wanted, 1 or more; all others when there are fewer.
        metric: A row of METRICS.
        exact: Whether to compare every pair; None for up to LIMITS["exact_points"] points.
        seed: For the approximate search.
        progress: Called with points done.
        cancelled: Asked between blocks.

    Raises:
        OptionError: If the vectors are not finite numbers, or `k` is no number from 1.
        UnknownNameError: If there is no such metric.
        Cancelled: If `cancelled` said so.
    """
    prepared = space(checked_vectors(vectors), metric)
    k = min(check_count(k, 1, 2**31, "The number of neighbours"), len(prepared) - 1)
    watch = Watch(progress, cancelled)
    return find(prepared, k, exact=exact, seed=seed, watch=watch)


def find(
    prepared: Space, k: int, *, exact: bool | None = None, seed: int = 0, watch: Watch
) -> Neighbours:
    """`neighbours` of a space: k is 0 to one less than its points."""
    if k < 1:
        nothing = np.empty((len(prepared), 0))
        return Neighbours(
            nothing.astype(np.int32), nothing.astype(np.float32), True, prepared.metric
        )
    if exact is None:
        exact = len(prepared) <= LIMITS["exact_points"].value
    if not exact and len(prepared) > _LEAST_APPROXIMATE * k:
        return approximate(prepared, k, seed, watch)
    return _exact(prepared, k, watch)


def _exact(prepared: Space, k: int, watch: Watch) -> Neighbours:
    n_points, began = len(prepared), time.monotonic()
    indices = np.empty((n_points, k), np.int32)
    distances = np.empty((n_points, k), np.float32)
    for rows in blocks(n_points):
        indices[rows], distances[rows] = nearest_to(
            prepared, prepared.vectors[rows], k, own=np.arange(rows.start, rows.stop)
        )
        watch.say(rows.stop, n_points, "points", began, FINDING)
    return Neighbours(indices, distances, True, prepared.metric)
