"""CLUSTERINGS: groups of texts found in the vector space; a new method is a function and a row.

Everything, the scores too, is computed from the vectors, never from the places on a map: a map
draws groups apart that are not, and groups found on it would confirm whatever it shows.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.geometry import unit
from embedlib.geometry.doors import Doubles, check_count
from embedlib.geometry.plane import pca
from embedlib.limits import LIMITS
from embedlib.records import Ints, Progress
from embedlib.table import Table

SILHOUETTE_TEXTS = 2_000  # the silhouette needs every pair: it is measured on a sample
_STABILITY_RUNS = 2
_STABILITY_SHARE = 0.8
_NEVER = 2**31


@dataclass(frozen=True)
class Count:
    """A whole number that a method can be given.

    Args:
        name: As in the call.
        label: For a person.
        help: One sentence: what a larger one does.
        least: The smallest allowed.
        default: Number of texts to the number that is taken when none is given.
    """

    name: str
    label: str
    help: str
    least: int
    default: Callable[[int], int]


@dataclass(frozen=True)
class Clustering:
    """One way to find groups.

    Args:
        name: The row's name: "hdbscan".
        label: For choosers.
        help: One or two sentences: what it finds, and when one wants it.
        counts: Its whole-number settings.
        n_dims: Principal axes that the vectors are reduced to first; None for all dimensions.
        most_texts: Name of the limit on texts.
        function: ((text, dim) unit vectors, settings, seed) to (text,) codes, -1 for none.
    """

    name: str
    label: str
    help: str
    counts: tuple[Count, ...]
    n_dims: int | None
    most_texts: str
    function: Callable[[Doubles, Mapping[str, int], int], Ints]


@dataclass(frozen=True, eq=False)
class Clusters:
    """Groups, and how far they are to be believed.

    Args:
        method: A row of CLUSTERINGS.
        codes: (text,) int32 the group of each text, the largest group 0; -1 for none.
        sizes: (group,) texts in each.
        settings: What was set.
        seed: For what is random.
        reduced_to: Principal axes that the vectors were reduced to; None for all dimensions.
        kept: Share of the variance that these keep, 0 to 1.
        silhouette: Mean silhouette by cosine in all dimensions, -1 to 1, of the texts in a
            group; None with fewer than two groups.
        n_silhouette: Texts that it was measured on.
        stability: Mean adjusted Rand index between these groups and those that the method finds
            in a random 80 % of the texts with another seed, 1 for the same groups, about 0 for
            no agreement; None where it was not asked for or there is nothing to compare.
        seconds: What the grouping took, scores not counted.
    """

    method: str
    codes: Ints
    sizes: tuple[int, ...]
    settings: Mapping[str, int]
    seed: int
    reduced_to: int | None
    kept: float
    silhouette: float | None
    n_silhouette: int
    stability: float | None
    seconds: float = field(compare=False)

    @property
    def noise(self) -> float:
        """Share of texts in no group, 0 to 1."""
        return float((self.codes < 0).mean()) if len(self.codes) else 0.0


def cluster(
    vectors: Any,
    method: str = "hdbscan",
    settings: Mapping[str, int] | None = None,
    *,
    seed: int = 0,
    stability: bool = True,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Clusters:
    """Groups of texts, found in the vector space, with scores in the vector space.

    Vectors are divided by their length first, so that groups go by direction, as cosines do.

    Args:
        vectors: (text, dim) finite numbers, at least 2 texts.
        method: A row of CLUSTERINGS.
        settings: Its counts; what is not given is chosen by the number of texts.
        seed: For what is random; the same seed gives the same groups.
        stability: Whether to group parts of the texts again; takes twice as long again.
        progress: Called with how far the work is.
        cancelled: Asked between the steps whether to stop.

    Raises:
        UnknownNameError: If no such method is known.
        OptionError: If a setting is unknown or out of range, or a number is not finite.
        LimitError: If there are more texts than the method's limit.
        Cancelled: If `cancelled` said so.

    >>> cluster([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]], "kmeans", {"k": 2}).sizes
    (2, 2)
    """
    row = CLUSTERINGS[method]
    say = _Stages(3 if stability else 2, progress, cancelled)
    directions = unit(vectors)
    chosen = _settings(row, settings or {}, len(directions))
    LIMITS[row.most_texts].check(len(directions), f"The number of texts for {row.label}")
    started = time.perf_counter()
    say("Finding groups")
    reduced, kept = _reduced(directions, row.n_dims)
    codes = _by_size(row.function(reduced, chosen, seed))
    seconds = time.perf_counter() - started
    say("Measuring the groups")
    silhouette, n_silhouette = _silhouette(directions, codes, seed)
    steadiness = None
    if stability:
        say("Grouping parts of the texts again")
        steadiness = _stability(row, reduced, codes, chosen, seed, say.check)
    return Clusters(
        method=method,
        codes=codes,
        sizes=tuple(np.bincount(codes[codes >= 0]).tolist()),
        settings=chosen,
        seed=seed,
        reduced_to=reduced.shape[1] if reduced.shape != directions.shape else None,
        kept=kept,
        silhouette=silhouette,
        n_silhouette=n_silhouette,
        stability=steadiness,
        seconds=seconds,
    )


def hdbscan(reduced: Doubles, settings: Mapping[str, int], seed: int) -> Ints:
    """Regions that are denser than what lies between them; texts in no such region get -1.

    Source: Campello, Moulavi and Sander 2013; scikit-learn's HDBSCAN.
    """
    from sklearn.cluster import HDBSCAN

    n_texts = len(reduced)
    smallest = min(settings["min_cluster_size"], n_texts)
    if n_texts < 3 or (reduced == reduced[0]).all():
        return np.zeros(n_texts, dtype=np.int32)  # nothing lies between equal texts
    found = HDBSCAN(
        min_cluster_size=max(2, smallest),
        min_samples=min(settings["min_samples"], n_texts - 1),
        algorithm="kd_tree",
        copy=False,
    ).fit_predict(reduced)
    return np.asarray(found, dtype=np.int32)


def kmeans(reduced: Doubles, settings: Mapping[str, int], seed: int) -> Ints:
    """A given number of round groups; every text belongs to one.

    Source: Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++); scikit-learn's KMeans.
    """
    from sklearn.cluster import KMeans

    n_different = len(np.unique(reduced, axis=0))
    k = min(settings["k"], n_different)
    found = KMeans(k, n_init=3, random_state=seed % _NEVER).fit_predict(reduced)
    return np.asarray(found, dtype=np.int32)


_ROWS = (
    Clustering(
        "hdbscan",
        "HDBSCAN",
        "Finds dense regions and how many there are; texts between them belong to no group. "
        "Wanted when one does not know how many groups there are.",
        (
            Count(
                "min_cluster_size",
                "Smallest group",
                "A dense region with fewer texts is no group; larger gives fewer groups.",
                2,
                lambda n: max(5, n // 400),
            ),
            Count(
                "min_samples",
                "Caution",
                "Neighbours that a text must have nearby; larger leaves more texts out.",
                1,
                lambda n: 5 if n >= 200 else 2,
            ),
        ),
        30,
        "hdbscan_texts",
        hdbscan,
    ),
    Clustering(
        "kmeans",
        "k-means",
        "Divides all texts into a given number of groups of similar spread. Wanted when every "
        "text must belong to a group.",
        (
            Count(
                "k",
                "Number of groups",
                "More groups are smaller and closer.",
                2,
                lambda n: max(2, min(50, round((n / 2) ** 0.5))),
            ),
        ),
        None,
        "kmeans_texts",
        kmeans,
    ),
)

CLUSTERINGS: Table[Clustering] = Table("clustering", {row.name: row for row in _ROWS})


def _settings(row: Clustering, given: Mapping[str, int], n_texts: int) -> dict[str, int]:
    known = {count.name: count for count in row.counts}
    for name in given:
        if name not in known:
            raise OptionError(
                f"The settings of {row.label} must be among {', '.join(known)}, got {name!r}."
            )
    if n_texts < 2:
        raise OptionError(
            f"Groups need at least 2 texts, got {n_texts}.", "Add texts, or another sample."
        )
    return {
        name: check_count(
            given.get(name, min(count.default(n_texts), max(count.least, n_texts))),
            count.least,
            max(count.least, n_texts),
            count.label,
        )
        for name, count in known.items()
    }


def _reduced(directions: Doubles, n_dims: int | None) -> tuple[Doubles, float]:
    """The vectors along their principal axes, and the share of the variance that these keep."""
    if n_dims is None or directions.shape[1] <= n_dims:
        return directions, 1.0
    plane = pca(directions, n_dims)
    return plane.points.astype(np.float64), float(plane.explained.sum())


def _by_size(codes: Ints) -> Ints:
    """The same groups numbered by size, the largest 0, equal ones as they first appear."""
    grouped = codes[codes >= 0]
    if not len(grouped):
        return codes.astype(np.int32)
    old, first, sizes = np.unique(grouped, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    new = np.full(int(old.max()) + 1, -1, dtype=np.int32)
    new[old[order]] = np.arange(len(old))
    return np.where(codes >= 0, new[codes], -1).astype(np.int32)


def _silhouette(directions: Doubles, codes: Ints, seed: int) -> tuple[float | None, int]:
    """The mean silhouette by cosine of a sample of the grouped texts, and how many these are.

    Source: Rousseeuw 1987; scikit-learn's silhouette_score.
    """
    from sklearn.metrics import silhouette_score

    rows = np.flatnonzero((codes >= 0) & (directions != 0).any(axis=1))
    if len(rows) > SILHOUETTE_TEXTS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, SILHOUETTE_TEXTS, replace=False))
    n_groups = len(set(codes[rows].tolist()))
    if not 2 <= n_groups < len(rows):
        return None, len(rows)
    return float(silhouette_score(directions[rows], codes[rows], metric="cosine")), len(rows)


def _stability(
    row: Clustering,
    reduced: Doubles,
    codes: Ints,
    settings: Mapping[str, int],
    seed: int,
    check: Callable[[], None],
) -> float | None:
    from sklearn.metrics import adjusted_rand_score

    generator = np.random.default_rng(seed + 1)
    n_part = int(_STABILITY_SHARE * len(codes))
    if n_part < 3 or len(set(codes.tolist())) < 2:
        return None
    agreements = []
    for run in range(_STABILITY_RUNS):
        check()
        part = np.sort(generator.choice(len(codes), n_part, replace=False))
        again = row.function(reduced[part], settings, seed + 1 + run)
        agreements.append(adjusted_rand_score(codes[part], again))
    return float(np.mean(agreements))


class _Stages:
    """Says which stage the work is at, and stops between stages when asked to."""

    def __init__(
        self,
        n_stages: int,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._n_stages, self._progress, self._cancelled = n_stages, progress, cancelled
        self._started, self._done = time.perf_counter(), 0

    def __call__(self, note: str) -> None:
        self.check()
        if self._progress is not None:
            seconds = time.perf_counter() - self._started
            self._progress(Progress(self._done, self._n_stages, "steps", seconds, note))
        self._done += 1

    def check(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
