"""The true neighbours of each vector: exact as far as that pays, approximate beyond."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from embedlib.errors import Cancelled
from embedlib.geometry.doors import check_count
from embedlib.limits import LIMITS
from embedlib.projection.doors import checked_vectors
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space, space
from embedlib.projection.threads import over_rows
from embedlib.records import Floats, Longs, Progress

Show = Callable[[Progress], None]
Stop = Callable[[], bool]

_BLOCK_BYTES = 32 * 2**20  # of closeness at a time: as fast as larger ones, and fits the cache
_SHARE = 2**18  # numbers to look through that are worth a thread
_SPARE = 8  # candidates beyond k, so that the order by products may be wrong by a little


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
    return nearest(prepared, k, exact=exact, seed=seed, progress=progress, cancelled=cancelled)


def nearest(
    prepared: Space,
    k: int,
    *,
    exact: bool | None = None,
    seed: int = 0,
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> Neighbours:
    """`neighbours` of a space: k is 0 to one less than its points."""
    if k < 1:
        nothing = np.empty((len(prepared), 0))
        return Neighbours(
            nothing.astype(np.int32), nothing.astype(np.float32), True, prepared.metric
        )
    if exact is None:
        exact = len(prepared) <= LIMITS["exact_points"].value
    if not exact and len(prepared) > 4 * k:
        return _approximate(prepared, k, seed)
    return _exact(prepared, k, progress, cancelled)


def _exact(prepared: Space, k: int, progress: Show | None, cancelled: Stop | None) -> Neighbours:
    n_points, began = len(prepared), time.monotonic()
    indices = np.empty((n_points, k), np.int32)
    distances = np.empty((n_points, k), np.float32)
    for rows in blocks(n_points):
        if cancelled is not None and cancelled():
            raise Cancelled
        indices[rows], distances[rows] = nearest_to(
            prepared, prepared.vectors[rows], k, own=np.arange(rows.start, rows.stop)
        )
        if progress is not None:
            seconds = time.monotonic() - began
            progress(Progress(rows.stop, n_points, "points", seconds, "Finding neighbours"))
    return Neighbours(indices, distances, True, prepared.metric)


def nearest_to(
    prepared: Space, queries: Floats, k: int, *, own: Longs | None = None
) -> tuple[Longs, Floats]:
    """The k nearest points of each query: (query, k) points and distances, ascending.

    Args:
        prepared: The space.
        queries: (query, dim) prepared as its vectors are; a block's worth of them.
        k: 1 to the number of points, less 1 with `own`.
        own: (query,) a point that does not count for each query.
    """
    return nearest_in(prepared, prepared.closeness(queries), queries, k, own=own)


def nearest_in(
    prepared: Space, block: Floats, queries: Floats, k: int, *, own: Longs | None = None
) -> tuple[Longs, Floats]:
    """`nearest_to` with the closeness at hand, as (query, point)."""
    from embedlib.projection import kernels

    most = len(prepared) - (own is not None)
    own = np.full(len(queries), -1) if own is None else own
    found = np.empty((len(queries), min(k + _SPARE, most)), np.int64)
    over_rows(
        len(queries),
        lambda first, last: kernels.select_nearest(block, own, found, first, last),
        least=rows_worth_a_thread(len(prepared)),
    )
    found.sort(axis=1)  # of equally near ones the first row wins
    distances = prepared.distances(queries, found)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(found, order, 1), np.take_along_axis(distances, order, 1)


def rows_worth_a_thread(n_points: int) -> int:
    """Rows of a block of closeness that pay for a thread."""
    return max(1, _SHARE // n_points)


def blocks(n_points: int, n_rows: int | None = None) -> list[slice]:
    """Rows a block of closeness to `n_points` may have, as slices over `n_rows`."""
    n_rows = n_points if n_rows is None else n_rows
    size = max(1, _BLOCK_BYTES // (4 * n_points))
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def _approximate(prepared: Space, k: int, seed: int) -> Neighbours:
    """By nearest-neighbour descent (Dong, Moses & Li 2011); the distances given are exact."""
    from pynndescent import NNDescent

    index = NNDescent(prepared.vectors, n_neighbors=k + 1, metric="euclidean", random_state=seed)
    found = index.neighbor_graph[0].astype(np.int64)  # (point, k + 1), often with the point itself
    own = np.arange(len(prepared))[:, None]
    is_own = found == own
    is_own[~is_own.any(axis=1), -1] = True  # without it the last goes
    found = found[~is_own].reshape(len(prepared), k)
    distances = prepared.distances(prepared.vectors, found)
    order = np.argsort(distances, axis=1, kind="stable")
    found = np.take_along_axis(found, order, 1)
    return Neighbours(
        found.astype(np.int32),
        np.take_along_axis(distances, order, 1),
        False,
        prepared.metric,
    )
