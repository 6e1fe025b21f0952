"""What passes between the readers of formats: the request, and columns of equal length with notes.

A reader is a function (Request) -> Grid; see `formats.FORMATS`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from embedlib.errors import LimitError, shown
from embedlib.limits import LIMITS
from embedlib.records import Floats

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_LINES_TOLD = 5


@dataclass(frozen=True)
class Request:
    """One file to read, and what a person said about it.

    Args:
        content: The whole file.
        name: Its name, for its extension and for errors; never opened.
        header: Whether the first line holds column names; None to judge by the content.
        encoding: A name in `decoding.CODECS`; None to judge.
    """

    content: bytes
    name: str
    header: bool | None = None
    encoding: str | None = None

    @property
    def extension(self) -> str:
        """In lower case without the dot: "csv"."""
        return PurePosixPath(self.name.lower()).suffix.lstrip(".")


@dataclass(frozen=True, eq=False)
class Grid:
    """Columns of equal length.

    Args:
        names: Unique and not empty.
        columns: An Arrow array for each name.
        format: A name in FORMATS.
        encoding: As in `Sheet`.
        notes: As in `Sheet`.
        vectors: Name to (row, dim) float32, finite.
    """

    names: tuple[str, ...]
    columns: tuple["pa.Array", ...]
    format: str
    encoding: str
    notes: tuple[str, ...] = ()
    vectors: Mapping[str, Floats] = field(default_factory=dict)


def text_column(values: Sequence[str | None], name: str) -> "pa.Array":
    """An Arrow column of texts.

    Raises:
        LimitError: If a text is too long; names its row, counted from 1.
    """
    import pyarrow as pa

    bound = LIMITS["text_characters"].value
    if max((len(value) for value in values if value is not None), default=0) > bound:
        row = next(i for i, value in enumerate(values) if value is not None and len(value) > bound)
        where = f"Row {row + 1:,} of column {shown(name)}"
        LIMITS["text_characters"].check(len(values[row] or ""), where)
    return pa.array(values, pa.large_string())


def check_columns(n_columns: int) -> None:
    """Refuse too many columns, those of numbered dimensions included.

    Raises:
        LimitError: Names the number and the bound.
    """
    LIMITS["wide_columns"].check(n_columns, "The width of the file")


def check_rows(n_rows: int) -> None:
    """Refuse too many rows; called while they are read, so the true number is not known.

    Raises:
        LimitError: Names the bound.
    """
    limit = LIMITS["rows"]
    if n_rows > limit.value:
        raise LimitError(
            f"The file must have at most {limit.value:,} rows, got more.",
            f"Split it, or set {limit.variable} to raise the bound.",
        )


def check_cells(n_cells: int) -> None:
    """Refuse too many fields; called while they are read, so the true number is not known.

    Raises:
        LimitError: Names the bound.
    """
    limit = LIMITS["cells"]
    if n_cells > limit.value:
        raise LimitError(
            f"The file must have at most {limit.value:,} fields, got more.",
            f"Leave out columns, or set {limit.variable} to raise the bound.",
        )


def unique_names(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names made unique and not empty, with notes on what was changed.

    >>> unique_names(["text", "", "text"])[0]
    ('text', 'column_2', 'text (2)')
    """
    stripped = [name.strip() for name in names]
    taken = set(stripped)
    result: list[str] = []
    seen: set[str] = set()
    doubled: dict[str, None] = {}
    n_empty = 0
    for number, name in enumerate(stripped, 1):
        unique = name or f"column_{number}"
        n_empty += not name
        if unique in seen or (not name and unique in taken):
            doubled |= {unique: None} if name else {}
            candidates = (f"{unique} ({i})" for i in count(2))
            unique = next(c for c in candidates if c not in seen and c not in taken)
        seen.add(unique)
        result.append(unique)
    notes = [f"Several columns are called {shown(name)}: they were numbered." for name in doubled]
    if n_empty:
        verb = "1 column has" if n_empty == 1 else f"{n_empty:,} columns have"
        notes.append(f"{verb} no name: named by position.")
    return tuple(result), tuple(notes)


def told_lines(lines: Sequence[int]) -> str:
    """Line numbers for a note: "lines 3, 8 and 2 more"."""
    first = ", ".join(f"{line:,}" for line in lines[:_MOST_LINES_TOLD])
    rest = f" and {len(lines) - _MOST_LINES_TOLD:,} more" if len(lines) > _MOST_LINES_TOLD else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {first}{rest}"
