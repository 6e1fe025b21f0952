"""Random triples of texts: whether the nearer and the farther one stand in the right order."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.projection.space import Space
from embedlib.records import Bools, Longs

_N_TRIPLES: Final = 20_000


@dataclass(frozen=True, eq=False)
class Triples:
    """Texts, each with two others, one of which is nearer as a vector.

    Args:
        rows: (triple, 3) the text, then the two others; all different.
        first_nearer: (triple,) True if the first of the others is the nearer; none is as near.
    """

    rows: Longs
    first_nearer: Bools

    @classmethod
    def drawn(cls, prepared: Space, seed: int) -> "Triples":
        """About 20,000 triples of a space, fewer where distances are equal."""
        random = np.random.default_rng([seed, 5])
        rows = random.integers(0, len(prepared), (_N_TRIPLES, 3))
        rows = rows[(rows != np.roll(rows, 1, axis=1)).all(axis=1)]
        distances = prepared.distances(prepared.vectors[rows[:, 0]], rows[:, 1:])
        differ = distances[:, 0] != distances[:, 1]
        return cls(rows[differ], (distances[:, 0] < distances[:, 1])[differ])

    def share(self, points: Any) -> tuple[float, float]:
        """Share in the right order in a layout (half of those as near count), and its margin.

        The margin is half the width of the share's 95 % interval. Without triples: 1 and 0.
        """
        n = len(self.rows)
        if not n:
            return 1.0, 0.0
        gaps = points[self.rows[:, :1]] - points[self.rows[:, 1:]]  # (triple, 2, n_dims)
        squares = (gaps.astype(np.float64) ** 2).sum(axis=2)
        order = np.sign(squares[:, 1] - squares[:, 0])  # 1 where the first is the nearer
        right = order == np.where(self.first_nearer, 1, -1)
        share = float(right.mean() + (order == 0).mean() / 2)
        return share, float(1.96 * np.sqrt(share * (1 - share) / n))
