"""An approximate search: each point is compared with the points of nearby cells only."""

import time
from typing import Final

import numpy as np

from embedlib.projection.nearest import blocks, nearest_in
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space, directions
from embedlib.projection.watch import FINDING, Watch
from embedlib.records import Longs

_CELL_POINTS: Final = 256  # on average
_NEARBY: Final = 24  # cells that a cell's points are compared with, itself included


def approximate(prepared: Space, k: int, seed: int, watch: Watch) -> Neighbours:
    """Most of the k nearest of each point; the distances given are exact.

    Args:
        prepared: The space, of at least a few times k points.
        k: 1 or more.
        seed: For the choice of cells.
        watch: Who waits.

    Source: Sivic & Zisserman 2003, Video Google; Jégou, Douze & Schmid 2011 (inverted files).
    """
    n_points, began = len(prepared), time.monotonic()
    middles, cell_of = _cells(prepared, seed)
    members = np.split(
        np.argsort(cell_of, kind="stable"), np.cumsum(np.bincount(cell_of, minlength=len(middles)))
    )[:-1]
    indices = np.empty((n_points, k), np.int32)
    distances = np.empty((n_points, k), np.float32)
    done = 0
    for cell, rows in enumerate(members):
        if not len(rows):
            continue
        candidates = _candidates(middles, members, cell, k)
        near = prepared.of(candidates)
        for part in blocks(len(candidates), len(rows)):
            asking = rows[part]
            own = np.searchsorted(candidates, asking)
            queries = prepared.vectors[asking]
            found, distances[asking] = nearest_in(
                near, near.closeness(queries), queries, k, own=own
            )
            indices[asking] = candidates[found]
        done += len(rows)
        watch.say(done, n_points, "points", began, FINDING)
    return Neighbours(indices, distances, False, prepared.metric)


def _cells(prepared: Space, seed: int) -> tuple[Space, Longs]:
    """The middles of cells as a space, and (point,) the cell of each point.

    Middles are points drawn at random, moved once to the means of the points nearest to them.
    """
    n_cells = max(2, len(prepared) // _CELL_POINTS)
    drawn = np.random.default_rng([seed, 3]).choice(len(prepared), n_cells, replace=False)
    middles = prepared.of(np.sort(drawn))
    cell_of = _nearest_cell(prepared, middles)
    order = np.argsort(cell_of, kind="stable")
    starts = np.unique(cell_of[order], return_index=True)[1]
    sums = np.add.reduceat(prepared.vectors[order], starts, axis=0)
    means = (sums / np.diff(np.append(starts, len(order)))[:, None]).astype(np.float32)
    if prepared.metric == "cosine":
        means = directions(means)
    halves = (np.einsum("pd,pd->p", means, means) / 2).astype(np.float32)
    middles = Space(means, prepared.metric, prepared.scale, halves)
    return middles, _nearest_cell(prepared, middles)


def _nearest_cell(prepared: Space, middles: Space) -> Longs:
    found = [
        middles.closeness(prepared.vectors[rows]).argmax(axis=1)
        for rows in blocks(len(middles), len(prepared))
    ]
    return np.concatenate(found)


def _candidates(middles: Space, members: list[Longs], cell: int, k: int) -> Longs:
    """The points of the cells nearest to one, itself included, ascending; more than k."""
    closeness = middles.closeness(middles.vectors[[cell]])[0]
    order = np.argsort(-closeness, kind="stable")
    order = np.concatenate([[cell], order[order != cell]])
    sizes = np.cumsum([len(members[c]) for c in order])
    n_cells = max(_NEARBY, int(np.searchsorted(sizes, k + 1)) + 1)
    return np.sort(np.concatenate([members[c] for c in order[:n_cells]]))
