"""cluster: groups of texts, found and scored in the vector space."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embedlib.clusters.judging import silhouette as measured_silhouette
from embedlib.clusters.judging import stability as measured_stability
from embedlib.clusters.methods import CLUSTERINGS, Clustering
from embedlib.errors import Cancelled, OptionError
from embedlib.geometry import unit
from embedlib.geometry.doors import Doubles, check_count
from embedlib.geometry.plane import pca
from embedlib.limits import LIMITS
from embedlib.records import Ints, Progress


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
    silhouette, n_silhouette = measured_silhouette(directions, codes, seed)
    steadiness = None
    if stability:
        say("Grouping parts of the texts again")
        steadiness = measured_stability(row, reduced, codes, chosen, seed, say.check)
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
