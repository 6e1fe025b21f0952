"""SCORES: how well categories can be told from vectors; a new score is a function and a row.

Every score treats each row with what the rows of other folds say, so that a duplicate, which
stands in the same fold, is never its own witness.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.geometry import unit
from embedlib.probes.logistic import predicted, scaled
from embedlib.probes.measures import MEASURES
from embedlib.probes.problem import Problem
from embedlib.records import Bools, Floats, Longs
from embedlib.table import Table

NEIGHBOURS = 10
_BLOCK = 2_048  # rows compared at once


@dataclass(frozen=True)
class Score:
    """One way to ask what a space knows of categories.

    Args:
        name: The row's name.
        label: For choosers.
        help: One sentence: what it asks, and when one wants it.
        function: (vectors (row, dim) float32, problem) to (row,) predicted codes, or to (row,)
            values whose mean is the score.
        predicts: Whether the function predicts; the problem's measure then scores it.
        least: The lowest score that there can be; the highest is 1.
    """

    name: str
    label: str
    help: str
    function: Callable[[Floats, Problem], NDArray[Any]]
    predicts: bool
    least: float = 0.0

    def folds(self, vectors: Floats, problem: Problem) -> Floats:
        """(fold,) the score of each fold's rows; NaN for a fold without rows.

        Args:
            vectors: (row, dim) of `problem.rows`.
            problem: What is to be told.
        """
        return by_fold(self.function(vectors, problem), problem, predicts=self.predicts)


def by_fold(found: NDArray[Any], problem: Problem, *, predicts: bool) -> Floats:
    """(fold,) predictions scored by the problem's measure, or values averaged."""
    measure = MEASURES[problem.measure]
    scores = np.full(problem.n_folds, np.nan, dtype=np.float32)
    for fold in range(problem.n_folds):
        tested = problem.folds == fold
        if not tested.any():
            continue
        sequences = None if problem.sequences is None else problem.sequences[tested]
        scores[fold] = (
            measure.function(problem.codes[tested], found[tested], problem.labels, sequences)
            if predicts
            else found[tested].mean()
        )
    return scores


def linear_probe(vectors: Floats, problem: Problem) -> Longs:
    """(row,) categories by multinomial logistic regression learned on the other folds.

    Source: Alain and Bengio 2017 (linear probes).
    """
    return predicted(scaled(vectors), problem.codes, problem.folds, len(problem.labels))


def nearest_centroid(vectors: Floats, problem: Problem) -> Longs:
    """(row,) the category whose mean direction in the other folds is nearest by cosine.

    Source: Rocchio 1971.
    """
    directions = unit(vectors)
    found = np.zeros(problem.n_rows, dtype=np.int64)
    for tested, sums, _ in _category_sums(directions, problem):
        found[tested] = (directions[tested] @ unit(sums).T).argmax(axis=1)
    return found


def neighbour_purity(vectors: Floats, problem: Problem) -> Floats:
    """(row,) share of the 10 nearest rows of other folds, by cosine, that have its category.

    Source: the kNN purity of Manning, Raghavan and Schütze 2008, section 16.3, over neighbours.
    """
    import torch

    directions = torch.from_numpy(unit(vectors).astype(np.float32))
    codes = torch.from_numpy(problem.codes)
    purity = np.zeros(problem.n_rows, dtype=np.float32)
    for tested in _folds(problem):
        rows = np.flatnonzero(tested)
        others = torch.from_numpy(np.flatnonzero(~tested))
        of_others, columns = codes[others], directions[others].T.contiguous()
        n = min(NEIGHBOURS, len(others))
        for start in range(0, len(rows), _BLOCK):
            block = torch.from_numpy(rows[start : start + _BLOCK])
            nearest = (directions[block] @ columns).topk(n, dim=1).indices
            same = of_others[nearest] == codes[block][:, None]
            purity[block] = same.float().mean(dim=1).numpy()
    return purity


def silhouette(vectors: Floats, problem: Problem) -> Floats:
    """(row,) how much nearer a row is to its own category than to the next one, -1 to 1.

    (b - a) / max(a, b), with a the mean cosine distance to the rows of its category in other
    folds, and b the least mean distance to another category there; in closed form, because the
    mean distance to a set is one minus the product with the set's mean direction.

    Source: Rousseeuw 1987, with cosine distance.
    """
    directions = unit(vectors)
    values = np.zeros(problem.n_rows, dtype=np.float32)
    for tested, sums, counts in _category_sums(directions, problem):
        far = 1.0 - directions[tested] @ (sums / np.maximum(counts, 1)[:, None]).T
        far[:, counts == 0] = np.inf
        rows, codes = np.arange(len(far)), problem.codes[tested]
        a = far[rows, codes].copy()
        far[rows, codes] = np.inf
        b = far.min(axis=1)
        known = np.isfinite(a) & np.isfinite(b)
        most = np.maximum(np.maximum(a, b), 1e-12)
        own = np.zeros(len(far))
        own[known] = (b - a)[known] / most[known]
        values[tested] = own
    return values


def _folds(problem: Problem) -> Iterator[Bools]:
    for fold in range(problem.n_folds):
        tested: Bools = problem.folds == fold
        if tested.any():
            yield tested


def _category_sums(
    directions: NDArray[np.float64], problem: Problem
) -> Iterator[tuple[Bools, NDArray[np.float64], Longs]]:
    """For each fold its rows, and the sums and numbers of each category's rows elsewhere."""
    n_labels = len(problem.labels)
    whole = np.zeros((n_labels, directions.shape[1]))
    np.add.at(whole, problem.codes, directions)
    counts = np.bincount(problem.codes, minlength=n_labels)
    for tested in _folds(problem):
        own = np.zeros_like(whole)
        np.add.at(own, problem.codes[tested], directions[tested])
        here = np.bincount(problem.codes[tested], minlength=n_labels)
        sums = np.where((counts > here)[:, None], whole - own, 0.0)
        yield tested, sums, counts - here


_ROWS = (
    Score(
        "linear",
        "Linear probe",
        "Logistic regression learned on the other folds: what can be read off the vectors at all.",
        linear_probe,
        predicts=True,
    ),
    Score(
        "knn",
        "Neighbour purity",
        "Share of a text's 10 nearest texts with its label: what search and maps show.",
        neighbour_purity,
        predicts=False,
    ),
    Score(
        "silhouette",
        "Silhouette",
        "How much nearer a text is to its own category than to the next, -1 to 1: what clustering "
        "finds.",
        silhouette,
        predicts=False,
        least=-1.0,
    ),
    Score(
        "centroid",
        "Nearest centroid",
        "The category with the nearest mean: what works with few examples and no training.",
        nearest_centroid,
        predicts=True,
    ),
)

SCORES: Table[Score] = Table("score", {row.name: row for row in _ROWS})
