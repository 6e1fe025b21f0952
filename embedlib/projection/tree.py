"""A Barnes-Hut tree, compiled: many far pushes summed as one, in 2 or 3 dimensions.

Nodes stand in the order of a walk that visits parents before children; each knows the node that
follows its last descendant, so that a walk needs no stack.
Source: Barnes & Hut 1986; for t-SNE van der Maaten 2014, Accelerating t-SNE using tree-based
algorithms.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from embedlib.projection.kernels import EXACT, FAST

LEAF = 8  # points that are not worth a node each
_MOST_DEPTH = 40  # equal points cannot be parted


def empty_tree(n_points: int, n_dims: int) -> tuple[NDArray[Any], ...]:
    """Room for a tree: points, order, first, last, skip, middles and widths; see `grow`."""
    n_nodes = 4 * n_points + 64
    first, last, skip = (np.empty(n_nodes, np.int64) for _ in range(3))
    middles, widths = np.empty((n_nodes, n_dims), np.float32), np.empty(n_nodes, np.float32)
    points = np.empty((n_points, n_dims), np.float32)
    return points, np.empty(n_points, np.int64), first, last, skip, middles, widths


@njit(**EXACT)
def grow(layout, tree):  # type: ignore[no-untyped-def] # noqa: C901 - one walk
    """Fill `tree` with the points of `layout`; gives the number of nodes.

    Args:
        layout: (point, n_dims) float32.
        tree: (point, n_dims) float32 the points, those of a node side by side; (point,) int64
            which point of the layout each is; then for each node the first point and the last
            plus one, the node after its last descendant, the mean of its points, and the side of
            its cell.
    """
    points, order, first, last, skip, middles, widths = tree
    n_points, n_dims = layout.shape
    n_cells = 1 << n_dims
    starting_at = np.empty(n_points + 1, np.int64)
    room, room_order = np.empty((n_points, n_dims), np.float32), np.empty(n_points, np.int64)
    cells, places = np.empty(n_points, np.int64), np.empty(n_cells + 1, np.int64)
    stack_depth = (n_cells - 1) * _MOST_DEPTH + 2
    todo = np.empty((stack_depth, 3), np.int64)  # first, last, depth
    corners = np.empty((stack_depth, n_dims), np.float32)
    side = np.float32(0)
    for d in range(n_dims):
        low = high = layout[0, d]
        for i in range(n_points):
            points[i, d] = layout[i, d]
            low, high = min(low, layout[i, d]), max(high, layout[i, d])
        corners[0, d] = low
        side = max(side, high - low)
    for i in range(n_points):
        order[i], starting_at[i] = i, -1
    todo[0, 0], todo[0, 1], todo[0, 2] = 0, n_points, 0
    n_todo, n_nodes = 1, 0
    corner = np.empty(n_dims, np.float32)
    while n_todo > 0:
        n_todo -= 1
        begin, end, depth = todo[n_todo, 0], todo[n_todo, 1], todo[n_todo, 2]
        width = np.float32(side / (1 << depth))
        first[n_nodes], last[n_nodes], widths[n_nodes] = begin, end, width
        for d in range(n_dims):
            corner[d] = corners[n_todo, d]
            total = 0.0
            for r in range(begin, end):
                total += points[r, d]
            middles[n_nodes, d] = total / (end - begin)
        if starting_at[begin] < 0:
            starting_at[begin] = n_nodes
        n_nodes += 1
        if end - begin <= LEAF or depth == _MOST_DEPTH:
            continue
        for cell in range(n_cells + 1):
            places[cell] = 0
        for r in range(begin, end):
            cells[r] = 0
            for d in range(n_dims):
                cells[r] += (points[r, d] > corner[d] + width / 2) << d
            places[cells[r] + 1] += 1
        places[0] = begin
        for cell in range(n_cells):
            places[cell + 1] += places[cell]
        for cell in range(n_cells - 1, -1, -1):  # the first cell is walked first
            if places[cell + 1] > places[cell]:
                todo[n_todo, 0], todo[n_todo, 1] = places[cell], places[cell + 1]
                todo[n_todo, 2] = depth + 1
                for d in range(n_dims):
                    corners[n_todo, d] = corner[d] + (width / 2) * ((cell >> d) & 1)
                n_todo += 1
        for r in range(begin, end):
            place = places[cells[r]]
            places[cells[r]] += 1
            room_order[place] = order[r]
            for d in range(n_dims):
                room[place, d] = points[r, d]
        for r in range(begin, end):
            order[r] = room_order[r]
            for d in range(n_dims):
                points[r, d] = room[r, d]
    starting_at[n_points] = n_nodes
    for node in range(n_nodes):
        skip[node] = starting_at[last[node]]
    return n_nodes


@njit(**FAST)
def pushes(tree, n_nodes, nearness, out, totals, begin, end):  # type: ignore[no-untyped-def] # noqa: C901 - one walk
    """What all points push each with, by Student's t: sums of q^2 gap, and of q = 1 / (1 + d^2).

    Args:
        tree: As `grow` filled it.
        n_nodes: What it gave.
        nearness: float32 a cell counts as one when it is narrower than this share of its distance.
        out: (point, n_dims) float32, filled for the tree's points from `begin` to `end`.
        totals: (point,) float32, filled likewise.
    """
    points, order, first, last, skip, middles, widths = tree
    n_dims = points.shape[1]
    gap, push = np.empty(n_dims, np.float32), np.empty(n_dims, np.float32)
    one = np.float32(1)
    for r in range(begin, end):
        for d in range(n_dims):
            push[d] = 0
        total = np.float32(0)
        node = 0
        while node < n_nodes:
            squared = np.float32(0)
            for d in range(n_dims):
                gap[d] = points[r, d] - middles[node, d]
                squared += gap[d] * gap[d]
            if widths[node] * widths[node] < nearness * nearness * squared:
                near = one / (one + squared)
                weight = np.float32(last[node] - first[node]) * near
                total += weight
                for d in range(n_dims):
                    push[d] += weight * near * gap[d]
                node = skip[node]
                continue
            if skip[node] == node + 1:  # a leaf
                for other in range(first[node], last[node]):
                    squared = np.float32(0)
                    for d in range(n_dims):
                        gap[d] = points[r, d] - points[other, d]
                        squared += gap[d] * gap[d]
                    near = one / (one + squared)
                    total += near
                    for d in range(n_dims):
                        push[d] += near * near * gap[d]
            node += 1
        for d in range(n_dims):
            out[order[r], d] = push[d]
        totals[order[r]] = total - one  # of the point itself


@njit(**FAST)
def pulls(layout, edges, out, begin, end):  # type: ignore[no-untyped-def]
    """What its neighbours draw each point with: sums of p q gap.

    Args:
        layout: (point, n_dims) float32.
        edges: (point + 1,) int64 where each point's edges begin; (edge,) int32 the other end;
            (edge,) float32 p.
        out: (point, n_dims) float32, filled for `begin` to `end`.
    """
    starts, tails, affinities = edges
    n_dims = layout.shape[1]
    pull = np.empty(n_dims, np.float32)
    for i in range(begin, end):
        for d in range(n_dims):
            pull[d] = 0
        for e in range(starts[i], starts[i + 1]):
            squared = np.float32(1)
            for d in range(n_dims):
                squared += (layout[i, d] - layout[tails[e], d]) ** 2
            for d in range(n_dims):
                pull[d] += affinities[e] / squared * (layout[i, d] - layout[tails[e], d])
        for d in range(n_dims):
            out[i, d] = pull[d]
