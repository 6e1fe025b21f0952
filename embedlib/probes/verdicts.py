"""verdicts: what a linear probe that never saw a text says of its label, text by text."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.probes import chance
from embedlib.probes.logistic import scaled, scores_out_of_fold
from embedlib.probes.problem import Problem
from embedlib.probes.scores import by_fold
from embedlib.records import Bools, Floats, Longs, Progress

NOT_JUDGED = -1


@dataclass(frozen=True, eq=False)
class Verdicts:
    """A probe's word on every text; those that took no part (`problem.notes`) have none.

    Args:
        problem: Which texts took part, their labels and folds.
        predicted: (text,) the label that the probe gives, as a position in `problem.labels`;
            `NOT_JUDGED` for texts that took no part.
        confidence: (text,) probability of the text's own label, 0 to 1, NaN for those.
        certainty: (text,) probability of the predicted label, the same way.
        seconds: What it took.
    """

    problem: Problem
    predicted: Longs
    confidence: Floats
    certainty: Floats
    seconds: float

    @property
    def right(self) -> Bools:
        """(text,) True where the probe gives a text's own label."""
        found = np.zeros(len(self.predicted), dtype=np.bool_)
        found[self.problem.rows] = self.predicted[self.problem.rows] == self.problem.codes
        return found

    @property
    def accuracy(self) -> float:
        """Share of the judged texts that get their own label."""
        return float(self.right[self.problem.rows].mean())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of the accuracy, corrected for overlapping folds; no further than 0 and 1."""
        found = self.predicted[self.problem.rows]
        low, high = chance.interval(by_fold(found, self.problem, predicts=True))
        return max(low, 0.0), min(high, 1.0)

    @property
    def names(self) -> list[str]:
        """(text,) the predicted label, "" for none."""
        labels = (*self.problem.labels, "")  # NOT_JUDGED takes the last
        return [labels[code] for code in self.predicted.tolist()]

    @property
    def doubted(self) -> Longs:
        """The texts that get another label than their own, the surest first."""
        rows = np.flatnonzero((self.predicted != NOT_JUDGED) & ~self.right)
        doubt = self.certainty[rows] - self.confidence[rows]
        found: Longs = rows[np.argsort(-doubt, kind="stable")]
        return found


def verdicts(
    vectors: Floats,
    problem: Problem,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Verdicts:
    """What a linear probe learned on the other folds says of each text.

    Args:
        vectors: (text, dim) of all texts; `problem.rows` counts in them.
        problem: From `problem`, so that a text and its duplicate are in one fold.
        progress: Called with folds done.
        cancelled: Asked before each fold.

    Raises:
        OptionError: If the rows of the problem go beyond the texts.
        Cancelled: If `cancelled` said so.

    Source: Alain and Bengio 2017 (linear probes); cross-validated probabilities as in Northcutt,
        Jiang and Chuang 2021, section 3.
    """
    n_texts = len(vectors)
    if int(problem.rows.max()) >= n_texts:
        raise OptionError(
            f"The rows must be those of the {n_texts} texts, got row {int(problem.rows.max())}."
        )
    began = time.perf_counter()
    predicted = np.full(n_texts, NOT_JUDGED, dtype=np.int64)
    confidence = np.full(n_texts, np.nan, dtype=np.float32)
    certainty = confidence.copy()
    scored = scores_out_of_fold(
        scaled(vectors[problem.rows]),
        problem.codes,
        problem.folds,
        len(problem.labels),
        at_once=None if progress is None else 1,
    )
    for fold in range(problem.n_folds):
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(fold, problem.n_folds, "folds", time.perf_counter() - began))
        tested, scores = next(scored)
        rows, codes = problem.rows[tested], problem.codes[tested]
        chances = _softmax(scores)
        predicted[rows] = chances.argmax(axis=1)
        confidence[rows] = chances[np.arange(len(rows)), codes]
        certainty[rows] = chances.max(axis=1, initial=0)
    return Verdicts(problem, predicted, confidence, certainty, time.perf_counter() - began)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    chances: Floats = raised / raised.sum(axis=1, keepdims=True)
    return chances
