"""HEALTH: what a space of vectors is like, whatever the labels; a new measure is a function, a row.

Every measure is of all pairs or all texts that are given, without random numbers; who has very
many texts gives a sample and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, checked
from embedlib.geometry.neighbours import hubness, neighbour_rows
from embedlib.geometry.similarity import unit
from embedlib.records import Longs
from embedlib.table import Table

NEIGHBOURS = 10
_DOMINANT = 3
_AXES = 3


@dataclass(frozen=True, eq=False)
class Space:
    """The vectors of one layer and pooling, with what several measures share.

    Args:
        vectors: (text, dim) finite numbers, float64.
        lengths: (text,) tokens of each text, or None.
    """

    vectors: Doubles
    lengths: Longs | None = None

    @cached_property
    def directions(self) -> Doubles:
        """(text, dim) of length 1; zero vectors left out."""
        directions = unit(self.vectors)
        return np.asarray(directions[(directions != 0).any(axis=1)])

    @cached_property
    def norms(self) -> Doubles:
        """(text,) L2 norms."""
        return np.asarray(np.linalg.norm(self.vectors, axis=1))

    @cached_property
    def axes(self) -> tuple[Doubles, Doubles]:
        """Singular values of the centred vectors, descending, and the points on the first axes."""
        centred = self.vectors - self.vectors.mean(axis=0)
        n, dim = centred.shape
        if n > dim:
            squares, vectors = np.linalg.eigh(centred.T @ centred)
            points = centred @ vectors[:, ::-1][:, :_AXES]
        else:
            squares, vectors = np.linalg.eigh(centred @ centred.T)
            points = vectors[:, ::-1][:, :_AXES] * np.sqrt(squares.clip(0))[::-1][:_AXES]
        return np.sqrt(squares.clip(0))[::-1], points

    @cached_property
    def shares(self) -> Doubles:
        """(dim,) what each dimension adds to the mean cosine of two different texts."""
        n = max(2, len(self.directions))
        total = self.directions.sum(axis=0)
        squares = np.einsum("td,td->d", self.directions, self.directions)
        return np.asarray((total**2 - squares) / (n * (n - 1)))


@dataclass(frozen=True)
class HealthMeasure:
    """One number that says what a space is like.

    Args:
        name: The row's name.
        label: For tables.
        help: One sentence: what it is, and which end is good.
        function: A space to the number; NaN where it does not apply.
    """

    name: str
    label: str
    help: str
    function: Callable[[Space], float]


def mean_cosine(space: Space) -> float:
    """Mean cosine over all pairs of different texts, in closed form: anisotropy.

    Source: Ethayarajh 2019, section 3.3, over all pairs instead of a sample.
    """
    if len(space.directions) < 2:
        return float("nan")
    return float(np.clip(space.shares.sum(), -1, 1))


def effective_rank(space: Space) -> float:
    """How many directions the texts really use: 1 to the number of dimensions.

    exp of the entropy of p_i = s_i / sum of s, with s the singular values of the centred vectors.

    Source: Roy and Vetterli 2007, equations 1 to 3.
    """
    values = space.axes[0]
    if values.sum() <= 1e-12 * max(1.0, float(space.norms.max(initial=0.0))):
        return 0.0
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def norm_spread(space: Space) -> float:
    """Standard deviation of the lengths of the vectors over their mean; 0 when all are equal."""
    mean = float(space.norms.mean())
    return float(space.norms.std() / mean) if mean > 0 else float("nan")


def dominant_share(space: Space) -> float:
    """Share of the mean cosine that comes from the three strongest dimensions, 0 to 1.

    The contribution of dimension i to the cosine of u and v is u_i v_i / (|u| |v|); its mean over
    all pairs is taken, and the three largest sizes are divided by the sum of all sizes.

    Source: Timkey and van Schijndel 2021, equations 3 and 4 (rogue dimensions).
    """
    sizes = np.sort(np.abs(space.shares))[::-1]
    return float(sizes[:_DOMINANT].sum() / sizes.sum()) if sizes.sum() > 0 else float("nan")


def k_occurrence_skewness(space: Space) -> float:
    """Skewness of how often a text is among the 10 nearest of others (`hubness`)."""
    n = min(NEIGHBOURS, len(space.vectors) - 1)
    return hubness(neighbour_rows(space.vectors, n)) if n > 0 else float("nan")


def length_confound(space: Space) -> float:
    """Largest size of the rank correlation of a text's tokens with its place on the main axes.

    Spearman's, with each of the first three principal axes; 0 is none, 1 is an axis of length.
    With few texts chance alone gives about 1 / sqrt(text).

    Source: Spearman 1904.
    """
    from scipy.stats import rankdata

    if space.lengths is None or len(space.lengths) < 3 or np.ptp(space.lengths) == 0:
        return float("nan")
    values, points = space.axes
    real = values[: points.shape[1]] > 1e-9 * values[0]
    if not real.any():
        return float("nan")
    ranks = rankdata(np.column_stack([space.lengths, points[:, real]]), axis=0)
    return float(np.abs(np.corrcoef(ranks, rowvar=False)[0, 1:]).max())


_ROWS = (
    HealthMeasure(
        "mean_cosine",
        "Mean cosine",
        "Of all pairs of texts (anisotropy). Near 0: directions are used evenly; near 1: all "
        "vectors point one way, and a high cosine says little.",
        mean_cosine,
    ),
    HealthMeasure(
        "effective_rank",
        "Effective rank",
        "How many directions the texts really use; more is richer, at most the dimensions.",
        effective_rank,
    ),
    HealthMeasure(
        "norm_spread",
        "Norm spread",
        "Standard deviation of the vectors' lengths over their mean; large: use cosine, not dot "
        "product.",
        norm_spread,
    ),
    HealthMeasure(
        "dominant_share",
        "Three dimensions' share",
        "Share of the mean cosine that three dimensions make alone; large: standardise first.",
        dominant_share,
    ),
    HealthMeasure(
        "hubness",
        "Hubness",
        "Skewness of how often a text is among the 10 nearest of others; above about 1 a few "
        "texts are everybody's neighbours.",
        k_occurrence_skewness,
    ),
    HealthMeasure(
        "length_confound",
        "Length on main axes",
        "Largest rank correlation of a text's length in tokens with one of the three main axes; "
        "large: the map shows length.",
        length_confound,
    ),
)

HEALTH: Table[HealthMeasure] = Table("health measure", {row.name: row for row in _ROWS})


def health(vectors: Any, lengths: Any = None) -> dict[str, float]:
    """Every measure of `HEALTH` for one space.

    Args:
        vectors: (text, dim) finite numbers, at least 2 texts.
        lengths: (text,) tokens of each text, for the length confound; None leaves it NaN.

    Raises:
        OptionError: If there are fewer than 2 texts, another number of lengths, or a number is
            not finite.

    >>> round(health([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])["mean_cosine"], 4)
    -0.3333
    """
    doubles = checked(vectors)
    if len(doubles) < 2:
        raise OptionError(
            f"A space needs at least 2 texts to say what it is like, got {len(doubles)}.",
            "Add texts.",
        )
    counts = None if lengths is None else np.asarray(lengths, dtype=np.int64)
    if counts is not None and counts.shape != (len(doubles),):
        raise OptionError(
            f"There must be one length a text, got {counts.shape} for {len(doubles)} texts."
        )
    space = Space(doubles, counts)
    return {name: row.function(space) for name, row in HEALTH.items()}


def dominant_dimensions(vectors: Any, n: int = _DOMINANT) -> tuple[int, ...]:
    """The dimensions that add most to the mean cosine, the strongest first.

    Source: Timkey and van Schijndel 2021.
    """
    sizes = np.abs(Space(checked(vectors)).shares)
    return tuple(int(dim) for dim in np.argsort(-sizes, kind="stable")[:n])
