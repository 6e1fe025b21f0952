"""confused: which labels a model takes for which, out of the counts of its confusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedlib.records import Longs


@dataclass(frozen=True)
class Confused:
    """Rows of one label that were taken for another.

    Args:
        label, predicted: The two.
        rows: How many.
        share: Of the rows with the label, 0 to 1.
    """

    label: str
    predicted: str
    rows: int
    share: float


def confused_pairs(labels: Sequence[str], counts: Longs) -> tuple[Confused, ...]:
    """Every pair of labels that was confused, the most rows first, then by the order of labels.

    Args:
        labels: (label,) their names.
        counts: (label, label) rows by truth and prediction.

    >>> confused_pairs(("a", "b"), np.array([[3, 1], [0, 2]]))
    (Confused(label='a', predicted='b', rows=1, share=0.25),)
    """
    found = np.asarray(counts)
    off = np.where(np.eye(len(found), dtype=bool), 0, found)
    truths, guesses = np.nonzero(off)
    rows = off[truths, guesses]
    order = np.argsort(-rows, kind="stable")
    of_label = found.sum(axis=1)
    return tuple(
        Confused(
            labels[int(truths[at])],
            labels[int(guesses[at])],
            int(rows[at]),
            float(rows[at] / of_label[truths[at]]),
        )
        for at in order
    )


def most_confused_labels(counts: Longs, most: int) -> Longs:
    """The labels that have, or draw, the most mistakes; in their own order, all where they fit.

    Args:
        counts: (label, label) rows by truth and prediction.
        most: How many may be chosen.
    """
    found = np.asarray(counts)
    if len(found) <= most:
        return np.arange(len(found))
    off = np.where(np.eye(len(found), dtype=bool), 0, found)
    mistakes = off.sum(axis=1) + off.sum(axis=0)
    return np.sort(np.argsort(-mistakes, kind="stable")[:most])
