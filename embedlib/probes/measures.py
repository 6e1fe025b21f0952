"""MEASURES: what predictions are scored by; a new measure is a function and a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embedlib.records import Longs
from embedlib.table import Table


@dataclass(frozen=True)
class Measure:
    """One way to score predictions, 0 to 1, more is better.

    Args:
        name: The row's name.
        label: For choosers and axes.
        help: One sentence: what it is, and when one wants it.
        function: (true, predicted, labels, sequences) to the score; codes are (row,), and
            `sequences` numbers the sentence of each row, or is None.
    """

    name: str
    label: str
    help: str
    function: Callable[[Longs, Longs, tuple[str, ...], Longs | None], float]


def accuracy(true: Longs, predicted: Longs, labels: tuple[str, ...], _: Longs | None) -> float:
    """Share of rows that are right."""
    return float((true == predicted).mean())


def macro_f1(true: Longs, predicted: Longs, labels: tuple[str, ...], _: Longs | None) -> float:
    """Mean of the F1 scores of the categories that occur, each counting the same.

    The same as scikit-learn's f1_score with average="macro" over these categories.
    """
    scores = []
    for code in np.unique(np.concatenate([true, predicted])):
        right = int(((true == code) & (predicted == code)).sum())
        scores.append(2 * right / int((true == code).sum() + (predicted == code).sum()))
    return float(np.mean(scores))


def span_f1(
    true: Longs, predicted: Longs, labels: tuple[str, ...], sequences: Longs | None
) -> float:
    """F1 of whole entities: right only with the right first word, last word and kind.

    Labels in the IOB2 scheme (B-x begins, I-x goes on, all else is outside), read as conlleval
    and seqeval's default do: an I-x after something else begins an entity.

    Source: Tjong Kim Sang and De Meulder 2003, section 2.
    """
    places = np.zeros(len(true), dtype=np.int64) if sequences is None else sequences
    gold = spans([labels[code] for code in true], places)
    found = spans([labels[code] for code in predicted], places)
    total = len(gold) + len(found)
    return 2 * len(gold & found) / total if total else 1.0


def spans(tags: Sequence[str], sequences: Longs) -> frozenset[tuple[int, int, str]]:
    """Entities as (first row, last row plus one, kind).

    >>> sorted(spans(["B-x", "I-x", "O", "I-y"], np.zeros(4)))
    [(0, 2, 'x'), (3, 4, 'y')]
    """
    found = set()
    start, kind, before = 0, "", -1
    for row, (tag, sequence) in enumerate(zip(tags, sequences, strict=True)):
        head, _, now = tag.partition("-")
        now = now if head in ("B", "I") else ""
        if kind and (now != kind or head == "B" or sequence != before):
            found.add((start, row, kind))
            kind = ""
        if now and not kind:
            start, kind = row, now
        before = sequence
    if kind:
        found.add((start, len(tags), kind))
    return frozenset(found)


_ROWS = (
    Measure("accuracy", "Accuracy", "Share of rows that are right; the usual choice.", accuracy),
    Measure(
        "macro_f1",
        "Macro F1",
        "Mean F1 of the categories, small ones counting as much as large ones.",
        macro_f1,
    ),
    Measure(
        "span_f1",
        "Entity F1",
        "Whole entities right, for words labelled B-…, I-… and O.",
        span_f1,
    ),
)

MEASURES: Table[Measure] = Table("measure", {row.name: row for row in _ROWS})
