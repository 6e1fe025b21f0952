"""Task: what a method is given; Layout: what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from embedlib.projection.neighbours import find
from embedlib.projection.options import Number
from embedlib.projection.records import Neighbours
from embedlib.projection.space import Space
from embedlib.projection.watch import Watch
from embedlib.records import Floats, Ints


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
        known: Neighbours that were found before; those that are found are added.
        watch: Who waits.
    """

    space: Space
    n_dims: int
    seed: int
    options: Mapping[str, Number]
    labels: Ints | None = None
    start: Floats | None = None
    known: list[Neighbours] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def nearest(self, k: int) -> Neighbours:
        """The k nearest of each point, found or known."""
        for known in self.known:
            if known.k >= k:
                return known.first(k)
        found = find(self.space, k, seed=self.seed, watch=self.watch)
        self.known.append(found)
        return found


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
