"""project: vectors to a picture of them, with what made it and how far it can be trusted."""

import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from embedlib import __version__
from embedlib.projection.honesty import LEAST_POINTS, measured
from embedlib.projection.preparing import Choice, prepare
from embedlib.projection.records import Honesty, Neighbours, Projection
from embedlib.projection.space import Space
from embedlib.projection.watch import Show, Stop, Watch
from embedlib.records import Floats

HONESTY_K: Final = 15
_PACKAGES: Final = ("numpy", "scipy", "numba")


def project(  # noqa: PLR0913 - one parameter a choice
    vectors: Any,
    method: str = "umap",
    *,
    n_dims: int = 2,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    labels: Sequence[str] | None = None,
    metric: str = "cosine",
    neighbours: Neighbours | None = None,
    start: Any = None,
    judge: bool = True,
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> Projection:
    """A picture of `vectors`: one point each, in their order.

    Equal vectors are laid out once and share their point. The same arguments give the same
    picture, whatever the number of threads.

    Args:
        vectors: (point, dim) finite numbers, at least one.
        method: A row of PROJECTIONS.
        n_dims: 2 or 3.
        seed: What random numbers begin with, 0 to 2**32 - 1.
        options: The method's options by name; the others by default.
        labels: One a vector, "" for none; draws texts of one label together, if the method can.
        metric: A row of METRICS.
        neighbours: Of all vectors, if they were found before by `neighbours`; saves the search.
        start: (point, n_dims) where to begin, for methods that move points.
        judge: Whether to measure honesty; without it a map of many points comes sooner.
        progress: Called with per cent done; the note says what is being done.
        cancelled: Asked often; True ends the work.

    Raises:
        UnknownNameError: If there is no such method, metric or option.
        OptionError: If something is outside its range, or a vector is not finite.
        LimitError: If there are more than LIMITS["map_points"] vectors.
        Cancelled: If `cancelled` said so.

    >>> project([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], "pca").points[:, 0].round(3).tolist()
    [-0.471, 0.943, -0.471]
    """
    began = time.monotonic()
    watch = Watch(progress, cancelled).phased(began)
    prepared = prepare(
        vectors,
        Choice(method, n_dims, seed, dict(options or {}), metric),
        labels=labels,
        neighbours=neighbours,
        start=start,
        watch=watch,
    )
    points, layout, notes = prepared.lay_out()
    seconds = time.monotonic() - began
    return Projection(
        points=points,
        method=method,
        options=prepared.task.options,
        seed=prepared.task.seed,
        metric=metric,
        seconds=seconds,
        neighbour_method=layout.neighbours.method if layout.neighbours else "none",
        honesty=_honesty(prepared.whole, points, prepared.task.seed, watch) if judge else None,
        labelled=labels is not None,
        versions=versions(),
        notes=notes,
    )


def versions() -> dict[str, str]:
    """Of Python and the packages that decide the numbers."""
    found = {"python": platform.python_version(), "embedlib": __version__}
    return found | {package: version(package) for package in _PACKAGES}


def _honesty(whole: Space, points: Floats, seed: int, watch: Watch) -> Honesty | None:
    if len(whole) < LEAST_POINTS:
        return None
    return measured(whole, points, HONESTY_K, None, seed, watch)
