"""Task: what a method is given; and how it says how far it is."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from embedlib.errors import Cancelled
from embedlib.projection.neighbours import Show, Stop, nearest
from embedlib.projection.options import Number
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space
from embedlib.records import Floats, Ints, Progress


@dataclass(frozen=True, eq=False)
class Watch:
    """Whoever waits: told of progress, and asked whether to go on.

    Args:
        progress: Told, if given.
        cancelled: Asked, if given.
    """

    progress: Show | None = None
    cancelled: Stop | None = None

    def check(self) -> None:
        """Go on or not.

        Raises:
            Cancelled: If the person asked to stop.
        """
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def say(self, done: int, total: int, unit: str, began: float, note: str) -> None:
        """Tell of progress, then `check`; `began` is of time.monotonic."""
        if self.progress is not None:
            self.progress(Progress(done, total, unit, time.monotonic() - began, note))
        self.check()


@dataclass(frozen=True, eq=False)
class Task:
    """What a method lays out: different vectors, and how.

    Args:
        space: The vectors, no two of them equal, at least `least_points` of the method.
        n_dims: 2 or 3.
        seed: What random numbers begin with.
        options: Every option of the method.
        labels: (point,) a number for each label, -1 for none; None without labels.
        start: (point, n_dims) where to begin; None for the method's own beginning.
        known: Neighbours that were found before, if any.
        watch: Who waits.
    """

    space: Space
    n_dims: int
    seed: int
    options: Mapping[str, Number]
    labels: Ints | None = None
    start: Floats | None = None
    known: Neighbours | None = None
    watch: Watch = field(default_factory=Watch)

    def nearest(self, k: int) -> Neighbours:
        """The k nearest of each point, found or known."""
        if self.known is not None and self.known.k >= k:
            return self.known.first(k)
        return nearest(
            self.space,
            k,
            seed=self.seed,
            progress=self.watch.progress,
            cancelled=self.watch.cancelled,
        )


@dataclass(frozen=True, eq=False)
class Layout:
    """What a method gives.

    Args:
        points: (point, n_dims) float32.
        neighbours: Those that it used; None if it needs none.
        notes: What a person should know.
    """

    points: Floats
    neighbours: Neighbours | None = None
    notes: tuple[str, ...] = ()
