"""Which column of a sheet is the text and which the label: by name, else by statistics."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from embedlib.errors import ReadError
from embedlib.reading.names import LABEL_NAMES, OTHER_NAMES, TEXT_NAMES, is_label_name, match
from embedlib.records import Sheet

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE_ROWS = 2_000
_MOST_LABELS = 200
_LONGEST_LABEL = 60  # characters, on average


def guess_columns(sheet: Sheet) -> tuple[str, str | None]:
    """The text column, and the label column if there seems to be one; never the same twice.

    The names decide where they are known; else the text is the column with the most different
    characters in a row, and a label has few values that come again.

    Raises:
        ReadError: If the sheet has no columns.
    """
    if not sheet.columns:
        raise ReadError("The file must have a column, got none.")
    n_rows = min(_SAMPLE_ROWS, len(sheet.frame))
    sample = sheet.frame.sample(n_rows, random_state=0)  # every tenth row may have the same label
    text = _text_column(sheet.columns, sample)
    others = [column for column in sheet.columns if column != text]
    named = match(others, LABEL_NAMES)
    if named is not None and (is_label_name(named) or _repeats(_written(sample, named))):
        return text, named
    likely = [column for column in others if _looks_like_labels(_written(sample, column))]
    unnamed = [column for column in likely if match([column], OTHER_NAMES) is None]
    return text, next(iter(unnamed), None)


def _text_column(columns: Sequence[str], sample: "pd.DataFrame") -> str:
    texts = [column for column in columns if _is_text(sample[column])]
    named = match(texts, TEXT_NAMES)
    if named is not None and not (match([named], LABEL_NAMES) and len(texts) > 1):
        return named
    # A column whose name says label is no text while there is another.
    unlabelled = [column for column in texts if match([column], LABEL_NAMES) is None]
    choices: Sequence[str] = unlabelled or texts or columns
    return max(choices, key=lambda column: _weight(_written(sample, column)))


def _is_text(column: "pd.Series[Any]") -> bool:
    from pandas.api.types import is_object_dtype, is_string_dtype

    return bool(is_string_dtype(column) or is_object_dtype(column))


def _written(sample: "pd.DataFrame", column: str) -> list[str]:
    return [str(value) for value in sample[column].dropna()]


def _weight(values: list[str]) -> float:
    """Mean length times the share of different values."""
    if not values:
        return 0.0
    return sum(map(len, values)) / len(values) * len(set(values)) / len(values)


def _repeats(values: list[str]) -> bool:
    """Whether some value comes twice: what is different in every row labels nothing."""
    return len(set(values)) < len(values)


def _looks_like_labels(values: list[str]) -> bool:
    kinds = set(values)
    if len(kinds) < 2 or len(kinds) > min(_MOST_LABELS, len(values) / 2):
        return False
    return sum(map(len, values)) / len(values) <= _LONGEST_LABEL
