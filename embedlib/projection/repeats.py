"""Equal vectors: laid out once, so that they share their point and crowd nobody out."""

from dataclasses import dataclass

import numpy as np

from embedlib.projection.nearest import blocks, nearest_to
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space
from embedlib.records import Floats, Longs


@dataclass(frozen=True, eq=False)
class Distinct:
    """Which rows are the first of their kind.

    Args:
        rows: (distinct,) the first row of each kind, ascending.
        kinds: (point,) which of `rows` each row equals.
    """

    rows: Longs
    kinds: Longs

    @property
    def n_repeats(self) -> int:
        return len(self.kinds) - len(self.rows)


def distinct(vectors: Floats) -> Distinct:
    """Equal rows, bit by bit (but -0 equals 0), of an array in C order."""
    seen: dict[bytes, int] = {}
    kinds = np.empty(len(vectors), np.int64)
    first: list[int] = []
    for row, vector in enumerate(vectors):
        kind = seen.setdefault((vector + np.float32(0)).tobytes(), len(seen))
        if kind == len(first):
            first.append(row)
        kinds[row] = kind
    return Distinct(np.array(first, np.int64), kinds)


def among_kinds(known: Neighbours, kinds: Distinct, space: Space) -> Neighbours:
    """The neighbours of each kind among the other kinds.

    Args:
        known: Of all rows, repeats included.
        kinds: Which rows are equal.
        space: Of the first row of each kind.

    A row whose neighbours were repeats of one another lacks some; only these are searched again.
    """
    if not kinds.n_repeats:
        return known
    indices = kinds.kinds[known.indices[kinds.rows]]  # (distinct, k)
    distances = known.distances[kinds.rows].copy()
    by_kind = np.argsort(indices, axis=1, kind="stable")
    ordered = np.take_along_axis(indices, by_kind, 1)
    again = np.zeros(indices.shape, bool)
    np.put_along_axis(again, by_kind[:, 1:], ordered[:, 1:] == ordered[:, :-1], 1)
    again |= indices == np.arange(len(indices))[:, None]
    lacking = np.flatnonzero(again.any(axis=1))
    k = min(known.k, len(indices) - 1)
    indices, distances = indices[:, :k], distances[:, :k]
    for part in blocks(len(space), len(lacking)):
        rows = lacking[part]
        indices[rows], distances[rows] = nearest_to(space, space.vectors[rows], k, own=rows)
    return Neighbours(indices.astype(np.int32), distances, known.exact, known.metric)
