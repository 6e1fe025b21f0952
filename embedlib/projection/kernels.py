"""Compiled loops over rows `first` to `last`; importing this loads numba, so import it late.

Each writes only its own rows and reads what stood before, so that the result does not depend on
how rows are shared among threads. Compiled code is kept in `paths.compiled_folder()`. Numbers are
set one by one, never row by row: numba takes 10 s to compile the assignment of one row to another.
"""

from typing import Any, Final

import numba
import numpy as np
from numba import njit

from embedlib.paths import compiled_folder


def _keeps_compiled() -> bool:
    """Let numba keep its work in our folder; False where nothing can be written."""
    folder = compiled_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return True


EXACT: Final[dict[str, Any]] = {
    "nogil": True,
    "cache": _keeps_compiled(),
    "error_model": "numpy",
}
FAST: Final[dict[str, Any]] = EXACT | {"fastmath": True}

_ZERO, _ONE, _TWO, _FOUR = (np.float32(number) for number in (0, 1, 2, 4))
_AWAY = 5  # points pushed away for each one drawn near, as in umap-learn
_LOG = tuple(map(np.float32, (-2.5056147, 4.0496169, -2.0994023, 0.63551112, -0.08001088)))
_EXP = tuple(map(np.float32, (0.99989669, 0.69639055, 0.22451634, 0.0790857)))
_NEAR = np.float32(0.001)  # keeps the push of two points on one spot finite, as in umap-learn


@njit(**EXACT)
def select_nearest(block, own, columns, first, last):  # type: ignore[no-untyped-def]
    """The columns with the k largest values of each row, the largest first.

    Args:
        block: (row, point) float32 closeness.
        own: (row,) int64 the column to leave out, -1 for none.
        columns: (row, k) int64, filled; k is at most the number of columns that are left.
    """
    k = columns.shape[1]
    best = np.empty(k, np.float32)
    for r in range(first, last):
        for c in range(k):
            best[c] = -np.inf
            columns[r, c] = -1
        worst = best[k - 1]
        for j in range(block.shape[1]):
            value = block[r, j]
            if value > worst and j != own[r]:
                place = k - 1
                while place > 0 and best[place - 1] < value:
                    best[place] = best[place - 1]
                    columns[r, place] = columns[r, place - 1]
                    place -= 1
                best[place] = value
                columns[r, place] = j
                worst = best[k - 1]


@njit(**EXACT)
def count_closer(block, own, columns, tolerance, counts, first, last):  # type: ignore[no-untyped-def]
    """How many points are closer to each row than each of its `columns` is.

    Args:
        block: (row, point) float32 closeness.
        own: (row,) int64 the row's own column, which does not count.
        columns: (row, k) int64.
        tolerance: float32 by how much closer at least.
        counts: (row, k) int64, filled.
    """
    k = columns.shape[1]
    bars, found = np.empty(k, np.float32), np.empty(k, np.int32)
    for r in range(first, last):
        lowest = np.float32(np.inf)
        for c in range(k):
            bars[c] = block[r, columns[r, c]] + tolerance
            lowest = min(lowest, bars[c])
            found[c] = 0
        for j in range(block.shape[1]):
            value = block[r, j]
            if value > lowest and j != own[r]:
                for c in range(k):
                    found[c] += value > bars[c]
        for c in range(k):
            counts[r, c] = found[c]


@njit(**EXACT)
def count_closer_points(points, rows, columns, counts, first, last):  # type: ignore[no-untyped-def]
    """How many points of a layout are closer to each of `rows` than its `columns` are.

    Args:
        points: (point, n_dims) float64.
        rows: (row,) int64 points.
        columns: (row, k) int64 points.
        counts: (row, k) int64, filled.
    """
    n_points, n_dims = points.shape
    k = columns.shape[1]
    bars, found = np.empty(k, np.float64), np.empty(k, np.int32)
    for r in range(first, last):
        i = rows[r]
        highest = 0.0
        for c in range(k):
            bars[c] = 0.0
            for d in range(n_dims):
                bars[c] += (points[i, d] - points[columns[r, c], d]) ** 2
            highest = max(highest, bars[c])
            found[c] = 0
        for j in range(n_points):
            squared = 0.0
            for d in range(n_dims):
                squared += (points[i, d] - points[j, d]) ** 2
            if squared < highest and j != i:
                for c in range(k):
                    found[c] += squared < bars[c]
        for c in range(k):
            counts[r, c] = found[c]


@njit(**FAST)
def _drawn(state):  # type: ignore[no-untyped-def]
    """The next state of a random number: xorshift64 (Marsaglia 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    return state ^ (state << np.uint64(17))


@njit(**FAST)
def _squared(here, there, n_dims):  # type: ignore[no-untyped-def]
    """The squared distance of two points."""
    squared = _ZERO
    for d in range(n_dims):
        squared += (here[d] - there[d]) ** 2
    return squared


@njit(**FAST)
def _power(base, exponent):  # type: ignore[no-untyped-def]
    """base ** exponent to four digits, for a positive float32: a third of the exact one's time.

    The logarithm and the power of the fraction by polynomials, fitted at Chebyshev's points.
    """
    bits = np.float32(base).view(np.int32)
    m = np.int32((bits & 0x7FFFFF) | 0x3F800000).view(np.float32)  # 1 to 2
    fraction = _LOG[0] + m * (_LOG[1] + m * (_LOG[2] + m * (_LOG[3] + m * _LOG[4])))
    whole = np.float32((bits >> 23) - 127)
    power = exponent * (whole + fraction)
    floor = np.floor(power)
    m = power - floor  # 0 to 1
    rest = _EXP[0] + m * (_EXP[1] + m * (_EXP[2] + m * _EXP[3]))
    return rest * np.int32((np.int32(floor) + 127) << 23).view(np.float32)


@njit(**FAST)
def umap_epoch(points, edges, curve, epoch, step, seed):  # type: ignore[no-untyped-def]
    """One pass of UMAP's layout over all points, one edge after the other.

    Args:
        points: (point, n_dims) float32, moved.
        edges: Of a symmetric graph: (point + 1,) int64 where each point's edges begin; (edge,)
            int32 the other end; (edge,) float32 epochs from one use to the next; (edge,) float32
            the epoch of the next use, which is updated.
        curve: float32 a and b of 1 / (1 + a d^2b).
        epoch: float32 its number, from 0.
        step: float32 learning rate, falling from 1 to 0.
        seed: uint64.

    Source: McInnes, Healy & Melville 2018, algorithm 5 and appendix C, sampled as umap-learn does.
    """
    starts, tails, every, due = edges
    a, b = curve
    n_points, n_dims = points.shape
    away = np.empty(n_dims, np.float32)
    state = (seed + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    state ^= np.uint64(epoch + _ONE) * np.uint64(0xC2B2AE3D27D4EB4F)
    for i in range(n_points):
        for e in range(starts[i], starts[i + 1]):
            if due[e] > epoch:
                continue
            due[e] += every[e]
            j = tails[e]
            squared = _squared(points[i], points[j], n_dims)
            if squared > 0:
                power = _power(squared, b)
                pull = -_TWO * a * b * power / (squared * (a * power + _ONE))
                for d in range(n_dims):
                    gradient = pull * (points[i, d] - points[j, d])
                    gradient = step * min(max(gradient, -_FOUR), _FOUR)
                    points[i, d] += gradient
                    points[j, d] -= gradient
            for d in range(n_dims):
                away[d] = _ZERO
            for _ in range(_AWAY):  # all from one place: nearly twice as fast as one by one
                state = _drawn(state)
                j = np.int64(((state >> np.uint64(32)) * np.uint64(n_points)) >> np.uint64(32))
                squared = _squared(points[i], points[j], n_dims)
                push = _TWO * b / ((_NEAR + squared) * (a * _power(squared, b) + _ONE))
                for d in range(n_dims):
                    gradient = push * (points[i, d] - points[j, d])
                    away[d] += min(max(gradient, -_FOUR), _FOUR)
            for d in range(n_dims):
                points[i, d] += step * away[d]


@njit(**FAST)
def mds_step(points, pairs, after, first, last):  # type: ignore[no-untyped-def]
    """Move each point to the mean of where its pairs want it (de Leeuw 1977).

    Args:
        points: (point, n_dims) float32.
        pairs: (point + 1,) int64 where each point's begin; (pair,) int64 the other end; (pair,)
            float32 the distance aimed at.
        after: (point, n_dims) float32, filled.
    """
    starts, tails, aims = pairs
    n_dims = points.shape[1]
    total = np.empty(n_dims, np.float32)
    for i in range(first, last):
        for d in range(n_dims):
            total[d] = 0
        for e in range(starts[i], starts[i + 1]):
            j = tails[e]
            distance = np.sqrt(_squared(points[i], points[j], n_dims)) + np.float32(1e-9)
            for d in range(n_dims):
                total[d] += points[j, d] + aims[e] / distance * (points[i, d] - points[j, d])
        for d in range(n_dims):
            after[i, d] = total[d] / np.float32(starts[i + 1] - starts[i])
