"""New texts in a map that stays as it is: between their true neighbours, or on PCA's plane."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count
from embedlib.projection.doors import checked_points, checked_vectors
from embedlib.projection.nearest import blocks, nearest_to
from embedlib.projection.records import Projection
from embedlib.projection.repeats import distinct
from embedlib.projection.space import Space, space
from embedlib.projection.table import PROJECTIONS
from embedlib.records import Bools, Floats, Longs

_COMPARED: Final = 1_000  # texts of the map that a new one's distance is compared with
_FAR_PERCENTILE: Final = 95.0


@dataclass(frozen=True, eq=False)
class Placement:
    """Where new texts stand in a map, and whether they belong there.

    Args:
        points: (new, n_dims) float32.
        neighbours: (new, k) the nearest texts of the map by their vectors, the nearest first.
        distances: (new, k) float32 to them.
        percentile: (new,) float32, 0 to 100: the share of the map's texts that are nearer to
            their own neighbours than the new text is to its neighbours. High for a text unlike
            any of the map.
        n_compared: Texts of the map that this share is of; a sample of large maps.
    """

    points: Floats
    neighbours: Longs
    distances: Floats
    percentile: Floats
    n_compared: int

    @property
    def belongs(self) -> Bools:
        """(new,) False for a text that is farther from the map's than 95 % of them."""
        near: Bools = self.percentile <= _FAR_PERCENTILE
        return near


def place(projection: Projection, vectors: Any, new: Any, k: int = 15) -> Placement:
    """New texts in a map, without changing it.

    PCA has a place of its own for every vector. In other maps a new text stands in the middle of
    its k nearest texts, the nearer of which count more; a text that equals one of the map stands
    on its point.

    Args:
        projection: The map.
        vectors: (point, dim) the vectors that it was made from.
        new: (new, dim) the vectors to place.
        k: True neighbours, 1 or more; all texts when there are fewer.

    Raises:
        OptionError: If something is outside its range or has the wrong shape.
    """
    floats, further = checked_vectors(vectors), checked_vectors(new, "The new vectors")
    points = checked_points(projection.points, len(floats))
    if further.shape[1] != floats.shape[1]:
        raise OptionError(
            f"The new vectors must have {floats.shape[1]} dimensions as the map's have, got "
            f"{further.shape[1]}.",
            "Take them from the same model, layer and pooling.",
        )
    k = min(check_count(k, 1, 2**31, "The number of neighbours"), len(floats))
    whole = space(floats, projection.metric)
    queries = whole.prepared(further, floats)
    found, distances = _nearest(whole, queries, k)
    own = PROJECTIONS[projection.method].place
    if own is not None:
        kinds = distinct(floats)  # the plane is that of the different vectors, as in the map
        placed = own(whole.of(kinds.rows), queries, projection.n_dims)
    else:
        placed = _between(points, found, distances)
    percentile, n_compared = _percentile(whole, distances, projection.seed)
    return Placement(placed, found, distances, percentile, n_compared)


def _nearest(whole: Space, queries: Floats, k: int) -> tuple[Longs, Floats]:
    parts = [
        nearest_to(whole, queries[rows], k) for rows in blocks(len(whole), n_rows=len(queries))
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _between(points: Floats, found: Longs, distances: Floats) -> Floats:
    """(new, n_dims) means of the neighbours' points, weighted by exp(-(d - nearest) / mean gap).

    The weights are UMAP's, with the mean gap for a width; equal vectors take all the weight.
    """
    beyond = (distances - distances[:, :1]).astype(np.float64)
    width = beyond.mean(axis=1, keepdims=True)
    weights = np.exp(-beyond / np.where(width > 0, width, 1.0))
    equal = distances == 0
    weights = np.where(equal.any(axis=1, keepdims=True), equal, weights)
    weights = weights / weights.sum(axis=1, keepdims=True)
    placed: Floats = np.einsum("nk,nkd->nd", weights, points[found]).astype(np.float32)
    return placed


def _percentile(whole: Space, distances: Floats, seed: int) -> tuple[Floats, int]:
    """(new,) how many of the map's texts, in per cent, are nearer to their neighbours."""
    k = min(distances.shape[1], len(whole) - 1)
    if k == 0:
        return np.where(distances[:, 0] > 0, 100.0, 0.0).astype(np.float32), len(whole)
    rows = np.arange(len(whole))
    if len(rows) > _COMPARED:
        drawn = np.random.default_rng([seed, 2]).choice(len(rows), _COMPARED, replace=False)
        rows = np.sort(drawn)
    own = []
    for part in blocks(len(whole), n_rows=len(rows)):
        chosen = rows[part]
        own.append(nearest_to(whole, whole.vectors[chosen], k, own=chosen)[1].mean(axis=1))
    usual = np.sort(np.concatenate(own))
    ranks = np.searchsorted(usual, distances[:, :k].mean(axis=1), side="left")
    return (100.0 * ranks / len(usual)).astype(np.float32), len(usual)
