"""True neighbours against map neighbours of one text: kept, torn away, falsely near."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.geometry.doors import check_count
from embedlib.projection.doors import checked_points, checked_vectors
from embedlib.projection.nearest import nearest_to
from embedlib.projection.space import space
from embedlib.records import Floats, Longs


@dataclass(frozen=True, eq=False)
class NeighbourLines:
    """Whom a text's lines go to, each kind with the nearest first.

    Args:
        row: The text.
        kept: True neighbours that stand near in the map.
        torn: True neighbours that the map has put farther away.
        false: Texts that stand near and are no true neighbours.
        true: (k,) all true neighbours.
        distances: (k,) float32 their distances in the vector space.
        near: (k,) all nearest points.
    """

    row: int
    kept: Longs
    torn: Longs
    false: Longs
    true: Longs
    distances: Floats
    near: Longs


def compare_neighbours(
    vectors: Any, points: Any, row: int, k: int = 15, *, metric: str = "cosine"
) -> NeighbourLines:
    """The k true neighbours of one text against the k nearest points in the map.

    Args:
        vectors: (point, dim) finite numbers.
        points: (point, n_dims) the map.
        row: The text.
        k: Neighbours of either kind, 1 or more; all others when there are fewer.
        metric: A row of METRICS.

    Raises:
        OptionError: If something is outside its range or has the wrong shape.
    """
    floats = checked_vectors(vectors)
    layout = checked_points(points, len(floats)).astype(np.float64)
    row = check_count(row, 0, len(floats) - 1, "The row")
    k = min(check_count(k, 1, 2**31, "The number of neighbours"), len(floats) - 1)
    if k == 0:
        nobody = np.empty(0, np.int64)
        none = nobody.astype(np.float32)
        return NeighbourLines(row, nobody, nobody, nobody, nobody, none, nobody)
    prepared = space(floats, metric)
    found, distances = nearest_to(prepared, prepared.vectors[[row]], k, own=np.array([row]))
    gaps = ((layout - layout[row]) ** 2).sum(axis=1)
    # Of points on one spot the true neighbours first: a tie is no fault of the map.
    is_true = np.isin(np.arange(len(gaps)), found[0])
    order = np.lexsort((~is_true, gaps))
    near = order[order != row][:k]
    return NeighbourLines(
        row=row,
        kept=found[0][np.isin(found[0], near)],
        torn=found[0][~np.isin(found[0], near)],
        false=near[~is_true[near]],
        true=found[0],
        distances=distances[0],
        near=near,
    )
