"""MDS: keeps the order of distances, large ones too, as well as so few dimensions can.

Each text is paired with texts drawn at random. A pair's distance in the picture is to have the rank
that it has among the vectors: ordinal MDS, by majorisation over these pairs.
Source: Kruskal 1964 for ranks instead of distances; de Leeuw 1977 for the steps.
"""

import time
from functools import partial
from typing import Final

import numpy as np

from embedlib.geometry.doors import Doubles
from embedlib.projection.options import Option, options
from embedlib.projection.pca import axes
from embedlib.projection.task import Layout, Task
from embedlib.projection.threads import over_rows
from embedlib.projection.watch import LAYING_OUT
from embedlib.records import Floats, Longs

OPTIONS: Final = options(
    Option(
        "partners",
        "Partners",
        "How many other texts each is compared with: more is steadier and takes longer.",
        default=50,
        least=5,
        most=500,
        step=5,
    ),
    Option(
        "epochs",
        "Rounds",
        "How long the layout is improved; more than 200 seldom changes what one sees.",
        default=200,
        least=10,
        most=2000,
        step=10,
    ),
)
_QUANTILES: Final = 100_000  # pairs of points of an even disc or ball, whose distances are the aim
_SHARE: Final = 500  # points that are worth a thread


def fit(task: Task) -> Layout:
    """Lay `task` out by ordinal MDS."""
    n_points = len(task.space)
    random = np.random.default_rng(task.seed)
    n_partners = min(int(task.options["partners"]), n_points - 1)
    # A whole number of steps round the circle of rows, so that nobody is its own partner.
    partners = random.integers(1, n_points, (n_points, n_partners)) + np.arange(n_points)[:, None]
    partners %= n_points
    aims = ordinal(task.space.distances(task.space.vectors, partners), task.n_dims)
    start = axes(task.space, task.n_dims) if task.start is None else task.start
    size = float(start.std()) or 1.0
    noise = random.normal(scale=1e-3, size=start.shape)
    begun = (start / size * 0.5 + noise).astype(np.float32)
    return Layout(_lay_out(begun, _both_ways(partners, aims), task))


def ordinal(distances: Floats, n_dims: int) -> Floats:
    """Each distance replaced by that of the same rank between points of an even disc or ball.

    Args:
        distances: (point, partner).
        n_dims: 2 for a disc, 3 for a ball, of radius 1.

    Returns:
        (point, partner) float32, 0 to 2, in the order of `distances`; equal ones stay equal.
    """
    usual = np.sort(np.linalg.norm(_ball(n_dims, 0) - _ball(n_dims, 1), axis=1))
    ordered = np.sort(distances, axis=None)
    below = np.searchsorted(ordered, distances, side="left").astype(np.float64)
    middle = (below + np.searchsorted(ordered, distances, side="right")) / 2 / distances.size
    places = np.linspace(0, 1, len(usual))
    aims: Floats = np.interp(middle, places, usual).astype(np.float32)
    return aims


def _ball(n_dims: int, seed: int) -> Doubles:
    """(_QUANTILES, n_dims) points spread evenly in a disc or ball of radius 1."""
    random = np.random.default_rng(seed)
    ways = random.normal(size=(_QUANTILES, n_dims))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    points: Doubles = ways * random.random((_QUANTILES, 1)) ** (1 / n_dims)
    return points


def _both_ways(partners: Longs, aims: Floats) -> tuple[Longs, Longs, Floats]:
    """Each pair at both its ends: where each point's begin, the other ends, the distances aimed at.

    Args:
        partners: (point, partner) the other end of each pair.
        aims: (point, partner).
    """
    n_points, n_partners = partners.shape
    one, other = np.repeat(np.arange(n_points), n_partners), partners.ravel()
    heads, tails = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(heads, kind="stable")
    starts = np.searchsorted(heads[order], np.arange(n_points + 1))
    return starts, tails[order], np.concatenate([aims.ravel()] * 2)[order]


def _lay_out(points: Floats, pairs: tuple[Longs, Longs, Floats], task: Task) -> Floats:
    from embedlib.projection import kernels

    n_epochs, began, after = int(task.options["epochs"]), time.monotonic(), np.empty_like(points)
    for epoch in range(n_epochs):
        over_rows(len(points), partial(kernels.mds_step, points, pairs, after), least=_SHARE)
        points, after = after, points
        task.watch.say(epoch + 1, n_epochs, "rounds", began, LAYING_OUT)
    return points
