"""PointIndex: a layout that can be asked who stands near whom."""

from functools import partial
from typing import Any

import numpy as np

from embedlib.projection.nearest import rows_worth_a_thread
from embedlib.projection.threads import over_rows
from embedlib.records import Longs


class PointIndex:
    """A layout, indexed.

    Args:
        points: (point, n_dims) finite numbers.
    """

    def __init__(self, points: Any) -> None:
        from scipy.spatial import cKDTree

        self.points = np.ascontiguousarray(points, np.float64)
        self._tree = cKDTree(self.points)

    def nearest(self, rows: Longs, k: int) -> Longs:
        """(row, k) the nearest points of each row, itself left out."""
        found = self._tree.query(self.points[rows], k + 1)[1].reshape(len(rows), k + 1)
        own = found == rows[:, None]
        own[~own.any(axis=1), -1] = True  # more than k others stand on the same spot
        near: Longs = found[~own].reshape(len(rows), k)
        return near

    def closer(self, rows: Longs, columns: Longs) -> Longs:
        """(row, k) how many points are closer to each row than each of its columns."""
        from embedlib.projection import kernels

        counts = np.empty(columns.shape, np.int64)
        over_rows(
            len(rows),
            partial(kernels.count_closer_points, self.points, rows, columns, counts),
            least=rows_worth_a_thread(len(self.points)),
        )
        return counts
