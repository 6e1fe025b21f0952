"""CSV, TSV and their kin: rows from quoted and delimited text; nothing is lost without a note.

A further way of quoting that is seen in the wild is a row that `_quotings` yields.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypedDict

from embedlib.errors import ReadError
from embedlib.limits import LIMITS
from embedlib.reading.grid import check_cells, check_columns, check_rows, told_lines
from embedlib.reading.header import has_header


class _Options(TypedDict, total=False):
    strict: bool
    quoting: Literal[0, 3]
    skipinitialspace: bool


@dataclass(frozen=True)
class _Quoting:
    """A way to read quotation marks; `one_line` allows no line end inside a field."""

    options: _Options
    note: str = ""
    one_line: bool = False
    backslashes: bool = False


_PLAIN = _Quoting({"strict": True})
_LITERAL = _Quoting(
    {"quoting": csv.QUOTE_NONE}, "Quotation marks were read as part of the text.", one_line=True
)
_ESCAPED = _Quoting(
    {"strict": True}, 'Backslash and mark (\\") were read as a quotation mark.', backslashes=True
)
_SPACED = _Quoting(
    {"strict": True, "skipinitialspace": True}, "Spaces after delimiters were left out."
)
_LOOSE = _Quoting(
    {"strict": False},
    "Some quotation marks stand inside quoted fields without being doubled: they were dropped.",
    one_line=True,
)


@dataclass(frozen=True)
class Delimited:
    """Names (not yet unique) and rows, all of the same length, and notes."""

    names: list[str]
    rows: list[list[str]]
    notes: tuple[str, ...]


class _HopelessError(ReadError):
    """One that no other way to read the marks can mend; outside it is a ReadError."""


@dataclass(frozen=True)
class _Lines:
    """Rows as they stand, with the line on which each begins."""

    rows: list[list[str]]
    starts: list[int]


def read_delimited(text: str, delimiter: str | None, header: bool | None) -> Delimited:
    """The rows of `text`.

    Args:
        text: The file, not blank.
        delimiter: One of `delimiters.DELIMITERS`; None for one column.
        header: Whether the first row holds names; None to judge.

    Raises:
        ReadError: If quotation marks or fields do not add up; names the line.
        LimitError: If there are too many rows or columns.
    """
    errors: list[ReadError] = []
    for quoting in _quotings(text, delimiter):
        try:
            read = _squared(_read(text, delimiter, quoting), header)
        except ReadError as error:
            errors.append(error)
            if isinstance(error, _HopelessError):
                break
            continue
        notes = (quoting.note, *read.notes) if quoting.note else read.notes
        return Delimited(read.names, read.rows, notes)
    raise ReadError(errors[0].what, errors[0].hint)


def _quotings(text: str, delimiter: str | None) -> Iterator[_Quoting]:
    """Ways to read the quotation marks of `text`, the likeliest first."""
    if delimiter == "\t" and _joins_rows(text):
        yield _LITERAL
    yield _PLAIN
    if '\\"' in text:
        yield _ESCAPED
    if delimiter and f'{delimiter} "' in text:
        yield _SPACED
    if delimiter == "\t" or (delimiter is None and _is_readable(text, None, _LOOSE)):
        yield _LITERAL
    elif delimiter:
        yield _LOOSE


def _joins_rows(text: str) -> bool:
    """Whether quotation marks in a TSV would join lines that are rows by themselves.

    Many TSV files of sentences are not quoted at all, and a sentence may begin with a mark.
    """
    if '"' not in text or not _is_readable(text, "\t", _PLAIN):
        return False
    rows = _read(text, "\t", _PLAIN).rows
    return any("\t" in field and ("\n" in field or "\r" in field) for row in rows for field in row)


def _is_readable(text: str, delimiter: str | None, quoting: _Quoting) -> bool:
    try:
        _read(text, delimiter, quoting)
    except ReadError:
        return False
    return True


def _read(text: str, delimiter: str | None, quoting: _Quoting) -> _Lines:
    """Rows with at least one field, as they stand.

    Raises:
        ReadError: If a quotation mark is not closed, or is followed by text; names the line.
        LimitError: If there are too many rows or columns.
    """
    if quoting.backslashes:
        text = text.replace('\\"', '""')
    if quoting.one_line:
        text += "\nend"  # a mark that the last line leaves open takes this line in
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or _unused(text), **quoting.options
    )
    rows: list[list[str]] = []
    starts: list[int] = []
    start, n_cells = 1, 0
    widest, most_cells, most_rows = (LIMITS[n].value for n in ("wide_columns", "cells", "rows"))
    try:
        for row in reader:
            if quoting.one_line and reader.line_num != start:
                raise csv.Error("unexpected end of data")
            if row:
                rows.append(row)
                starts.append(start)
                n_cells += len(row)
                if len(row) > widest or n_cells > most_cells or len(rows) > most_rows:
                    check_columns(len(row))
                    check_cells(n_cells)
                    check_rows(len(rows) - 2)  # names, and the line that `one_line` adds
            start = reader.line_num + 1
    except csv.Error as error:
        raise _quote_error(error, start, reader.line_num) from None
    return _Lines(rows[:-1], starts[:-1]) if quoting.one_line else _Lines(rows, starts)


def _unused(text: str) -> str:
    """A delimiter that does not occur, so that each row is one field."""
    return next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)


def _quote_error(error: csv.Error, start: int, line: int) -> ReadError:
    if "unexpected end" in str(error):
        return ReadError(
            f"The quotation mark that opens on line {start:,} is never closed.",
            "Close it, or double it if it belongs to the text.",
        )
    begun = f" (the field's row begins on line {start:,})" if start != line else ""
    return ReadError(
        f"Line {line:,}{begun} has text after a closing quotation mark.",
        "Double each quotation mark that belongs to the text, and close each that opens a field.",
    )


def _squared(lines: _Lines, header: bool | None) -> Delimited:
    """Rows of equal length under names.

    Raises:
        ReadError: If there is nothing below the names, or a row has too many fields.
    """
    n_blank = next((i for i, row in enumerate(lines.rows) if "".join(row).strip()), None)
    if n_blank is None:
        raise _HopelessError("The file must hold text, got only white space and delimiters.")
    rows, starts = lines.rows[n_blank:], lines.starts[n_blank:]
    if len(rows[0]) > 1:
        kept = [i for i, row in enumerate(rows) if len(row) > 1 or row[0].strip()]
        rows, starts = [rows[i] for i in kept], [starts[i] for i in kept]
    with_names, certain = has_header(rows) if header is None else (header, True)
    notes: list[str] = []
    if with_names:
        names, rows, starts = rows[0], rows[1:], starts[1:]
        if not certain:
            notes.append("The first line was taken as column names.")
        if not rows:
            raise _HopelessError(
                "The file must have rows below its column names, got only the names.",
                "If its first line is a text, say that the file has no header.",
            )
    else:
        width = Counter(map(len, rows)).most_common(1)[0][0]
        names = [f"column_{number}" for number in range(1, width + 1)]
        if header is None:
            notes.append("The first line looks like a row, so columns were named by position.")
    return Delimited(names, rows, (*notes, *_make_even(rows, starts, len(names))))


def _make_even(rows: list[list[str]], starts: list[int], width: int) -> list[str]:
    """Fill short rows with "" and cut empty fields off long ones, in place; say where.

    Raises:
        ReadError: If a long row holds something there.
    """
    short, long = [], []
    for row, line in zip(rows, starts, strict=True):
        if len(row) < width:
            short.append(line)
            row.extend([""] * (width - len(row)))
        elif len(row) > width:
            if "".join(row[width:]).strip():
                fields = "1 field" if width == 1 else f"{width:,} fields"
                raise ReadError(
                    f"Line {line:,} must have {fields} like the first line, got {len(row):,}.",
                    "Put quotation marks around a text that holds a delimiter; "
                    "a file with one text a line is best called .txt.",
                )
            long.append(line)
            del row[width:]
    notes = []
    if short:
        notes.append(f"Too few fields on {told_lines(short)}: the missing ones are empty.")
    if long:
        notes.append(f"Empty fields too many on {told_lines(long)}: left out.")
    return notes
