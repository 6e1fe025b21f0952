"""typed: what a person types to be predicted, one a line; and what was corrected, to take home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from embedlib.errors import TextError
from embedlib.exporting.columns import plain, unique_names
from embedlib.exporting.formats import csv_bytes

PAIR_SIGN: Final = " | "


@dataclass(frozen=True)
class Typed:
    """Lines as texts.

    Args:
        texts: One a line that is not blank.
        pairs: Their second texts, or ().
    """

    texts: tuple[str, ...]
    pairs: tuple[str, ...] = ()


def typed(lines: str, *, pairs: bool = False) -> Typed:
    """The texts in what was typed.

    Args:
        lines: One text a line; blank lines are left out.
        pairs: Whether each line holds two texts with " | " between.

    Raises:
        TextError: If there is no text, or a line lacks its second text.

    >>> typed("one | two", pairs=True)
    Typed(texts=('one',), pairs=('two',))
    """
    texts = [line.strip() for line in lines.splitlines() if line.strip()]
    if not texts:
        raise TextError("There must be at least one text, got none.", "Type one a line.")
    if not pairs:
        return Typed(tuple(texts))
    parts = [text.partition(PAIR_SIGN) for text in texts]
    for number, (first, _, second) in enumerate(parts, start=1):
        if not first.strip() or not second.strip():
            raise TextError(
                f"Each line must hold two texts with{PAIR_SIGN}between, and line {number} does not."
            )
    firsts, seconds = zip(*((a.strip(), b.strip()) for a, _, b in parts), strict=True)
    return Typed(firsts, seconds)


def corrected_csv(
    columns: Mapping[str, Any],
    predicted: Sequence[str],
    corrections: Sequence[str | None],
    more: Mapping[str, Any],
) -> bytes:
    """A CSV of texts with their labels, ready to train on: what was corrected wins.

    Args:
        columns: What came with the texts; other columns get out of their way.
        predicted: (text,) the labels as predicted.
        corrections: (text,) what a person chose instead, None for nothing.
        more: Name to (text,) values: confidence, ...
    """
    import pyarrow as pa

    final = [chosen or guess for chosen, guess in zip(corrections, predicted, strict=True)]
    changed = [
        bool(chosen) and chosen != guess
        for chosen, guess in zip(corrections, predicted, strict=True)
    ]
    added = {
        "label": [plain(label) for label in final],
        "predicted": [plain(label) for label in predicted],
        **more,
        "corrected": changed,
    }
    names = unique_names(added, columns)
    return csv_bytes(pa.table({**columns, **dict(zip(names, added.values(), strict=True))}))


def conll(words: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> bytes:
    """Sentences as CoNLL has them: a word, a tab and its tag a line, a blank line between."""
    sentences = [
        "".join(f"{word}\t{tag}\n" for word, tag in zip(row, given, strict=True))
        for row, given in zip(words, tags, strict=True)
    ]
    return "\n".join(sentences).encode("utf-8", "backslashreplace")
