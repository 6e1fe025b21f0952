"""t-SNE: Barnes-Hut, begun from PCA, laid out by compiled loops that any number of threads may run.

Settings follow Kobak & Berens 2019 and Belkina et al. 2019: step n / 12, exaggeration 12.
"""

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from embedlib.geometry.doors import Doubles
from embedlib.projection.options import Option, options
from embedlib.projection.pca import axes
from embedlib.projection.records import Neighbours
from embedlib.projection.task import Layout, Task
from embedlib.projection.threads import over_rows
from embedlib.projection.watch import LAYING_OUT
from embedlib.records import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

OPTIONS: Final = options(
    Option(
        "perplexity",
        "Perplexity",
        "About how many neighbours each text minds: few show fine groups, many the large "
        "arrangement.",
        default=30.0,
        least=1.0,
        most=200.0,
    ),
    Option(
        "epochs",
        "Rounds",
        "How long the layout is improved after the first 250 rounds, which find the groups.",
        default=500,
        least=10,
        most=2000,
        step=10,
    ),
)
_Arrays = tuple[NDArray[Any], ...]
_EXAGGERATION: Final = 12.0
_EARLY: Final = 250  # rounds with exaggeration, or half of all if that is less
_NEARNESS: Final = np.float32(0.5)  # sklearn's and openTSNE's angle
_LEAST_STEP: Final = 50.0  # as in scikit-learn
_SHARE: Final = 1_000  # points that are worth a thread
_BISECTIONS: Final = 40


def fit(task: Task) -> Layout:
    """Lay `task` out by t-SNE."""
    n_points = len(task.space)
    perplexity = float(task.options["perplexity"])
    notes: tuple[str, ...] = ()
    if perplexity > (n_points - 1) / 3:
        perplexity = (n_points - 1) / 3
        notes = (f"The perplexity was lowered to {perplexity:.3g}: a third of the other texts.",)
    found = task.nearest(min(n_points - 1, int(3 * perplexity + 1)))
    start = axes(task.space, task.n_dims) if task.start is None else task.start
    spread = float(start[:, 0].std()) or 1.0
    noise = np.random.default_rng(task.seed).normal(size=start.shape)
    begun = (start / spread + 1e-3 * noise) * 1e-4
    points = _lay_out(affinities(found, perplexity), begun.astype(np.float32), task)
    return Layout(points, found, notes)


def affinities(found: Neighbours, perplexity: float) -> "csr_matrix":
    """How likely each two points are neighbours: (point, point) sparse, symmetric, sum 1.

    Each point's share among its neighbours is exp(-d^2 / width) with the width at which its
    entropy is log(perplexity). By the angle, d is the straight distance between directions.

    Source: van der Maaten & Hinton 2008, section 2.
    """
    from scipy.sparse import csr_matrix

    n_points, k = found.indices.shape
    distances = found.distances.astype(np.float64)
    squares = 2 * distances if found.metric == "cosine" else distances**2
    shares = _shares(squares, np.log(perplexity))
    bounds = np.arange(0, n_points * k + 1, k)
    one_way = csr_matrix((shares.ravel(), found.indices.ravel(), bounds), (n_points, n_points))
    both = (one_way + one_way.T).tocsr()
    both.data /= both.data.sum()
    both.sort_indices()
    return both


def _shares(squares: Doubles, entropy: float) -> Doubles:
    """(point, k) exp(-sharpness d^2), each row with sum 1 and that entropy in nats."""
    squares = squares - squares[:, :1]  # the same shares, and no underflow
    scale = squares.mean(axis=1, keepdims=True)
    squares = squares / np.where(scale > 0, scale, 1)
    low, high = np.zeros(len(squares)), np.full(len(squares), np.inf)
    sharpness = np.ones(len(squares))
    for _ in range(_BISECTIONS):
        weights = np.exp(-squares * sharpness[:, None])
        total = weights.sum(axis=1)
        too_even = np.log(total) + sharpness * (squares * weights).sum(axis=1) / total > entropy
        low, high = np.where(too_even, sharpness, low), np.where(too_even, high, sharpness)
        sharpness = np.where(np.isinf(high), sharpness * 2, (low + high) / 2)
    shares: Doubles = weights / total[:, None]
    return shares


def _lay_out(affinity: "csr_matrix", points: Floats, task: Task) -> Floats:
    """Gradient descent with momentum and gains (Jacobs 1988), as van der Maaten's code."""
    from embedlib.projection import tree

    n_late = int(task.options["epochs"])
    n_early, began = min(_EARLY, n_late), time.monotonic()
    weights = affinity.data.astype(np.float32)
    ends = affinity.indptr.astype(np.int64), affinity.indices.astype(np.int32)
    room = tree.empty_tree(*points.shape)
    step = max(len(points) / _EXAGGERATION, _LEAST_STEP * 4)
    speed, gains = np.zeros_like(points), np.ones_like(points)
    for epoch in range(n_early + n_late):
        early = epoch < n_early
        exaggerated = weights * np.float32(_EXAGGERATION if early else 1)
        gradient = _gradient(points, (*ends, exaggerated), room)
        same_way = np.sign(gradient) == np.sign(speed)
        gains = np.maximum(np.where(same_way, gains * 0.8, gains + 0.2), 0.01).astype(np.float32)
        speed = np.float32(0.5 if early else 0.8) * speed - np.float32(step) * gains * gradient
        points = points + speed
        points -= points.mean(axis=0)
        task.watch.say(epoch + 1, n_early + n_late, "rounds", began, LAYING_OUT)
    return points


def _gradient(points: Floats, edges: _Arrays, room: _Arrays) -> Floats:
    """(point, n_dims) a quarter of the gradient of the divergence, eq. 8 of van der Maaten 2014."""
    from embedlib.projection import tree

    n_nodes = tree.grow(points, room)
    pull, push = np.empty_like(points), np.empty_like(points)
    totals = np.empty(len(points), np.float32)
    over_rows(len(points), partial(tree.pulls, points, edges, pull), least=_SHARE)
    over_rows(
        len(points), partial(tree.pushes, room, n_nodes, _NEARNESS, push, totals), least=_SHARE
    )
    gradient: Floats = pull - push / np.float32(totals.sum(dtype=np.float64))
    return gradient
