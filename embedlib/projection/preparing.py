"""From what a person passes to a task that a method can lay out: checked, and without repeats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.limits import LIMITS
from embedlib.projection.doors import checked_seed, checked_vectors, label_codes
from embedlib.projection.options import in_force
from embedlib.projection.records import Neighbours
from embedlib.projection.repeats import Distinct, among_kinds, distinct
from embedlib.projection.space import Space, space
from embedlib.projection.table import PROJECTIONS, ProjectionRow
from embedlib.projection.task import Layout, Task
from embedlib.projection.watch import Watch
from embedlib.records import Floats


@dataclass(frozen=True)
class Choice:
    """What a person chose; not yet checked.

    Args:
        method: A row of PROJECTIONS.
        n_dims: 2 or 3.
        seed: What random numbers begin with.
        options: Of the method; the others by default.
        metric: A row of METRICS.
    """

    method: str
    n_dims: int
    seed: int
    options: Mapping[str, Any]
    metric: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """A task, and the vectors that it stands for.

    Args:
        row: The method.
        whole: All vectors.
        kinds: Which of them are different; `task` has only those.
        task: What the method is given.
    """

    row: ProjectionRow
    whole: Space
    kinds: Distinct
    task: Task

    def lay_out(self) -> tuple[Floats, Layout, tuple[str, ...]]:
        """The (point, n_dims) points of all vectors, the layout, and what a person should know.

        Too few different vectors for the method are laid out by PCA.
        """
        n_different = len(self.kinds.rows)
        notes = _notes_on(self.kinds, self.whole)
        fit = self.row.fit
        if n_different < self.row.least_points:
            fit = PROJECTIONS["pca"].fit
            notes += (
                f"{self.row.label} needs at least {self.row.least_points} different vectors, got "
                f"{n_different}: they are laid out by PCA.",
            )
        layout = fit(self.task)
        points = np.ascontiguousarray(layout.points[self.kinds.kinds])
        return points, layout, notes + layout.notes


def prepare(
    vectors: Any,
    choice: Choice,
    *,
    labels: Sequence[str] | None = None,
    neighbours: Neighbours | None = None,
    start: Any = None,
    watch: Watch | None = None,
) -> Prepared:
    """Check everything, and leave repeats of a vector out; errors as `project` says."""
    row = PROJECTIONS[choice.method]
    floats = checked_vectors(vectors)
    LIMITS["map_points"].check(len(floats), "A map's vectors")
    _check(row, choice.n_dims, labelled=labels is not None)
    options, seed = in_force(row.options, choice.options), checked_seed(choice.seed)
    codes = label_codes(labels, len(floats))
    whole, kinds = space(floats, choice.metric), distinct(floats)
    begun = None if start is None else _checked_start(start, len(floats), choice.n_dims)
    known = None if neighbours is None else _checked_known(neighbours, whole)
    task = Task(
        space=whole.of(kinds.rows) if kinds.n_repeats else whole,
        n_dims=choice.n_dims,
        seed=seed,
        options=options,
        labels=None if codes is None else codes[kinds.rows],
        start=None if begun is None else begun[kinds.rows],
        watch=watch or Watch(),
    )
    if known is not None and len(kinds.rows) > 1:
        task.known.append(among_kinds(known, kinds, task.space))
    return Prepared(row, whole, kinds, task)


def _notes_on(kinds: Distinct, whole: Space) -> tuple[str, ...]:
    notes = []
    if len(kinds.rows) == 1 and len(kinds.kinds) > 1:
        notes.append("All vectors are equal: they share one point.")
    elif kinds.n_repeats == 1:
        notes.append("1 vector equals another and shares its point.")
    elif kinds.n_repeats:
        notes.append(f"{kinds.n_repeats:,} vectors equal another and share its point.")
    n_zero = int((whole.vectors == 0).all(axis=1).sum()) if whole.metric == "cosine" else 0
    if n_zero:
        are = "vector is zero and has" if n_zero == 1 else "vectors are zero and have"
        notes.append(f"{n_zero:,} {are} no direction: at a right angle to every other.")
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
