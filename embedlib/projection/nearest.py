"""The nearest points of some vectors, by comparing all: the loop under every other search."""

from functools import partial

import numpy as np

from embedlib.projection.space import Space
from embedlib.projection.threads import over_rows
from embedlib.records import Floats, Longs

_BLOCK_BYTES = 32 * 2**20  # of closeness at a time: as fast as larger ones, and fits the cache
_SHARE = 2**18  # numbers to look through that are worth a thread
_SPARE = 8  # candidates beyond k, so that the order by products may be wrong by a little


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
        partial(kernels.select_nearest, block, own, found),
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
