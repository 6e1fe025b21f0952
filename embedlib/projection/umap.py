"""UMAP: umap-learn's graph and curve, laid out by a loop of ours for any number of threads.

The graph equals umap-learn's; the layout minimises the same cross-entropy by the same sampling. A
point moves only itself, from where the others stood, so the same seed gives the same picture.
"""

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.geometry.doors import Doubles
from embedlib.projection.options import Option, options
from embedlib.projection.pca import axes
from embedlib.projection.records import Neighbours
from embedlib.projection.task import Layout, Task
from embedlib.projection.watch import LAYING_OUT
from embedlib.records import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

OPTIONS: Final = options(
    Option(
        "n_neighbours",
        "Neighbours",
        "How many texts, itself included, each is drawn towards: few show fine groups, many the "
        "large arrangement.",
        default=15,
        least=2,
        most=200,
    ),
    Option(
        "min_dist",
        "Least distance",
        "How tightly points may lie: small values make dense groups, large ones spread them.",
        default=0.1,
        least=0.0,
        most=0.99,
        step=0.01,
    ),
    Option(
        "epochs",
        "Rounds",
        "How long the layout is improved; more than 500 seldom changes what one sees.",
        default=200,
        least=10,
        most=2000,
        step=10,
    ),
    Option(
        "label_weight",
        "Weight of labels",
        "With labels only: 0 ignores them, values near 1 pull each label's texts together, "
        "whether or not the vectors do.",
        default=0.5,
        least=0.0,
        most=0.99,
        step=0.05,
    ),
)
_BISECTIONS: Final = 32
_LEAST_WIDTH: Final = 1e-3  # of the mean distance, as in umap-learn


def fit(task: Task) -> Layout:
    """Lay `task` out by UMAP."""
    found = task.nearest(min(int(task.options["n_neighbours"]), len(task.space)) - 1)
    graph = fuzzy_graph(found)
    if task.labels is not None and task.options["label_weight"] > 0:
        graph = with_labels(graph, task.labels, float(task.options["label_weight"]))
    start = axes(task.space, task.n_dims) if task.start is None else task.start
    return Layout(_lay_out(graph, _spread(start, task.seed), task), found)


def fuzzy_graph(found: Neighbours) -> "csr_matrix":
    """How surely each two points are neighbours: (point, point) sparse, symmetric, 0 to 1.

    Source: McInnes, Healy & Melville 2018, algorithms 2 and 3; umap-learn's fuzzy_simplicial_set.
    """
    from scipy.sparse import csr_matrix

    n_points, k = found.indices.shape
    strengths = _strengths(found.distances.astype(np.float64), np.log2(k + 1))
    bounds = np.arange(0, n_points * k + 1, k)
    one_way = csr_matrix((strengths.ravel(), found.indices.ravel(), bounds), (n_points, n_points))
    return _union(one_way)


def with_labels(graph: "csr_matrix", labels: Ints, weight: float) -> "csr_matrix":
    """The graph with edges between different labels weakened.

    Args:
        graph: As `fuzzy_graph` gives.
        labels: (point,) numbers, -1 for none.
        weight: 0 to less than 1.

    Source: umap-learn's discrete_metric_simplicial_set_intersection.
    """
    weakened = graph.tocoo()
    one, other = labels[weakened.row], labels[weakened.col]
    far = np.exp(-2.5 / (1.0 - weight))
    factors = np.where((one < 0) | (other < 0), np.exp(-1.0), np.where(one == other, 1.0, far))
    weakened.data = weakened.data * factors
    weakened = weakened.tocsr()
    strongest = weakened.max(axis=1).toarray().ravel()
    weakened.data /= np.repeat(np.where(strongest > 0, strongest, 1.0), np.diff(weakened.indptr))
    return _union(weakened)


@lru_cache(maxsize=64)
def fitted_curve(min_dist: float) -> tuple[float, float]:
    """a and b of 1 / (1 + a d^2b), fitted to 1 up to `min_dist` and then exp(min_dist - d).

    Source: umap-learn's find_ab_params with spread 1.
    """
    from scipy.optimize import curve_fit

    d = np.linspace(0, 3, 300)
    wanted = np.where(d < min_dist, 1.0, np.exp(np.minimum(min_dist - d, 0.0)))
    (a, b), _ = curve_fit(lambda d, a, b: 1.0 / (1.0 + a * d ** (2 * b)), d, wanted)
    return float(a), float(b)


def _strengths(distances: Doubles, target: float) -> Doubles:
    """(point, k) exp(-(d - nearest) / width), the widths so that each row sums to `target`."""
    nearest = np.where(distances > 0, distances, np.inf).min(axis=1)
    nearest = np.where(np.isfinite(nearest), nearest, 0.0)
    beyond = np.maximum(distances - nearest[:, None], 0.0)
    low, high = np.zeros(len(beyond)), np.full(len(beyond), np.inf)
    width = np.ones(len(beyond))
    for _ in range(_BISECTIONS):
        too_wide = np.exp(-beyond / width[:, None]).sum(axis=1) > target
        high, low = np.where(too_wide, width, high), np.where(too_wide, low, width)
        width = np.where(np.isinf(high), width * 2, (low + high) / 2)
    k = distances.shape[1]  # umap-learn's means count the text itself, at distance 0
    mean = np.where(nearest > 0, distances.sum(axis=1) / (k + 1), distances.mean() * k / (k + 1))
    width = np.maximum(width, np.maximum(_LEAST_WIDTH * mean, np.finfo(np.float64).tiny))
    strengths: Doubles = np.exp(-beyond / width[:, None])
    return strengths


def _union(one_way: "csr_matrix") -> "csr_matrix":
    """a + b - ab for each pair's two strengths: symmetric."""
    back = one_way.T.tocsr()
    both = (one_way + back - one_way.multiply(back)).tocsr()
    both.eliminate_zeros()
    both.sort_indices()
    return both


def _spread(start: Floats, seed: int) -> Floats:
    """A beginning that fills a square of side 10, with a little noise against ties."""
    low, high = start.min(axis=0), start.max(axis=0)
    filled = 10 * (start - low) / np.where(high > low, high - low, 1)
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=start.shape)
    return np.ascontiguousarray(filled + noise, np.float32)


def _lay_out(graph: "csr_matrix", points: Floats, task: Task) -> Floats:
    from embedlib.projection import kernels

    n_epochs = int(task.options["epochs"])
    a, b = fitted_curve(float(task.options["min_dist"]))
    curve = (np.float32(a), np.float32(b))
    graph.data[graph.data < graph.data.max() / n_epochs] = 0
    graph.eliminate_zeros()
    every = (graph.data.max() / graph.data).astype(np.float32)
    edges = (graph.indptr.astype(np.int64), graph.indices.astype(np.int32), every, every.copy())
    seed, began = np.uint64(task.seed), time.monotonic()
    for epoch in range(n_epochs):
        step = np.float32(1.0 - epoch / n_epochs)
        kernels.umap_epoch(points, edges, curve, np.float32(epoch), step, seed)
        task.watch.say(epoch + 1, n_epochs, "rounds", began, LAYING_OUT)
    return points
