"""label_curves: ROC and precision-recall of each label against the rest, thin enough to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.records import Floats, Longs

_MOST_POINTS: Final = 200


@dataclass(frozen=True, eq=False)
class LabelCurves:
    """One label against the rest, at every threshold.

    Args:
        label: The label.
        false_positive_rate, true_positive_rate: (point,) the ROC curve.
        recall, precision: (point,) the precision-recall curve.
        roc_auc: Area under the ROC curve: 0.5 for chance.
        average_precision: Mean precision over recall; chance is `share`.
        share: Of the rows that have the label.
    """

    label: str
    false_positive_rate: Floats
    true_positive_rate: Floats
    recall: Floats
    precision: Floats
    roc_auc: float
    average_precision: float
    share: float


def label_curves(chances: Any, truth: Longs, labels: Sequence[str]) -> tuple[LabelCurves, ...]:
    """The curves of every label that some rows have and others have not.

    Args:
        chances: (row, label) probabilities.
        truth: (row,) label numbers.
        labels: (label,) their names.

    Source: scikit-learn's `roc_curve` and `precision_recall_curve`; at most 200 points are kept.
    """
    found = []
    for number, label in enumerate(labels):
        is_label = np.asarray(truth) == number
        if 0 < is_label.sum() < len(is_label):
            found.append(_curves(label, is_label, np.asarray(chances)[:, number]))
    return tuple(found)


def _curves(label: str, is_label: Any, chance: Any) -> LabelCurves:
    from sklearn.metrics import (
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    false_rate, true_rate, _ = roc_curve(is_label, chance)
    precision, recall, _ = precision_recall_curve(is_label, chance)
    return LabelCurves(
        label,
        *_thinned(false_rate, true_rate),
        *_thinned(recall, precision),
        float(roc_auc_score(is_label, chance)),
        float(average_precision_score(is_label, chance)),
        float(np.mean(is_label)),
    )


def _thinned(x: Any, y: Any) -> tuple[Floats, Floats]:
    """The points of a curve at even steps of its length, so that no corner is far from one."""
    steps = np.abs(np.diff(x)) + np.abs(np.diff(y))
    length = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, length[-1], _MOST_POINTS)
    places = np.unique(np.searchsorted(length, wanted).clip(0, len(length) - 1))
    return np.asarray(x[places], dtype=np.float32), np.asarray(y[places], dtype=np.float32)
