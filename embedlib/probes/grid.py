"""grid: the score of every layer and pooling, cell by cell, with what to hold them against."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from embedlib.errors import Cancelled, OptionError, shown
from embedlib.geometry import TRANSFORMS, transformed
from embedlib.layers import LAYER_MIXES
from embedlib.probes import chance
from embedlib.probes.mixing import weighted_sum
from embedlib.probes.problem import Problem
from embedlib.probes.scores import SCORES, by_fold
from embedlib.records import Floats, Progress, Vectors

WEIGHTED = "weighted_sum"  # a layer of the grid whose weights depend on the labels
WEIGHTED_LABEL = "Learned weighted sum"


@dataclass(frozen=True)
class GridOptions:
    """How a grid is measured.

    Args:
        score: A row of SCORES.
        transform: A row of `geometry.TRANSFORMS`, fitted on the rows without their labels.
        mixes: Whether the layer mixes stand beside the layers.
        weighted: Whether a learned weighted sum of all layers does too (linear probe only).
    """

    score: str = "linear"
    transform: str = "none"
    mixes: bool = True
    weighted: bool = False


@dataclass(frozen=True, eq=False)
class Cell:
    """The score of one layer and pooling.

    Args:
        layer: A layer number, a row of LAYER_MIXES, or `WEIGHTED`.
        pooling: A row of POOLINGS, or a way of making a word's vector.
        folds: (fold,) scores.
        seconds: What it took.
        weights: (layer,) mean weights of a learned sum, or None.
        least: The lowest score that there can be; the highest is 1.
    """

    layer: int | str
    pooling: str
    folds: Floats
    seconds: float
    weights: Floats | None = None
    least: float = 0.0

    @property
    def mean(self) -> float:
        return chance.mean(self.folds)

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, corrected for overlapping folds (Nadeau and Bengio 2003); no further than scores
        can go."""
        low, high = chance.interval(self.folds)
        return max(low, self.least), min(high, 1.0)


@dataclass(frozen=True, eq=False)
class Grid:
    """Scores of layers and poolings on the same rows and folds.

    Args:
        options: How they were measured.
        problem: Rows, categories, folds, seed.
        layers: Rows of the grid, in order: numbers, then mixes.
        poolings: Columns.
        cells: Those that are done, in the order of doing.
        shuffled: (pooling,) mean scores with shuffled labels at the last layer; NaN until done.
        seconds: What all of it took.
    """

    options: GridOptions
    problem: Problem
    layers: tuple[int | str, ...]
    poolings: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    shuffled: tuple[float, ...] = field(default=())
    seconds: float = 0.0

    @property
    def done(self) -> bool:
        return len(self.cells) == len(self.layers) * len(self.poolings)

    def cell(self, layer: int | str, pooling: str) -> Cell | None:
        """A cell, None while it is not done."""
        return next((c for c in self.cells if (c.layer, c.pooling) == (layer, pooling)), None)

    @property
    def baseline(self) -> float:
        """The highest mean score with shuffled labels; NaN until measured."""
        return float(np.nanmax(self.shuffled)) if np.isfinite(self.shuffled).any() else np.nan

    @cached_property
    def best(self) -> tuple[Cell, ...]:
        """The highest cell, then those that cannot be told apart from it (`chance.unbeaten`)."""
        shares = SCORES[self.options.score].predicts
        n_rows = self.problem.n_rows if shares else None
        places = chance.unbeaten([cell.folds for cell in self.cells], n_rows)
        return tuple(self.cells[place] for place in places)


def grid(
    vectors: Vectors,
    problem: Problem,
    options: GridOptions = GridOptions(),
    *,
    partial: Callable[[Grid], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Grid:
    """Score every layer (and mix) with every pooling, on the same folds.

    Args:
        vectors: Of all texts; `problem.rows` counts in them.
        problem: What is to be told.
        options: Score, transform and mixes.
        partial: Called with the grid so far after each cell.
        progress: Called in cells.
        cancelled: Asked before each cell.

    Returns:
        All cells, and the score with shuffled labels at the last layer for each pooling: what the
        same probe finds where there is nothing to find.

    Raises:
        UnknownNameError: If there is no such score or transform.
        OptionError: If the rows of the problem go beyond the texts.
        Cancelled: If `cancelled` said so.
    """
    began = time.perf_counter()
    SCORES[options.score], TRANSFORMS[options.transform]
    if int(problem.rows.max()) >= vectors.n_texts:
        raise OptionError(
            f"The rows must be those of the {vectors.n_texts} texts, "
            f"got row {shown(int(problem.rows.max()))}."
        )
    layers = layers_of(vectors, options)
    made = Grid(options, problem, layers, vectors.poolings)
    total = len(layers) * len(made.poolings) + len(made.poolings)
    cells: list[Cell] = []
    shuffled = [float("nan")] * len(made.poolings)

    def said(done: int) -> Grid:
        seconds = time.perf_counter() - began
        if progress is not None:
            progress(Progress(done, total, "cells", seconds))
        return Grid(options, problem, layers, made.poolings, tuple(cells), tuple(shuffled), seconds)

    said(0)
    for layer, pooling in _order(layers, made.poolings):
        if cancelled is not None and cancelled():
            raise Cancelled
        cells.append(score_cell(vectors, problem, layer, pooling, options))
        so_far = said(len(cells))
        if partial is not None:
            partial(so_far)
    for place, pooling in enumerate(made.poolings):
        if cancelled is not None and cancelled():
            raise Cancelled
        shuffled[place] = score_cell(
            vectors, problem.shuffled(), vectors.layers[-1], pooling, options
        ).mean
        finished = said(len(cells) + place + 1)
        if partial is not None:
            partial(finished)
    return finished


def score_cell(
    vectors: Vectors, problem: Problem, layer: int | str, pooling: str, options: GridOptions
) -> Cell:
    """The score of one layer (or mix, or `WEIGHTED`) with one pooling."""
    began = time.perf_counter()
    score = SCORES[options.score]
    weights = None
    if layer == WEIGHTED:
        found, by_layer = weighted_sum(
            lambda number: _rows(vectors, problem, vectors.layers[number], pooling, options),
            len(vectors.layers),
            problem,
        )
        folds = by_fold(found, problem, predicts=True)
        weights = by_layer.mean(axis=0)
    else:
        folds = score.folds(_rows(vectors, problem, layer, pooling, options), problem)
    return Cell(layer, pooling, folds, time.perf_counter() - began, weights, score.least)


def layers_of(vectors: Vectors, options: GridOptions) -> tuple[int | str, ...]:
    """The rows of a grid: the layers that are there, then the mixes that can be made of them."""
    rows: list[int | str] = list(vectors.layers)
    here = set(vectors.layers)
    if options.mixes:
        n_layers = vectors.encoder.n_layers
        rows += [name for name, mix in LAYER_MIXES.items() if here >= set(mix.needs(n_layers))]
    if options.weighted and options.score == "linear" and len(here) > 1:
        rows.append(WEIGHTED)
    return tuple(rows)


def layer_label(layer: int | str) -> str:
    """A row of the grid in words: "Layer 3", "Mean of the last four"."""
    if layer == WEIGHTED:
        return WEIGHTED_LABEL
    return LAYER_MIXES[layer].label if isinstance(layer, str) else f"Layer {layer}"


def _rows(
    vectors: Vectors, problem: Problem, layer: int | str, pooling: str, options: GridOptions
) -> Floats:
    """(row, dim) the vectors of the problem's rows."""
    chosen = vectors.select(pooling, layer, rows=problem.rows)
    return chosen if options.transform == "none" else transformed(chosen, options.transform)


def _order(layers: Sequence[int | str], poolings: Sequence[str]) -> Iterator[tuple[int | str, str]]:
    """Cells so that a picture of the whole comes early: the last layer first, then every pooling's
    ends and middles."""
    numbers: list[int | str] = [layer for layer in layers if isinstance(layer, int)]
    mixes: list[int | str] = [layer for layer in layers if isinstance(layer, str)]
    for layer in [*(numbers[place] for place in _spread(len(numbers))), *mixes]:
        for pooling in poolings:
            yield layer, pooling


@lru_cache
def _spread(n: int) -> tuple[int, ...]:
    """0 to n - 1: the last, the first, then always the middle of the widest gap."""
    order = [n - 1] + ([0] if n > 1 else [])
    while len(order) < n:
        known = sorted(order)
        low, high = max(pairwise(known), key=lambda gap: gap[1] - gap[0])
        order.append((low + high) // 2)
    return tuple(order)
