"""FORMATS: what a file can be, judged by its content; the extension is a hint only.

A new format is one row: how it is recognised and the function that reads it. The first row that
recognises the file reads it, so the pickier stand first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from embedlib.errors import ReadError, shown
from embedlib.limits import LIMITS
from embedlib.reading.decoding import Decoded, decode
from embedlib.reading.delimited import read_delimited
from embedlib.reading.delimiters import DELIMITERS, sniff
from embedlib.reading.grid import Grid, Request, check_rows, text_column, unique_names
from embedlib.reading.jsonl import looks_like_json, read_json
from embedlib.reading.parquet import read_parquet
from embedlib.reading.signatures import refuse_binary, refuse_markup
from embedlib.reading.vectors import (
    looks_like_vectors,
    read_npy,
    read_number_lines,
)
from embedlib.reading.wide import with_all_vectors
from embedlib.table import Table

_JSON_EXTENSIONS = ("json", "jsonl", "ndjson")
_TABS_EXTENSIONS = ("tsv", "tab")
_NO_TEXT = "".join(DELIMITERS) + ' \r\n\v\f"'


@dataclass(frozen=True)
class File:
    """A file in question: what is found out about it is found out once, when first asked."""

    request: Request

    @cached_property
    def decoded(self) -> Decoded:
        """Its text.

        Raises:
            ReadError: If it is not text, blank, or markup.
        """
        name = self.request.name
        refuse_binary(self.request.content, name)
        decoded = decode(self.request.content, self.request.encoding)
        if not decoded.text.strip():
            raise ReadError(f"The file must hold text, got white space: {shown(name)}.")
        refuse_markup(decoded.text, name)
        return decoded

    @cached_property
    def delimiter(self) -> str | None:
        """What separates its fields, if it is a table."""
        return self._sniffed[0]

    @cached_property
    def is_table(self) -> bool:
        """A file called .csv is a table even with one column; another must look like one."""
        extension = self.request.extension
        if extension in ("csv", *_TABS_EXTENSIONS):
            return True
        stripped = self.decoded.text.strip()
        several = "\n" in stripped or "\r" in stripped
        surely = self.delimiter is not None and self._sniffed[1] == 1.0 and several
        return surely and (extension != "txt" or self.delimiter == "\t")

    @cached_property
    def _sniffed(self) -> tuple[str | None, float]:
        text = self.decoded.text
        if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS and text[5:6] in ("\r", "\n"):
            return text[4], 1.0  # how Excel is told the delimiter
        return sniff(text, "\t" if self.request.extension in _TABS_EXTENSIONS else None)


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Args:
        name: What `Sheet.format` says.
        label: For a person.
        extensions: What such files are called, without the dot.
        recognises: Whether a file is of this kind.
        read: Reads it.
    """

    name: str
    label: str
    extensions: tuple[str, ...]
    recognises: Callable[[File], bool]
    read: Callable[[File], Grid]


def parse(request: Request) -> Grid:
    """The table in a file; a pure function.

    Raises:
        ReadError: If it is no table; says what it is, or what is wrong on which line.
        LimitError: If it is larger than `limits` allows.
    """
    LIMITS["upload_bytes"].check(len(request.content), "The size of the file")
    if not request.content:
        raise ReadError(f"The file must hold text, got an empty file: {shown(request.name)}.")
    file = File(request)
    grid = next(row for row in FORMATS.values() if row.recognises(file)).read(file)
    claimed = next((f for f in FORMATS.values() if request.extension in f.extensions), None)
    if claimed is None or claimed.read is FORMATS[grid.format].read:
        return grid
    note = f"The file is called .{request.extension} but was read as {FORMATS[grid.format].label}."
    return replace(grid, notes=(note, *grid.notes))


def _read_table(file: File) -> Grid:
    decoded, delimiter = file.decoded, file.delimiter
    text = decoded.text
    if not text.strip(_NO_TEXT):
        raise ReadError("The file must hold text, got only delimiters and quotation marks.")
    if text[:4].lower() == "sep=" and delimiter == text[4:5]:
        text = text[5:]
    read = read_delimited(text, delimiter, file.request.header)
    names, name_notes = unique_names(read.names)
    values = zip(*read.rows, strict=True)
    columns = tuple(text_column(column, name) for column, name in zip(values, names, strict=True))
    notes = (*decoded.notes, *read.notes, *name_notes)
    if delimiter in (";", "|"):
        notes = (f"Fields are separated by a {DELIMITERS[delimiter]}.", *notes)
    kind = "tsv" if delimiter == "\t" else "csv"
    return with_all_vectors(Grid(names, columns, kind, decoded.encoding, notes))


def _read_json(file: File) -> Grid:
    read = read_json(file.decoded.text)
    names, name_notes = unique_names(read.names)
    notes = (*file.decoded.notes, *read.notes, *name_notes)
    encoding = file.decoded.encoding
    return with_all_vectors(Grid(names, read.columns, "jsonl", encoding, notes, read.vectors))


def _read_lines(file: File) -> Grid:
    decoded = file.decoded
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip()]
    name = lines.pop(0).strip() if file.request.header and len(lines) > 1 else "text"
    check_rows(len(lines))
    return Grid((name,), (text_column(lines, name),), "txt", decoded.encoding, decoded.notes)


_ROWS = (
    Format(
        name="parquet",
        label="Parquet",
        extensions=("parquet", "pq"),
        recognises=lambda file: file.request.content.startswith(b"PAR1"),
        read=lambda file: read_parquet(file.request),
    ),
    Format(
        name="npy",
        label="a NumPy array",
        extensions=("npy",),
        recognises=lambda file: file.request.content.startswith(b"\x93NUMPY"),
        read=lambda file: read_npy(file.request),
    ),
    Format(
        name="numbers",
        label="vectors, one a line",
        extensions=("vec",),
        recognises=lambda file: not file.request.header and looks_like_vectors(file.decoded.text),
        read=lambda file: read_number_lines(
            file.decoded.text, file.decoded.encoding, file.decoded.notes
        ),
    ),
    Format(
        name="jsonl",
        label="JSON",
        extensions=_JSON_EXTENSIONS,
        recognises=lambda file: looks_like_json(
            file.decoded.text, hinted=file.request.extension in _JSON_EXTENSIONS
        ),
        read=_read_json,
    ),
    Format(
        name="tsv",
        label="columns separated by tabs",
        extensions=_TABS_EXTENSIONS,
        recognises=lambda file: file.is_table and file.delimiter == "\t",
        read=_read_table,
    ),
    Format(
        name="csv",
        label="CSV",
        extensions=("csv",),
        recognises=lambda file: file.is_table,
        read=_read_table,
    ),
    Format(
        name="txt",
        label="one text a line",
        extensions=("txt", "text"),
        recognises=lambda _: True,
        read=_read_lines,
    ),
)

FORMATS: Table[Format] = Table("format", {row.name: row for row in _ROWS})
