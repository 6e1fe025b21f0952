"""neighbour_change: who stands near a vector before and after it moves."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count
from embedlib.geometry.similarity import unit
from embedlib.records import Floats, Longs


@dataclass(frozen=True, eq=False)
class NeighbourChange:
    """The texts that are among the nearest before or after, the nearest before first.

    Args:
        rows: (neighbour,) their rows.
        before: (neighbour,) float32, their cosine to the vector before.
        after: (neighbour,) float32, and after.
        rank_before: (neighbour,) their place among all texts before, from 1.
        rank_after: (neighbour,) and after.
        n_new: How many of the nearest after were not among the nearest before.
    """

    rows: Longs
    before: Floats
    after: Floats
    rank_before: Longs
    rank_after: Longs
    n_new: int


def neighbour_change(vectors: Any, before: Any, after: Any, n: int) -> NeighbourChange:
    """The nearest texts of a vector by cosine, before and after it moves.

    Args:
        vectors: (text, dim) finite numbers.
        before: (dim,) where the vector was.
        after: (dim,) where it is.
        n: How many of the nearest to take of each, 1 or more; all when there are fewer.

    Raises:
        OptionError: If `n` is less than 1, dimensions differ, or a number is not finite.

    >>> moved = neighbour_change([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [1.0, 0.1], [0.1, 1.0], n=1)
    >>> moved.rows.tolist(), moved.rank_before.tolist(), moved.rank_after.tolist(), moved.n_new
    ([0, 2], [1, 3], [3, 1], 1)
    """
    directions, ends = unit(vectors), unit([before, after])
    if directions.shape[1] != ends.shape[1]:
        raise OptionError(
            f"The vectors must have {directions.shape[1]} dimensions, got {ends.shape[1]}.",
            "Take both from the same model, layer and pooling.",
        )
    n = min(check_count(n, 1, 2**31, "The number of neighbours"), len(directions))
    cosines = np.clip(directions @ ends.T, -1.0, 1.0).astype(np.float32)  # (text, 2)
    order = np.argsort(-cosines, axis=0, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(order) + 1)[:, None], axis=0)
    near = np.flatnonzero((ranks <= n).any(axis=1))
    rows = near[np.argsort(ranks[near, 0], kind="stable")]
    before_after, places = cosines[rows], ranks[rows]
    return NeighbourChange(
        rows,
        before_after[:, 0],
        before_after[:, 1],
        places[:, 0],
        places[:, 1],
        n_new=len(rows) - n,
    )
