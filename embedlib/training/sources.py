"""Files to examples: which column is what, and which file is which part of the split."""

from dataclasses import dataclass, replace
from typing import Final

from embedlib.errors import OptionError, TextError, UnknownNameError, shown
from embedlib.reading.characters import is_blank
from embedlib.reading.corpus import corpus_from_sheet
from embedlib.records import Corpus, Sheet
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.splitting import Shares, parts_of_column, split

_FILES: Final = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True)
class Columns:
    """Which column of a sheet is what.

    Args:
        text: The texts, or the first of each pair.
        label: The labels.
        pair: The second text of each pair, or None.
        part: The column that says train, validation or test, or None.
    """

    text: str
    label: str
    pair: str | None = None
    part: str | None = None


@dataclass(frozen=True, eq=False)
class Loaded:
    """Examples out of files.

    Args:
        examples: Rows in the order of the files; parts are set where a file or column says so.
        notes: What was left out, and what a person should know.
    """

    examples: Examples
    notes: tuple[str, ...]


def load_sheet(sheet: Sheet, columns: Columns, part: str = "") -> Loaded:
    """The examples of one sheet; rows without a text are left out, those without a label stay.

    Args:
        sheet: What a file holds.
        columns: Which column is what.
        part: The part that all rows belong to, "" for none.

    Raises:
        UnknownNameError: If there is no such column.
        OptionError: If two columns are the same, or the split column says something else.
        TextError: If no row is left.
    """
    _check_columns(sheet, columns)
    corpus = corpus_from_sheet(sheet, columns.text, columns.label)
    assert corpus.labels is not None  # noqa: S101 - a label column was given
    pairs = _column(corpus, columns.pair)
    kept = [row for row in range(len(corpus)) if not (pairs and is_blank(pairs[row]))]
    notes = list(corpus.notes)
    if len(kept) < len(corpus):
        missing = len(corpus) - len(kept)
        notes.append(f"Left out {missing:,} of {len(corpus):,} rows: no second text.")
    if not kept or all(is_blank(label) for label in corpus.labels):
        raise TextError(
            f"A row must have a text and a label to train on, got none of {len(corpus):,}.",
            "Choose other columns.",
        )
    parts = _column(corpus, columns.part)
    whole = Examples(
        texts=corpus.texts,
        labels=corpus.labels,
        rows=corpus.source_rows,
        parts=parts_of_column(parts) if parts else (part,) * len(corpus),
        pairs=pairs,
        name=corpus.name,
    )
    return Loaded(whole.keep(kept), tuple(notes))


def joined(loaded: list[Loaded]) -> Loaded:
    """The examples of several files, one after the other; row numbers count within each file."""
    first = loaded[0].examples
    rows = [one.examples for one in loaded]
    examples = Examples(
        texts=tuple(text for one in rows for text in one.texts),
        labels=tuple(label for one in rows for label in one.labels),
        rows=tuple(number for one in rows for number in one.rows),
        parts=tuple(part for one in rows for part in one.parts),
        pairs=tuple(pair for one in rows for pair in one.pairs),
        words=tuple(words for one in rows for words in one.words),
        tags=tuple(tags for one in rows for tags in one.tags),
        name=" + ".join(one.name for one in rows),
    )
    if first.pairs and len(examples.pairs) != len(examples):
        raise OptionError("Every file must have the second texts of the pairs.")
    notes = tuple(note for one in loaded for note in one.notes)
    return Loaded(examples, tuple(dict.fromkeys(notes)))


def prepared(loaded: list[Loaded], seed: int, shares: Shares | None = None) -> Loaded:
    """Files as one set of examples, split: a part that no file or column gives is drawn."""
    whole = joined(loaded)
    return replace(whole, examples=split(whole.examples, seed, shares))


def _check_columns(sheet: Sheet, columns: Columns) -> None:
    named = [columns.text, columns.label, *filter(None, (columns.pair, columns.part))]
    for column in named:
        if column not in sheet.columns:
            there = ", ".join(shown(name, 40) for name in sheet.columns[:10])
            more = f" and {len(sheet.columns) - 10} more" if len(sheet.columns) > 10 else ""
            raise UnknownNameError(
                f"{shown(sheet.name)} must have a column {shown(column)}, and has {there}{more}.",
                "Choose another column. A second file must have the columns of the first under "
                "the same names: rename them there, or open another file.",
            )
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise OptionError(
            f"Each column must be used for one thing, got {shown(twice)} twice.",
            "Choose different columns for text, pair, label and split.",
        )


def _column(corpus: Corpus, name: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    values = corpus.frame[name]
    return tuple(
        "" if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)
    )
