"""How good predictions are, and how sure that is: scores, intervals, paired tests.

Numpy on label numbers; a further score is one function of (truth, predicted, n_labels).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embedlib.geometry import wilson
from embedlib.records import Floats, Longs

N_RESAMPLES: Final = 2_000
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """A score with its 95 % interval.

    Args:
        value: The score on the test rows.
        low, high: Where 95 % of bootstrap resamples of the test rows lie (percentiles); where
            every row is right, or none, resamples are all alike, and it is Wilson's interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class McNemar:
    """Do two classifiers differ on the same rows?

    Args:
        only_first: Rows that only the first got right.
        only_second: Rows that only the second got right.
        p: Two-sided exact p-value: how likely so uneven a division is if both are equally good.
    """

    only_first: int
    only_second: int
    p: float


@dataclass(frozen=True)
class LabelScore:
    """One row of a classification report.

    Args:
        label: The label.
        precision, recall, f1: 0 to 1; 0 where nothing was predicted or there.
        rows: Test rows with the label.
        recall_interval: 95 % Wilson interval of the recall.
    """

    label: str
    precision: float
    recall: float
    f1: float
    rows: int
    recall_interval: tuple[float, float]


def confusion(truth: Longs, predicted: Longs, n_labels: int) -> Longs:
    """(label, label) rows by truth (row) and prediction (column)."""
    flat = np.bincount(truth * n_labels + predicted, minlength=n_labels * n_labels)
    return flat.reshape(n_labels, n_labels).astype(np.int64)


def accuracy(truth: Longs, predicted: Longs) -> float:
    """Share of rows that are right, 0 to 1."""
    return float((truth == predicted).mean())


def f1_by_label(counts: Longs) -> Doubles:
    """(..., label) F1 from confusion counts (..., truth, predicted); 0 where a label never occurs.

    Source: van Rijsbergen 1979; scikit-learn with zero_division=0.
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)
    both = counts.sum(axis=-1) + counts.sum(axis=-2)
    return np.asarray(np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0))


def macro_f1(truth: Longs, predicted: Longs, n_labels: int) -> float:
    """Mean F1 of the labels that stand in the truth or the predictions, as scikit-learn has it."""
    return float(_macro(confusion(truth, predicted, n_labels)))


def _macro(counts: Longs) -> Doubles:
    """(...) macro F1 of confusion counts (..., label, label)."""
    present = counts.sum(axis=-1) + counts.sum(axis=-2) > 0
    total = np.where(present, f1_by_label(counts), 0.0).sum(axis=-1)
    return np.asarray(total / np.maximum(present.sum(axis=-1), 1))


def label_scores(truth: Longs, predicted: Longs, labels: tuple[str, ...]) -> tuple[LabelScore, ...]:
    """The classification report, in the order of `labels`."""
    counts = confusion(truth, predicted, len(labels))
    right, of_truth, of_predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    f1 = f1_by_label(counts)
    return tuple(
        LabelScore(
            label,
            float(right[i] / of_predicted[i]) if of_predicted[i] else 0.0,
            float(right[i] / of_truth[i]) if of_truth[i] else 0.0,
            float(f1[i]),
            int(of_truth[i]),
            wilson(int(right[i]), int(of_truth[i])) if of_truth[i] else (0.0, 1.0),
        )
        for i, label in enumerate(labels)
    )


def scores(truth: Longs, predicted: Longs, n_labels: int, seed: int = 0) -> tuple[Score, Score]:
    """Accuracy and macro F1, each with a bootstrap interval over rows.

    Args:
        truth: (row,) label numbers.
        predicted: (row,) label numbers.
        n_labels: How many labels there are.
        seed: Of the resampling.

    Source: Efron 1979, percentile method; rows are drawn with replacement, for macro F1
    N_RESAMPLES times. How many of the drawn rows are right is binomial, so that the accuracy's
    interval needs no drawing: with ten rows, lots would give equal accuracies unequal intervals.
    """
    n_right = int((truth == predicted).sum())
    if n_right in (0, len(truth)):
        sure = wilson(n_right, len(truth))
        return Score(float(n_right > 0), *sure), Score(float(n_right > 0), *sure)
    f1 = _resampled(truth, predicted, n_labels, seed)
    return (
        Score(accuracy(truth, predicted), *_binomial(n_right, len(truth))),
        Score(macro_f1(truth, predicted, n_labels), *_middle(f1)),
    )


def _binomial(n_right: int, n_rows: int) -> tuple[float, float]:
    """Where 95 % of the accuracies of resampled rows lie.

    >>> _binomial(7, 10)
    (0.4, 1.0)
    """
    from scipy.stats import binom

    low, high = binom.ppf((0.025, 0.975), n_rows, n_right / n_rows) / n_rows
    return float(low), float(high)


def _resampled(truth: Longs, predicted: Longs, n_labels: int, seed: int) -> Doubles:
    """Macro F1 of each resample.

    Rows that have the same truth and prediction are alike, so that a resample is one multinomial
    draw over those cells; this is the same distribution as drawing rows.
    """
    n_rows = len(truth)
    cells, counts = np.unique(truth * n_labels + predicted, return_counts=True)
    true_of, guess_of = cells // n_labels, cells % n_labels
    random = np.random.default_rng(seed)
    draws = random.multinomial(n_rows, counts / n_rows, size=N_RESAMPLES)  # (resample, cell)
    hit = true_of == guess_of

    def by(label_of: Longs, which: NDArray[np.bool_]) -> Doubles:
        """(resample, label) rows drawn whose `label_of` is the label."""
        onto = np.zeros((len(cells), n_labels))
        onto[np.flatnonzero(which), label_of[which]] = 1.0
        return np.asarray(draws @ onto)

    everything = np.ones(len(cells), dtype=bool)
    right, both = by(true_of, hit), by(true_of, everything) + by(guess_of, everything)
    f1 = np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0)
    present = np.maximum((both > 0).sum(axis=1), 1)
    return np.asarray(f1.sum(axis=1) / present)


def difference(truth: Longs, first: Longs, second: Longs, seed: int = 0) -> Score:
    """How much more accurate `second` is than `first` on the same rows, with a paired bootstrap.

    Args:
        truth: (row,) label numbers.
        first: (row,) predictions.
        second: (row,) predictions.
        seed: Of the resampling.
    """
    gain = (second == truth).astype(np.int64) - (first == truth)  # -1, 0 or 1 a row
    counts = np.array([(gain == step).sum() for step in (-1, 0, 1)])
    n_rows = len(truth)
    draws = np.random.default_rng(seed).multinomial(n_rows, counts / n_rows, size=N_RESAMPLES)
    return Score(float(gain.mean()), *_middle((draws[:, 2] - draws[:, 0]) / n_rows))


def mcnemar(truth: Longs, first: Longs, second: Longs) -> McNemar:
    """The exact McNemar test: a binomial test on the rows where only one of the two is right.

    Source: McNemar 1947; Edwards 1948; the exact form as in Fagerland, Lydersen and Laake 2013.
    """
    from scipy.stats import binomtest

    only_first = int(((first == truth) & (second != truth)).sum())
    only_second = int(((first != truth) & (second == truth)).sum())
    n_apart = only_first + only_second
    p = float(binomtest(only_first, n_apart, 0.5).pvalue) if n_apart else 1.0
    return McNemar(only_first, only_second, p)


def bootstrap(
    statistic: Callable[[Longs], float], n_rows: int, seed: int = 0, n_resamples: int = 500
) -> tuple[float, float]:
    """95 % percentile interval of any statistic of row numbers.

    Args:
        statistic: Of (row,) numbers of rows, some perhaps twice.
        n_rows: How many rows there are.
        seed: Of the resampling.
        n_resamples: How many are drawn.
    """
    random = np.random.default_rng(seed)
    values = [statistic(random.integers(0, n_rows, n_rows)) for _ in range(n_resamples)]
    return _middle(np.array(values))


def softmax(logits: Floats) -> Doubles:
    """(row, label) probabilities in float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_loss(logits: Floats, truth: Longs) -> float:
    """Mean negative log-likelihood in nats."""
    chosen = softmax(logits)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-300)).mean())


def _middle(values: Doubles) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
