"""A space of vectors with a metric: prepared once, then asked for closeness and distances.

A new metric is a row in METRICS and its two lines in `space` and `Space.distances`.
"""

from dataclasses import dataclass

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.table import Table

METRICS: Table[str] = Table(
    "metric",
    {
        "cosine": "The angle between two vectors; their lengths do not count.",
        "euclidean": "The straight distance between two vectors; lengths count.",
    },
)
_GATHERED_BYTES = 64 * 2**20  # of vectors copied at a time


@dataclass(frozen=True, eq=False)
class Space:
    """Vectors prepared for one metric.

    Args:
        vectors: (point, dim) float32 in C order: directions for "cosine"; for "euclidean" the
            vectors without their mean, divided by `scale`.
        metric: A row of METRICS.
        scale: What distances are to be multiplied with; 1 for "cosine".
        half_squares: (point,) half of each squared length for "euclidean", zeros for "cosine".
    """

    vectors: Floats
    metric: str
    scale: float
    half_squares: Floats

    def __len__(self) -> int:
        return len(self.vectors)

    def of(self, rows: Longs) -> "Space":
        """The same space with only some of its points."""
        return Space(self.vectors[rows], self.metric, self.scale, self.half_squares[rows])

    def closeness(self, queries: Floats) -> Floats:
        """(query, point) float32: the larger, the nearer; only its order within a row counts.

        Args:
            queries: (query, dim) prepared as `vectors` are.
        """
        block: Floats = queries @ self.vectors.T
        if self.metric == "euclidean":
            block -= self.half_squares
        return block

    def distances(self, queries: Floats, columns: Longs) -> Floats:
        """Distances of each query to the points of its row of `columns`: (query, k) float32.

        From differences, not from products: near ones keep all their digits.

        Args:
            queries: (query, dim) prepared as `vectors` are.
            columns: (query, k) points.
        """
        n, k = columns.shape
        found = np.empty((n, k), np.float64)
        rows = max(1, _GATHERED_BYTES // max(1, 4 * k * self.vectors.shape[1]))
        for start in range(0, n, rows):
            part = slice(start, start + rows)
            gaps = self.vectors[columns[part]]  # (row, k, dim), a copy
            gaps -= queries[part, None]
            found[part] = np.einsum("rkd,rkd->rk", gaps, gaps)
        if self.metric == "euclidean":
            return (np.sqrt(found) * self.scale).astype(np.float32)
        found /= 2  # of directions: 1 - cos
        zero = (self.vectors == 0).all(axis=1)
        lost = (queries == 0).all(axis=1)[:, None]
        found[zero[columns] | lost] = 1.0  # no direction: cosine 0 to everything
        return found.astype(np.float32)

    def prepared(self, vectors: Floats, like: Floats) -> Floats:
        """Further vectors as `vectors` are: (query, dim) float32.

        Args:
            vectors: (query, dim) checked.
            like: (point, dim) the vectors that this space was made from.
        """
        if self.metric == "cosine":
            return directions(vectors)
        return (vectors - _centre(like)) / np.float32(self.scale)


def space(vectors: Floats, metric: str) -> Space:
    """`vectors` prepared for `metric`.

    Args:
        vectors: (point, dim) checked.
        metric: A row of METRICS.

    Raises:
        UnknownNameError: If there is no such metric.
    """
    METRICS[metric]
    if metric == "cosine":
        return Space(directions(vectors), metric, 1.0, np.zeros(len(vectors), np.float32))
    # Without the mean, which changes no distance and saves digits: hidden states often have a
    # large common part. Divided by the largest, so that squares do not overflow.
    centred = vectors - _centre(vectors)
    scale = float(np.abs(centred).max()) or 1.0
    centred /= np.float32(scale)
    halves = (np.einsum("pd,pd->p", centred, centred) / 2).astype(np.float32)
    return Space(centred, metric, scale, halves)


def directions(vectors: Floats) -> Floats:
    """Each vector divided by its length: (point, dim) float32; a zero vector stays zero."""
    # By the largest entry first: squares of 1e-30 would vanish in float32, those of 1e30 overflow.
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    units: Floats = (vectors / np.where(largest > 0, largest, 1)).astype(np.float32, copy=False)
    lengths = np.sqrt(np.einsum("pd,pd->p", units, units))[:, None]
    units /= np.where(lengths > 0, lengths, np.float32(1))
    return units


def _centre(vectors: Floats) -> Floats:
    centre: Floats = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return centre
