"""Whether the first line of a table holds column names or is a row like the others."""

import re
from collections.abc import Sequence
from statistics import median

from embedlib.reading.names import is_known

_SAMPLE_ROWS = 200
_LONG_NAME = 40  # characters; a longer first field in a one-column file is a text
_ENDS_A_SENTENCE = re.compile(r"[.!?。！？…؟।][\"'”’」』)）]?\s*$")
_NUMBER_LIKE = re.compile(r"\s*[-+(]?[$€£¥]?\d[\d.,:/\- eE+%)]*\s*")


def has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Judge the first of `rows`.

    Returns:
        (whether it holds column names, whether that is certain). In doubt it does.
    """
    first, sample = rows[0], rows[1 : _SAMPLE_ROWS + 1]
    if any(is_known(field) for field in first):
        return True, True
    if len(first) == 1:
        return _one_column_has_header(first[0], [row[0] for row in sample if row])
    columns = [[row[j] for row in sample if j < len(row)] for j in range(len(first))]
    pairs = [(field, column) for field, column in zip(first, columns, strict=True) if column]
    if any(_names_numbers(field, column) for field, column in pairs):
        return True, True
    if any(_is_one_of(field, column) for field, column in pairs):
        return False, True
    if len(pairs) == len(first) and all(_both_sentences(f, column) for f, column in pairs):
        return False, False
    return True, False


def _one_column_has_header(first: str, rest: list[str]) -> tuple[bool, bool]:
    if not rest:
        return False, False
    if _is_number(first) or len(first) > _LONG_NAME or _ENDS_A_SENTENCE.search(first):
        return False, True
    if all(_is_number(field) for field in rest):
        return True, True
    usual = median(map(len, rest))
    alike = usual / 2 <= len(first) <= usual * 2
    return not alike, False


def _names_numbers(field: str, column: list[str]) -> bool:
    """A word above numbers."""
    return bool(field.strip()) and not _is_number(field) and _share_of_numbers(column) > 0.8


def _is_one_of(field: str, column: list[str]) -> bool:
    """A number above numbers, or a value that comes again in a column of which some do."""
    if _is_number(field) and _share_of_numbers(column) > 0.8:
        return True
    return bool(field.strip()) and field in column and len(set(column)) < len(column)


def _both_sentences(field: str, column: list[str]) -> bool:
    ends = sum(_ENDS_A_SENTENCE.search(value[-200:]) is not None for value in column)
    return _ENDS_A_SENTENCE.search(field[-200:]) is not None and ends > len(column) / 2


def _share_of_numbers(column: list[str]) -> float:
    return sum(map(_is_number, column)) / len(column)


def _is_number(field: str) -> bool:
    return len(field) < 40 and _NUMBER_LIKE.fullmatch(field) is not None
