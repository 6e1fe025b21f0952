"""What a projection gives: neighbours, points, honesty, layers; all frozen, plain numpy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from embedlib.records import Floats, Ints, Longs


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest other texts of every text, in the vector space.

    Args:
        indices: (point, k) int32 rows, the nearest first; a text is never its own neighbour.
        distances: (point, k) float32, 0 or more, ascending.
        exact: Whether every one was compared; False for an approximate search.
        metric: "cosine" or "euclidean".
    """

    indices: Ints
    distances: Floats
    exact: bool
    metric: str

    @property
    def k(self) -> int:
        return int(self.indices.shape[1])

    @property
    def method(self) -> str:
        return "exact" if self.exact else "approximate"

    def first(self, k: int) -> "Neighbours":
        """Only the k nearest."""
        return Neighbours(self.indices[:, :k], self.distances[:, :k], self.exact, self.metric)


@dataclass(frozen=True)
class Scores:
    """How well a layout keeps neighbourhoods; each from 0 to 1, and 1 is best.

    Args:
        trustworthiness: Near ones 0 when points stand near that are far apart as vectors.
        continuity: Near ones 0 when near vectors stand far apart.
        knn_preservation: Share of the k true neighbours that are among the k nearest points.
        triplets: Share of random triples of texts of which the nearer and the farther one stand in
            the right order: how far the large arrangement can be trusted; 0.5 by chance.
        margins: Half the width of the first three's 95 % intervals, in that order; zeros when
            every row was measured.
        triplets_margin: The same of `triplets`, of which there is always a sample.
    """

    trustworthiness: float
    continuity: float
    knn_preservation: float
    triplets: float
    margins: tuple[float, float, float] = (0.0, 0.0, 0.0)
    triplets_margin: float = 0.0


@dataclass(frozen=True, eq=False)
class Honesty:
    """How far a layout can be trusted, as a whole and point by point.

    Args:
        k: Neighbours compared.
        n_points: Points of the layout.
        rows: (row,) which of them were measured, against all others; ascending.
        map: Of the layout.
        pca: Of PCA's points of the same vectors, for scale.
        random: Of a random layout, for scale.
        kept: (row,) how many of the k true neighbours are among the k nearest points.
        torn: (row,) how many true neighbours are not: they were torn away.
        false: (row,) how many of the k nearest points are no true neighbours: falsely near.
        point_trustworthiness: (row,) each point's own; its mean is `map.trustworthiness`. Below 0
            for a point that is worse than the worst layout's mean.
        point_continuity: (row,) the same of continuity.
        seconds: What measuring took.
    """

    k: int
    n_points: int
    rows: Longs
    map: Scores
    pca: Scores
    random: Scores
    kept: Ints
    torn: Ints
    false: Ints
    point_trustworthiness: Floats
    point_continuity: Floats
    seconds: float

    @property
    def trustworthiness(self) -> float:
        return self.map.trustworthiness

    @property
    def continuity(self) -> float:
        return self.map.continuity

    @property
    def knn_preservation(self) -> float:
        return self.map.knn_preservation

    @property
    def triplets(self) -> float:
        return self.map.triplets

    @property
    def sampled(self) -> bool:
        """Whether only some of the points were measured."""
        return len(self.rows) < self.n_points

    def over_all_points(self, values: Floats | Ints) -> Floats:
        """One of the per-point arrays as (point,), NaN where a point was not measured."""
        whole = np.full(self.n_points, np.nan, np.float32)
        whole[self.rows] = values
        return whole


@dataclass(frozen=True, eq=False)
class Projection:
    """A picture of vectors, with everything that made it.

    Args:
        points: (point, 2 or 3) float32, in the order of the vectors.
        method: A name in PROJECTIONS.
        options: Every option in force, by name.
        seed: What the random numbers began with.
        metric: "cosine" or "euclidean".
        seconds: What the layout took, neighbours included, honesty not.
        neighbour_method: "exact", "approximate", or "none" for a method that needs none.
        honesty: How far it can be trusted; None for fewer than 3 vectors, or when not asked for.
        labelled: Whether labels pulled points together.
        versions: Of the packages that decide the numbers.
        notes: What a person should know: "12 texts have the same vector as another ..."
    """

    points: Floats
    method: str
    options: Mapping[str, int | float]
    seed: int
    metric: str
    seconds: float
    neighbour_method: str
    honesty: Honesty | None
    labelled: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def n_dims(self) -> int:
        return int(self.points.shape[1])
