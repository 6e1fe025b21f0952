"""How honest a map is, near and far: trustworthiness, continuity, kept neighbours, triples.

Ranks are counted, not sorted: a point's rank is 1 + the number of points that are closer, so that
ties never count against a map. Without ties the scores equal scikit-learn's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.geometry.doors import Doubles, check_count
from embedlib.limits import LIMITS
from embedlib.projection.doors import checked_points, checked_vectors
from embedlib.projection.nearest import blocks, nearest_in, rows_worth_a_thread
from embedlib.projection.pca import axes
from embedlib.projection.pointindex import PointIndex
from embedlib.projection.records import Honesty, Scores
from embedlib.projection.space import Space, space
from embedlib.projection.threads import over_rows
from embedlib.projection.triples import Triples
from embedlib.projection.watch import JUDGING, Show, Stop, Watch
from embedlib.records import Floats, Ints, Longs

_YARDSTICK_ROWS = 1_000  # of PCA and of the random layout, which are only there for scale
LEAST_POINTS = 3  # for fewer no neighbour can be wrong
_ROUNDING = np.float32(1e-6)  # of closeness; equal vectors must not beat one another


def honesty(  # noqa: PLR0913 - a question and how to follow it
    vectors: Any,
    points: Any,
    k: int = 15,
    *,
    rows: Any = None,
    metric: str = "cosine",
    seed: int = 0,
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> Honesty:
    """How well `points` keep the neighbourhoods of `vectors`.

    Args:
        vectors: (point, dim) finite numbers, at least 3 points.
        points: (point, 1 to 3) the layout.
        k: Neighbours compared; lowered to what trustworthiness allows, under half of the points.
        rows: Which points to measure, against all: "all", an array of rows, or None for all up to
            LIMITS["honesty_points"] and a random LIMITS["honesty_rows"] of more. PCA and the random
            layout are measured on at most 1,000 of them.
        metric: A row of METRICS.
        seed: For the sample of rows and the random layout.
        progress: Called with rows done.
        cancelled: Asked between blocks.

    Raises:
        OptionError: If something has the wrong shape, or there are fewer than 3 points.
        Cancelled: If `cancelled` said so.

    Source: Venna & Kaski 2001, Neighborhood preservation in nonlinear projection methods, eqs.
        1 and 2; Lee & Verleysen 2009 for kept neighbours; Wang et al. 2021 for triples.
    """
    prepared = space(checked_vectors(vectors), metric)
    layout = checked_points(points, len(prepared))
    k = check_count(k, 1, 2**31, "The number of neighbours")
    return measured(prepared, layout, k, rows, seed, Watch(progress, cancelled))


def measured(
    prepared: Space, layout: Floats, k: int, rows: Any, seed: int, watch: Watch
) -> Honesty:
    """`honesty` of a space."""
    began = time.monotonic()
    n_points, n_dims = len(prepared), layout.shape[1]
    if n_points < LEAST_POINTS:
        raise OptionError(
            f"A map must have at least {LEAST_POINTS} points to be judged, got {n_points}."
        )
    k = min(k, (n_points - 1) // 2)
    chosen = _rows(rows, n_points, seed)
    random = np.random.default_rng([seed, 1]).random((n_points, n_dims))
    picture = PointIndex(layout)
    yardsticks = [PointIndex(axes(prepared, n_dims)), PointIndex(random)]
    few = np.sort(np.random.default_rng([seed, 4]).permutation(chosen)[:_YARDSTICK_ROWS])
    total = len(chosen) + len(few)

    def say(done: int) -> None:
        watch.say(done, total, "points", began, JUDGING)

    (ours,) = _ranked(prepared, [picture], chosen, k, say)
    pca, chance = _ranked(prepared, yardsticks, few, k, lambda done: say(len(chosen) + done))
    triples = Triples.drawn(prepared, seed)
    torn, false = ours.beyond(k)
    return Honesty(
        k=k,
        n_points=n_points,
        rows=chosen,
        map=_scores(ours, n_points, triples.share(picture.points)),
        pca=_scores(pca, n_points, triples.share(yardsticks[0].points)),
        random=_scores(chance, n_points, triples.share(yardsticks[1].points)),
        kept=k - torn,
        torn=torn,
        false=false,
        point_trustworthiness=_own(ours.of_near, n_points).astype(np.float32),
        point_continuity=_own(ours.of_true, n_points).astype(np.float32),
        seconds=time.monotonic() - began,
    )


@dataclass(frozen=True, eq=False)
class _Ranks:
    """How many others are closer, for each measured row.

    Args:
        of_near: (row, k) in the vector space, for its k nearest points.
        of_true: (row, k) in the layout, for its k true neighbours.
    """

    of_near: Longs
    of_true: Longs

    @classmethod
    def empty(cls, n_rows: int, k: int) -> "_Ranks":
        return cls(np.empty((n_rows, k), np.int64), np.empty((n_rows, k), np.int64))

    def part(self, rows: slice) -> "_Ranks":
        return _Ranks(self.of_near[rows], self.of_true[rows])

    def beyond(self, k: int) -> tuple[Ints, Ints]:
        """(row,) true neighbours that are not near, and near points that are not true ones."""
        torn, false = ((ranks >= k).sum(axis=1) for ranks in (self.of_true, self.of_near))
        return torn.astype(np.int32), false.astype(np.int32)


def _ranked(
    prepared: Space,
    layouts: list[PointIndex],
    rows: Longs,
    k: int,
    say: Callable[[int], None],
) -> list[_Ranks]:
    """The ranks of some rows in each layout."""
    found = [_Ranks.empty(len(rows), k) for _ in layouts]
    for part in blocks(len(prepared), len(rows)):
        _rank(prepared, layouts, rows[part], [ranks.part(part) for ranks in found])
        say(part.stop)
    return found


def _rank(prepared: Space, layouts: list[PointIndex], rows: Longs, found: list[_Ranks]) -> None:
    """Fill `found`, one for each layout, for some rows."""
    from embedlib.projection import kernels

    queries = prepared.vectors[rows]
    block = prepared.closeness(queries)
    k = found[0].of_true.shape[1]
    true, _ = nearest_in(prepared, block, queries, k, own=rows)
    tolerance = np.float32(_ROUNDING * max(1.0, float(prepared.half_squares.mean())))
    for layout, ranks in zip(layouts, found, strict=True):
        ranks.of_true[:] = layout.closer(rows, true)
        near = layout.nearest(rows, k)
        over_rows(
            len(rows),
            partial(kernels.count_closer, block, rows, near, tolerance, ranks.of_near),
            least=rows_worth_a_thread(len(prepared)),
        )


def _own(ranks: Longs, n_points: int) -> Doubles:
    """(row,) 1 less the ranks beyond k, scaled so that the worst layout's mean is about 0."""
    k = ranks.shape[1]
    beyond: Doubles = np.maximum(ranks + 1 - k, 0).sum(axis=1, dtype=np.float64)
    own: Doubles = 1.0 - beyond * 2.0 / (k * (2 * n_points - 3 * k - 1))
    return own


def _scores(ranks: _Ranks, n_points: int, triplets: tuple[float, float]) -> Scores:
    k = ranks.of_true.shape[1]
    kept = 1.0 - ranks.beyond(k)[0] / k
    each = (_own(ranks.of_near, n_points), _own(ranks.of_true, n_points), kept)
    n_rows = len(kept)
    # Of a sample without replacement (Cochran 1977, eq. 2.20); 0 where all rows were measured.
    shrunk = 1.96 * np.sqrt((1 - n_rows / n_points) / n_rows)
    trust, continuity, preservation = (float(values.mean()) for values in each)
    margins = [float(values.std(ddof=1) * shrunk) for values in each]
    return Scores(
        trust,
        continuity,
        preservation,
        triplets[0],
        (margins[0], margins[1], margins[2]),
        triplets[1],
    )


def _rows(rows: Any, n_points: int, seed: int) -> Longs:
    """Which rows to measure, ascending."""
    if rows is None and n_points > LIMITS["honesty_points"].value:
        n_rows = min(n_points, LIMITS["honesty_rows"].value)
        drawn = np.random.default_rng([seed, 0]).choice(n_points, n_rows, replace=False)
        return np.sort(drawn).astype(np.int64)
    if rows is None or (isinstance(rows, str) and rows == "all"):
        return np.arange(n_points)
    asked = np.unique(np.asarray(rows))
    if asked.size < 2 or asked.dtype.kind not in "iu" or asked[0] < 0 or asked[-1] >= n_points:
        raise OptionError(
            f"The rows to measure must be two or more from 0 to {n_points - 1}, got {shown(rows)}.",
            'Pass "all" for every row.',
        )
    return asked.astype(np.int64)
