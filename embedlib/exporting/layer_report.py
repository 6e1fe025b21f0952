"""layer_report: what the layers and poolings of some texts know, measured.

`layer_facts` writes it as JSON and `layer_page` as HTML. A new part is a field of `LayerReport`, an
entry in `layer_facts.facts` and a picture in `layer_page.pictures`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry import (
    HEALTH,
    cka_matrix,
    health,
    neighbour_overlap,
    neighbour_rows,
)
from embedlib.geometry.relations import LEAST_TEXTS
from embedlib.limits import LIMITS
from embedlib.probes import Grid, GridOptions, Problem, grid
from embedlib.records import Floats, Longs, Progress, Vectors

NEIGHBOURS = 10


@dataclass(frozen=True, eq=False)
class Relations:
    """How alike every two layers of one pooling are.

    Args:
        layers: Their numbers.
        pooling: A row of POOLINGS.
        rows: (text,) rows of the texts that were compared.
        cka: (layer, layer) debiased CKA, or None for too few texts.
        overlap: (layer, layer) mean share of the 10 nearest texts that two layers have in common.
        chance: The overlap of unrelated spaces.
    """

    layers: tuple[int, ...]
    pooling: str
    rows: Longs
    cka: Floats | None
    overlap: Floats
    chance: float


@dataclass(frozen=True, eq=False)
class LayerReport:
    """Everything that was measured.

    Args:
        grids: One a score.
        health: Name of a measure to (layer,) values, for `relations.pooling`.
        relations: How layers relate.
        notes: What was sampled or left out.
        card: How the vectors came about.
    """

    grids: tuple[Grid, ...]
    health: Mapping[str, Floats]
    relations: Relations
    notes: tuple[str, ...]
    card: Mapping[str, Any]


def measured(
    vectors: Vectors,
    problem: Problem | None,
    scores: Sequence[str] = ("linear",),
    *,
    weighted: bool = False,
    card: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LayerReport:
    """Measure scores (with labels), health and relations of all layers.

    Args:
        vectors: Of all texts.
        problem: What is to be told apart; None without labels, then there are no grids.
        scores: Rows of SCORES.
        weighted: Whether a learned weighted sum of layers is among the rows.
        card: How the vectors came about.
        progress: As `grid` calls it.
        cancelled: As `grid` asks it.

    Raises:
        OptionError: If there are fewer than 3 texts.
        Cancelled: If `cancelled` said so.
    """
    if vectors.n_texts < 3:
        raise OptionError(
            f"A report on layers needs at least 3 texts, got {vectors.n_texts}.", "Add texts."
        )
    grids: list[Grid] = []
    for score in scores:
        if problem is None:
            break
        asked = GridOptions(score, weighted=weighted)
        grids.append(grid(vectors, problem, asked, progress=progress, cancelled=cancelled))
    pooling = vectors.poolings[0]
    rows, notes = sampled_rows(vectors.n_texts)
    found = relations(vectors, pooling, rows)
    lengths = vectors.ledger.n_kept[rows]
    by_layer = [health(layer[rows], lengths) for layer in vectors.arrays[pooling]]
    values = {name: np.array([one[name] for one in by_layer], dtype=np.float32) for name in HEALTH}
    said = (*(problem.notes if problem is not None else ()), *notes)
    return LayerReport(tuple(grids), values, found, said, card or {})


def sampled_rows(n_texts: int, seed: int = 0) -> tuple[Longs, tuple[str, ...]]:
    """The rows that health and relations are measured on, and a note where they are a sample."""
    most = LIMITS["health_texts"].value
    if n_texts <= most:
        return np.arange(n_texts), ()
    rows = np.sort(np.random.default_rng(seed).choice(n_texts, most, replace=False))
    note = f"Health and relations are of a random {most:,} of {n_texts:,} texts (seed {seed})."
    return rows, (note,)


def relations(vectors: Vectors, pooling: str, rows: Longs) -> Relations:
    """CKA and neighbour overlap of every two layers, on some texts.

    Args:
        vectors: Of all texts.
        pooling: One that was extracted.
        rows: (text,) which texts; at least 2.
    """
    spaces = [np.asarray(layer[rows]) for layer in vectors.arrays[pooling]]
    n = min(NEIGHBOURS, len(rows) - 1)
    return Relations(
        layers=vectors.layers,
        pooling=pooling,
        rows=rows,
        cka=cka_matrix(spaces) if len(rows) >= LEAST_TEXTS else None,
        overlap=overlaps([neighbour_rows(space, n) for space in spaces]),
        chance=n / (len(rows) - 1),
    )


def overlaps(neighbours: Sequence[Longs], others: Sequence[Longs] | None = None) -> Floats:
    """(space, other space) mean share of neighbours in common."""
    return np.array(
        [
            [neighbour_overlap(one, other).mean() for other in others or neighbours]
            for one in neighbours
        ],
        dtype=np.float32,
    )
