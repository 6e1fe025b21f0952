"""Files to Sheets: the parent's side, which never parses a person's bytes itself."""

import os
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from embedlib.errors import ReadError, WorkerError, shown
from embedlib.limits import LIMITS
from embedlib.reading.characters import marks
from embedlib.reading.grid import Request
from embedlib.reading.vectors import ROW_COLUMN, VECTORS
from embedlib.reading.wire import ask, unpack
from embedlib.records import Sheet
from embedlib.workers import Bounds, call

_ONE_THREAD = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # asks for no more address space than it uses
}
_LONGEST_NAME = 200
_PAIR_HINT = "Open a table, or a table and its vectors (NPY, or a TSV of numbers)."


def read_sheet(
    content: bytes,
    name: str,
    *,
    header: bool | None = None,
    encoding: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sheet:
    """What a file holds: TXT, CSV, TSV, JSONL, JSON or Parquet, judged by its content.

    Args:
        content: The whole file.
        name: What it is called; shown, and its extension is a hint. Never opened.
        header: Whether the first line holds column names; None to judge.
        encoding: A name in `decoding.CODECS`; None to judge.
        cancelled: Asked while the file is read; True stops it.

    Raises:
        ReadError: If it is no table; says what it is, or what is wrong on which line.
        LimitError: If it is larger than `limits` allows.
        WorkerError: If reading it crashed, or took too long or too much memory.
        Cancelled: If `cancelled` said so.
    """
    LIMITS["upload_bytes"].check(len(content), "The size of the file")
    name = display_name(name)
    bounds = Bounds(
        wall_seconds=LIMITS["read_wall_seconds"].value,
        cpu_seconds=LIMITS["read_seconds"].value,
        memory_bytes=LIMITS["read_memory_bytes"].value,
        reply_bytes=2 * LIMITS["sheet_bytes"].value,
    )
    what = f"Reading {shown(name)}"
    if not _places().acquire(timeout=bounds.wall_seconds):
        raise WorkerError(f"{what} had to wait too long for other files.", "Try again.")
    try:
        reply = call(
            "embedlib.reading.child",
            ask(Request(content, name, header, encoding)),
            what=what,
            bounds=bounds,
            variables=_ONE_THREAD,
            cancelled=cancelled,
        )
    finally:
        _places().release()
    return unpack(reply, name)


def read_file(
    path: str | os.PathLike[str], *, header: bool | None = None, encoding: str | None = None
) -> Sheet:
    """`read_sheet` for a file on disk, whose size is checked before it is opened.

    Raises:
        ReadError: If it is not there, not a plain file, or may not be read; else as `read_sheet`.
        LimitError: If it is larger than `limits` allows.
    """
    file = Path(path)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(f"The input must be a plain file, got {shown(str(path))}.")
        LIMITS["upload_bytes"].check(status.st_size, f"The size of {shown(file.name)}")
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        what = f"The input must be a file that can be read, got {shown(str(path))}"
        raise ReadError(f"{what}: {reason}.") from None
    return read_sheet(content, file.name, header=header, encoding=encoding)


def read_sheets(
    files: Sequence[tuple[bytes, str]],
    *,
    header: bool | None = None,
    encoding: str | None = None,
) -> Sheet:
    """One file as `read_sheet`, or a table and the vectors of its rows in a second file.

    The vectors may be a NumPy array or, as the TensorBoard projector has it, a table of numbers
    without column names; which file is which is judged by the content. Of two files that do not
    go together the last is read, with a note.

    Args:
        files: (content, name) of one or two files, in any order.
        header: Whether the table's first line holds column names; None to judge, by the number
            of vectors where that says more.
        encoding: As in `read_sheet`.

    Raises:
        ReadError: If there are more files, or not as many vectors as rows.
        EmbedlibError: As `read_sheet`.
    """
    if not 1 <= len(files) <= 2:
        raise ReadError(f"There must be one file or two, got {len(files)}.", _PAIR_HINT)
    sheets = [read_sheet(*file, header=header, encoding=encoding) for file in files]
    alone = [sheet.columns == (ROW_COLUMN,) and len(sheet.vectors) == 1 for sheet in sheets]
    if len(sheets) == 1:
        return sheets[0]
    if alone.count(True) != 1:
        told = f"{shown(sheets[0].name)} is not used: only a table and its vectors go together."
        return replace(sheets[1], notes=(*sheets[1].notes, told))
    place = alone.index(False)
    table, vectors = sheets[place], sheets[1 - place]
    off = len(vectors.frame) - len(table.frame)
    if header is None and off in (-1, 1):  # a first row that was taken for names, or was not
        table = read_sheet(*files[place], header=off == -1, encoding=encoding)
    return _joined(table, vectors)


def _joined(table: Sheet, vectors: Sheet) -> Sheet:
    """The table with the vectors of a file of their own, under a name that the table has not.

    Raises:
        ReadError: If there are not as many vectors as rows.
    """
    n_vectors, n_rows = len(vectors.frame), len(table.frame)
    if n_vectors != n_rows:
        raise ReadError(
            f"There must be a vector a row, got {n_vectors:,} vectors in {shown(vectors.name)} "
            f"for {n_rows:,} rows in {shown(table.name)}.",
            _PAIR_HINT,
        )
    (array,) = vectors.vectors.values()
    names = (VECTORS, *(f"{VECTORS} ({number})" for number in range(2, 1_000)))
    name = next(name for name in names if name not in {*table.columns, *table.vectors})
    told = f"The vectors of the rows come from {shown(vectors.name)}."
    found = {**table.vectors, name: array}
    return replace(table, vectors=found, notes=(*table.notes, told))


def display_name(name: str) -> str:
    """A file's name as it may be shown: no folders, nothing invisible, not too long.

    >>> display_name("../../etc/pass\\u202ewd.csv")
    'passwd.csv'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    hidden = {position for position, _ in marks(last)}
    shown_part = "".join(c for i, c in enumerate(last) if i not in hidden and c.isprintable())
    return shown_part[-_LONGEST_NAME:].strip() or "file"


@cache
def _places() -> threading.BoundedSemaphore:
    """How many files may be read at once; each may take `read_memory_bytes`."""
    return threading.BoundedSemaphore(LIMITS["running_jobs"].value)
