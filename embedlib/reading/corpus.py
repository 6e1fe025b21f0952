"""Sheets and pasted text to a Corpus: which rows are texts, what was left out, what to know.

A further way to split pasted text is a row of `SPLITS`.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from embedlib.errors import OptionError, TextError, UnknownNameError, shown
from embedlib.limits import LIMITS
from embedlib.reading.characters import is_blank, without_invisible, without_surrogates
from embedlib.reading.sentences import sentences
from embedlib.records import Corpus, Sheet
from embedlib.table import Table

if TYPE_CHECKING:
    pass

_MOST_TOLD = 5
# Letters of other scripts that look like Latin ones, the common ones.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝӏαονρτυικ", "aeopcyxijsdhqwlaovptuik")


def lines(text: str) -> list[str]:
    """Each line as it stands, without its end.

    >>> lines("one\\r\\n two \\n")
    ['one', ' two ']
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unified.removesuffix("\n").split("\n")


SPLITS: Table[Callable[[str], list[str]]] = Table("split", {"lines": lines, "sentences": sentences})


def corpus_from_sheet(sheet: Sheet, text_column: str, label_column: str | None = None) -> Corpus:
    """The texts of a sheet with their labels; rows whose text is blank are left out and recorded.

    Texts and labels are not changed: labels that only look alike stay apart, with a note.

    Args:
        sheet: What a file holds.
        text_column: Its column of texts; what is no text there is written as one.
        label_column: Its column of labels; what is missing there becomes "".

    Raises:
        UnknownNameError: If there is no such column; names those that there are.
        OptionError: If both are the same column.
        TextError: If every text is blank.
        LimitError: If a text is too long (names its row), or there are too many.
    """
    _check_column(sheet, text_column, "text column")
    LIMITS["rows"].check(len(sheet.frame), "The number of texts")
    if label_column is not None:
        _check_column(sheet, label_column, "label column")
        if label_column == text_column:
            raise OptionError(
                f"The label column must not be the text column, got {shown(label_column)} twice.",
                "Choose another label column, or none.",
            )
    written = [_written(value) for value in sheet.frame[text_column]]
    texts, notes = _storable(written)
    kept = [row for row, text in enumerate(texts) if not is_blank(text)]
    kept_rows = set(kept)
    left_out = tuple(row for row in range(len(texts)) if row not in kept_rows)
    _check_texts(texts, kept, text_column)
    if left_out:
        notes.append(f"Left out {_rows(left_out)}: blank in {shown(text_column)}.")
    labels = None
    if label_column is not None:
        values = list(sheet.frame[label_column])
        labels = tuple(_written(values[row]) for row in kept)
        notes += _label_notes(labels)
    return Corpus(
        texts=tuple(texts[row] for row in kept),
        labels=labels,
        frame=sheet.frame.iloc[kept].reset_index(drop=True) if left_out else sheet.frame,
        name=sheet.name,
        text_column=text_column,
        label_column=label_column,
        source_rows=tuple(kept),
        left_out=left_out,
        notes=(*sheet.notes, *notes),
        vectors={name: array[kept] for name, array in sheet.vectors.items()},
    )


def corpus_from_text(text: str, *, split: str = "lines") -> Corpus:
    """Pasted text as a corpus without labels.

    Args:
        text: What was pasted.
        split: A name in SPLITS: "lines" (a line a text) or "sentences".

    Raises:
        UnknownNameError: If there is no such split.
        TextError: If it is blank.
        LimitError: If it is too long, or has too many texts or too long a text.
    """
    import pandas as pd

    splitter = SPLITS[split]
    LIMITS["pasted_characters"].check(len(text), "The pasted text")
    if is_blank(text):
        raise TextError("The text must not be blank, got nothing to read.", "Paste a line or more.")
    texts, notes = _storable(splitter(text))
    rows = [row for row, piece in enumerate(texts) if not is_blank(piece)]
    frame = pd.DataFrame({"text": [texts[row] for row in rows]}, dtype="str")
    sheet = Sheet("Pasted text", frame, "txt", "utf-8", tuple(notes))
    return corpus_from_sheet(sheet, "text")


def _check_column(sheet: Sheet, column: str, kind: str) -> None:
    if column not in sheet.columns:
        names = ", ".join(shown(name, 40) for name in sheet.columns[:10])
        more = f" and {len(sheet.columns) - 10} more" if len(sheet.columns) > 10 else ""
        raise UnknownNameError(f"The {kind} must be one of {names}{more}, got {shown(column)}.")


def _check_texts(texts: Sequence[str], kept: Sequence[int], column: str) -> None:
    if not kept:
        raise TextError(
            f"The column {shown(column)} must hold texts, got {_rows(range(len(texts)))} blank.",
            "Choose another text column.",
        )
    for row in kept:
        if len(texts[row]) > LIMITS["text_characters"].value:
            what = f"The text in row {row + 1:,} of {shown(column)}"
            LIMITS["text_characters"].check(len(texts[row]), what)


def _written(value: Any) -> str:
    """A cell as text; "" where there is nothing."""
    if isinstance(value, str):
        return value
    import pandas as pd

    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)


def _storable(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Texts that Arrow and the tokenizers can hold, and notes."""
    before = list(texts)
    after = [without_surrogates(text) for text in before]
    n_changed = sum(a != b for a, b in zip(before, after, strict=True))
    if not n_changed:
        return after, []
    return after, [f"Half characters (lone surrogates) became \ufffd in {_counted(n_changed)}."]


def _label_notes(labels: Sequence[str]) -> list[str]:
    """Labels that a person may take for the same, and rows without one."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for label in dict.fromkeys(labels):
        if label:
            alike[_looks(label)].append(label)
    groups = [group for group in alike.values() if len(group) > 1]
    notes = []
    if groups:
        told = "; ".join(map(_told_apart, groups[:_MOST_TOLD]))
        notes.append(f"Labels that look alike are different and were kept apart: {told}.")
    if n_without := sum(not label for label in labels):
        notes.append(f"{_counted(n_without)} without a label.")
    return notes


def _told_apart(labels: Sequence[str]) -> str:
    """Labels that look alike, written so that the difference can be seen."""
    differ_in_case_or_space = len({" ".join(label.casefold().split()) for label in labels}) == 1
    return " and ".join(shown(x) if differ_in_case_or_space else ascii(x) for x in labels)


def _looks(label: str) -> str:
    """What a label looks like: labels that look the same have the same."""
    visible = without_invisible(unicodedata.normalize("NFKC", label)).casefold()
    return " ".join(visible.translate(_LOOKALIKES).split())


def _rows(rows: Sequence[int]) -> str:
    """Rows for a note, counted from 1: "Rows 2, 5 and 3 more"."""
    first = ", ".join(f"{row + 1:,}" for row in rows[:_MOST_TOLD])
    more = f" and {len(rows) - _MOST_TOLD:,} more" if len(rows) > _MOST_TOLD else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {first}{more}"


def _counted(number: int) -> str:
    return "1 text" if number == 1 else f"{number:,} texts"
