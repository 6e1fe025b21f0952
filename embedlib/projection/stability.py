"""Stability: whether a map's neighbourhoods are the same whatever the seed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.geometry.doors import check_count
from embedlib.projection.doors import checked_seed
from embedlib.projection.pointindex import PointIndex
from embedlib.projection.preparing import Choice, prepare
from embedlib.projection.records import Neighbours
from embedlib.projection.watch import Show, Stop, Watch
from embedlib.records import Floats, Longs


@dataclass(frozen=True, eq=False)
class Stability:
    """How far maps of the same vectors with different seeds agree.

    Args:
        method: A row of PROJECTIONS.
        seeds: Those that were laid out.
        k: Neighbours compared.
        agreement: (point,) float32, 0 to 1: the share of a point's k nearest points that two maps
            have in common, averaged over pairs of maps.
        overall: Its mean over points.
        chance: What unrelated maps would give.
    """

    method: str
    seeds: tuple[int, ...]
    k: int
    agreement: Floats
    overall: float
    chance: float


def stability(  # noqa: PLR0913 - as `project`
    vectors: Any,
    method: str = "umap",
    seeds: Sequence[int] = (0, 1, 2),
    *,
    k: int = 15,
    n_dims: int = 2,
    options: Mapping[str, Any] | None = None,
    labels: Sequence[str] | None = None,
    metric: str = "cosine",
    neighbours: Neighbours | None = None,
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> Stability:
    """Lay `vectors` out once for each seed and compare who stands near whom.

    Args:
        vectors: (point, dim) finite numbers, at least two points.
        method: A row of PROJECTIONS.
        seeds: Two or more different ones.
        k: Neighbours compared, 1 or more; all others when there are fewer.
        n_dims, options, labels, metric, neighbours, progress, cancelled: As in `project`.

    Raises:
        OptionError: If there are fewer than two different seeds or points; or as `project`.
        Cancelled: If `cancelled` said so.
    """
    chosen = tuple(checked_seed(seed) for seed in seeds)
    if len(set(chosen)) < 2 or len(set(chosen)) < len(chosen):
        raise OptionError(f"There must be two or more different seeds, got {shown(seeds)}.")
    k = check_count(k, 1, 2**31, "The number of neighbours")
    choice = Choice(method, n_dims, chosen[0], dict(options or {}), metric)
    prepared = prepare(vectors, choice, labels=labels, neighbours=neighbours)
    n_points = len(prepared.whole)
    if n_points < 2:
        raise OptionError("Stability needs at least two vectors, got one.")
    k = min(k, n_points - 1)
    near, whole, began = [], Watch(progress, cancelled), time.monotonic()
    for number, seed in enumerate(chosen):
        watch = whole.part(number, len(chosen), "Map", began).phased(began)
        task = replace(prepared.task, seed=seed, watch=watch)  # neighbours are found only once
        points, _, _ = replace(prepared, task=task).lay_out()
        near.append(PointIndex(points).nearest(np.arange(n_points), k))
    agreement = _agreement(near)
    return Stability(
        method, chosen, k, agreement, float(agreement.mean()), chance=k / (n_points - 1)
    )


def _agreement(near: list[Longs]) -> Floats:
    """(point,) mean share of common neighbours over pairs of maps."""
    n_points, k = near[0].shape
    common = np.zeros(n_points)
    for one, other in combinations(near, 2):
        for column in one.T:
            common += (other == column[:, None]).any(axis=1)
    n_pairs = len(near) * (len(near) - 1) / 2
    agreement: Floats = (common / (k * n_pairs)).astype(np.float32)
    return agreement
