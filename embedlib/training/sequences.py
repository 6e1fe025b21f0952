"""Tags of words in BIO: which sequences are legal, which entities they name, how to decode scores.

An entity of type X begins with B-X and goes on with I-X (the scheme IOB2, Ratnaparkhi 1998; strict
reading as in seqeval's `mode="strict", scheme=IOB2`).
"""

from collections.abc import Sequence

import numpy as np

from embedlib.records import Floats

Span = tuple[str, int, int]


def spans(tags: Sequence[str]) -> set[Span]:
    """Entities as (type, first word, last word + 1); an I- that follows no entity is none.

    >>> sorted(spans(["B-per", "I-per", "O", "I-loc", "B-loc", "I-per"]))
    [('loc', 4, 5), ('per', 0, 2)]
    """
    found: set[Span] = set()
    kind, start = "", 0
    for place, tag in enumerate([*tags, "O"]):
        if kind and tag != f"I-{kind}":
            found.add((kind, start, place))
            kind = ""
        if tag.startswith("B-"):
            kind, start = tag[2:], place
    return found


def illegal_places(tags: Sequence[str]) -> list[int]:
    """Places of I- tags that follow neither B- nor I- of their type."""
    before = ["O", *tags]
    return [
        place
        for place, tag in enumerate(tags)
        if tag.startswith("I-") and before[place] not in (f"B-{tag[2:]}", tag)
    ]


def legal(tags: Sequence[str]) -> tuple[str, ...]:
    """The same tags, where an entity that began with I- begins with B-.

    >>> legal(["I-per", "I-per", "O", "B-loc", "I-per"])
    ('B-per', 'I-per', 'O', 'B-loc', 'B-per')
    """
    wrong = set(illegal_places(tags))
    return tuple(f"B-{tag[2:]}" if place in wrong else tag for place, tag in enumerate(tags))


def decode(scores: Floats, labels: Sequence[str]) -> tuple[str, ...]:
    """The best tags word by word, left to right, where I-X may only follow B-X or I-X.

    Args:
        scores: (word, label).
        labels: What the columns are called.
    """
    allowed = _followers(tuple(labels))
    found: list[str] = []
    before = "O"
    for row in scores:
        legal_row = np.where(allowed[before], row, -np.inf)
        before = labels[int(legal_row.argmax())]
        found.append(before)
    return tuple(found)


def _followers(labels: tuple[str, ...]) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """Tag to (label,) whether each label may follow it."""
    return {
        before: np.array(
            [not label.startswith("I-") or before in (f"B-{label[2:]}", label) for label in labels]
        )
        for before in {*labels, "O"}
    }


def counts(truth: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Floats:
    """(sentence, 3) entities that are right, predicted, and there."""
    rows = []
    for expected, given in zip(truth, predicted, strict=True):
        there, said = spans(expected), spans(given)
        rows.append((len(there & said), len(said), len(there)))
    return np.array(rows, dtype=np.float32).reshape(-1, 3)
