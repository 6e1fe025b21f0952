"""project: vectors to a picture of them, with what made it and how far it can be trusted."""

import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from embedlib import __version__
from embedlib.errors import OptionError, shown
from embedlib.limits import LIMITS
from embedlib.projection.doors import checked_seed, checked_vectors, label_codes
from embedlib.projection.honesty import LEAST_POINTS, measured
from embedlib.projection.neighbours import Show, Stop
from embedlib.projection.options import in_force
from embedlib.projection.records import Honesty, Neighbours, Projection
from embedlib.projection.space import Distinct, Space, distinct, space
from embedlib.projection.table import PROJECTIONS, ProjectionRow
from embedlib.projection.task import Layout, Task, Watch
from embedlib.records import Floats

HONESTY_K: Final = 15
_PACKAGES: Final = ("numpy", "scipy", "numba", "scikit-learn", "umap-learn")


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
        progress: Called with a Progress; its note says what is being done.
        cancelled: Asked often; True ends the work.

    Raises:
        UnknownNameError: If there is no such method, metric or option.
        OptionError: If something is outside its range, or a vector is not finite.
        LimitError: If there are more than LIMITS["map_points"] vectors.
        Cancelled: If `cancelled` said so.

    >>> project([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], "pca").points[:, 0].round(3).tolist()
    [-0.471, 0.943, -0.471]
    """
    row = PROJECTIONS[method]
    floats = checked_vectors(vectors)
    LIMITS["map_points"].check(len(floats), "A map's vectors")
    force = in_force(row.options, options)
    codes = label_codes(labels, len(floats))
    _check(row, n_dims, labelled=codes is not None)
    seed, watch, began = checked_seed(seed), Watch(progress, cancelled), time.monotonic()
    whole, kinds = space(floats, metric), distinct(floats)
    task = Task(
        space=whole.of(kinds.rows) if kinds.n_repeats else whole,
        n_dims=n_dims,
        seed=seed,
        options=force,
        labels=None if codes is None else codes[kinds.rows],
        start=None if start is None else _checked_start(start, len(floats), n_dims)[kinds.rows],
        known=None if neighbours is None or kinds.n_repeats else _checked_known(neighbours, whole),
        watch=watch,
    )
    layout, notes = _laid_out(row, task)
    points = np.ascontiguousarray(layout.points[kinds.kinds])
    seconds = time.monotonic() - began
    return Projection(
        points=points,
        method=method,
        options=force,
        seed=seed,
        metric=metric,
        seconds=seconds,
        neighbour_method=layout.neighbours.method if layout.neighbours else "none",
        honesty=_honesty(whole, points, seed, watch),
        labelled=codes is not None,
        versions=versions(),
        notes=(*_notes_on(kinds, whole), *notes, *layout.notes),
    )


def versions() -> dict[str, str]:
    """Of Python and the packages that decide the numbers."""
    found = {"python": platform.python_version(), "embedlib": __version__}
    return found | {package: version(package) for package in _PACKAGES}


def _laid_out(row: ProjectionRow, task: Task) -> tuple[Layout, tuple[str, ...]]:
    """The layout, by PCA where there are too few different vectors for the method."""
    n_points = len(task.space)
    if n_points >= row.least_points:
        return row.fit(task), ()
    note = (
        f"{row.label} needs at least {row.least_points} different vectors, got {n_points}: "
        "they are laid out by PCA."
    )
    return PROJECTIONS["pca"].fit(task), (note,)


def _honesty(whole: Space, points: Floats, seed: int, watch: Watch) -> Honesty | None:
    if len(whole) < LEAST_POINTS:
        return None
    return measured(whole, points, HONESTY_K, None, seed, watch)


def _notes_on(kinds: Distinct, whole: Space) -> tuple[str, ...]:
    notes = []
    if len(kinds.rows) == 1 and len(kinds.kinds) > 1:
        notes.append("All vectors are equal: they share one point.")
    elif kinds.n_repeats:
        is_one = kinds.n_repeats == 1
        notes.append(
            f"{kinds.n_repeats:,} {'vector equals' if is_one else 'vectors equal'} another "
            f"and {'shares its' if is_one else 'share that one’s'} point."
        )
    if n_zero := int((whole.vectors == 0).all(axis=1).sum()) if whole.metric == "cosine" else 0:
        notes.append(
            f"{n_zero:,} {'vector is' if n_zero == 1 else 'vectors are'} zero and so without "
            "direction: as far from every other as a right angle."
        )
    return tuple(notes)


def _check(row: ProjectionRow, n_dims: Any, *, labelled: bool) -> None:
    if isinstance(n_dims, bool) or n_dims not in row.dims:
        choices = " or ".join(map(str, row.dims))
        raise OptionError(f"n_dims of {row.label} must be {choices}, got {shown(n_dims)}.")
    if labelled and not row.takes_labels:
        able = ", ".join(name for name, other in PROJECTIONS.items() if other.takes_labels)
        raise OptionError(
            f"{row.label} cannot be guided by labels.", f"Leave them out, or choose {able}."
        )


def _checked_start(start: Any, n_points: int, n_dims: int) -> Floats:
    points = checked_vectors(start, "The start")
    if points.shape != (n_points, n_dims):
        raise OptionError(
            f"The start must have the shape {(n_points, n_dims)}, got {points.shape}.",
            "Pass the points of another projection of the same texts.",
        )
    return points


def _checked_known(known: Neighbours, whole: Space) -> Neighbours:
    if len(known.indices) != len(whole) or known.metric != whole.metric:
        raise OptionError(
            f"The neighbours must be those of these {len(whole)} vectors by {whole.metric}, got "
            f"those of {len(known.indices)} by {known.metric}.",
            "Leave them out, and they are found.",
        )
    return known
