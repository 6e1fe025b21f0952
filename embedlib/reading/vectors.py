"""Ready-made vectors in files: NumPy arrays, tables of numbers, and columns that hold vectors.

A column counts as vectors when every cell holds equally many numbers; a further way to write a
vector in a cell is a case of `_CELL`. Whatever is wrong with a vector is said with its row.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import ReadError, shown
from embedlib.limits import LIMITS
from embedlib.reading.grid import Grid, Request, check_rows
from embedlib.records import Floats

if TYPE_CHECKING:
    import pyarrow as pa

ROW_COLUMN = "row"
VECTORS = "vectors"  # what vectors are called that come without a name
_NUMBER = r"[+-]?(?>(?>\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)"
_APART = r"(?>\s*[,;]\s*|\s+)"
_CELL = re.compile(rf"\s*([\[(]?)\s*{_NUMBER}((?:{_APART}{_NUMBER})*)\s*[\])]?\s*", re.A | re.I)
_TO_SPACES = str.maketrans("[](),;", "      ")
_LEAST_BARE = 8  # numbers in a cell without brackets: "12 34" is no vector
_LEAST_WITH_TABS = 3
_LEAST_BRACKETED = 2
_SAMPLE = 40  # cells that a column is judged by
_MOST_ODD = 0.1  # share of them that may be something else before it is no column of vectors
_REAL = re.compile(r"[<>|=]?(f[248]|[iu][1248])")
_MOST_HEAD = 10_000  # bytes
_HINT = "Write each vector with as many finite numbers as the others."


@dataclass(frozen=True)
class Unusable:
    """Why a column that seems to hold vectors gives none, in words without its name."""

    why: str


def vectors_of_cells(cells: Sequence[str | None]) -> Floats | Unusable | None:
    """Vectors written as text, a cell each: "[0.1, 0.2]", or eight or more numbers and spaces.

    Returns:
        (row, dim) float32; what is wrong where most cells are vectors and one is not; None where
        the column seems to be something else.
    """
    first = [cell for cell in cells[: 4 * _SAMPLE] if cell and cell.strip()][:_SAMPLE]
    n_odd = sum(not _is_vector(cell) for cell in first)
    if not first or n_odd > _MOST_ODD * len(first):
        return None
    return _parsed([cell or "" for cell in cells], "row")


def vectors_of_lists(column: "pa.ChunkedArray") -> Floats | Unusable | None:
    """Vectors in a Parquet column of lists; None where it holds lists of something else.

    Returns:
        (row, dim) float32, or what is wrong.
    """
    import pyarrow as pa

    array = column.combine_chunks()
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    kind = array.type.value_type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return None
    lengths = array.value_lengths().to_numpy(zero_copy_only=False)
    missing = np.flatnonzero(~np.asarray(array.is_valid()))
    if len(missing):
        return Unusable(f"row {missing[0] + 1:,} has none")
    odd = np.flatnonzero(lengths != lengths[0])
    if len(odd):
        return Unusable(
            f"row {odd[0] + 1:,} has {lengths[odd[0]]:,} numbers and row 1 has {lengths[0]:,}"
        )
    flat = array.flatten()
    if flat.null_count:
        place = int(np.flatnonzero(~np.asarray(flat.is_valid()))[0])
        return Unusable(f"row {place // lengths[0] + 1:,} lacks a number")
    numbers = flat.to_numpy(zero_copy_only=False)
    return finite(numbers.reshape(len(array), int(lengths[0])), "row")


def with_vectors(grid: Grid) -> Grid:
    """`grid` with its text columns that hold vectors taken out and made vectors.

    A grid that has no column left gets one that numbers the rows.
    """
    import pyarrow as pa

    kept: dict[str, pa.Array] = {}
    found: dict[str, Floats] = {}
    notes = list(grid.notes)
    for name, column in zip(grid.names, grid.columns, strict=True):
        cells = column.to_pylist() if _may_hold_vectors(column) else []
        vectors = vectors_of_cells(cells) if cells else None
        if isinstance(vectors, Unusable):
            notes.append(unusable_note(name, vectors))
        if isinstance(vectors, np.ndarray):
            found[name] = vectors
            notes.append(vectors_note(name, vectors))
        else:
            kept[name] = column
    if not found:
        return replace(grid, notes=tuple(notes))
    kept = kept or {ROW_COLUMN: numbered(len(next(iter(found.values()))))}
    return replace(
        grid,
        names=tuple(kept),
        columns=tuple(kept.values()),
        vectors=dict(grid.vectors) | found,
        notes=tuple(notes),
    )


def read_npy(request: Request) -> Grid:
    """A NumPy array of (row, dim) numbers; nothing in it is ever unpickled.

    Raises:
        ReadError: If it is damaged, no matrix of real numbers, or a number is not finite.
        LimitError: If it has too many rows or dimensions.
    """
    shape, fortran, kind, start = _npy_head(request)
    check_rows(shape[0])
    check_dimensions(shape[1])
    n_bytes = shape[0] * shape[1] * kind.itemsize
    body = request.content[start : start + n_bytes]
    if len(body) < n_bytes:
        raise ReadError(
            f"The NumPy file must be whole, got {len(body):,} of {n_bytes:,} bytes of numbers."
        )
    numbers = np.frombuffer(body, dtype=kind)
    return _alone(numbers.reshape(shape, order="F" if fortran else "C"), "npy", "binary", ())


def looks_like_vectors(text: str) -> bool:
    """Whether the first lines are nothing but numbers, many a line or some apart by tabs."""
    lines = [line for line in text[:200_000].splitlines()[: _SAMPLE + 1] if line.strip()]
    if len(text) > 200_000 and len(lines) > 1:
        lines.pop()  # it may have been cut in a number
    return bool(lines) and all(
        _count(line) >= (_LEAST_WITH_TABS if "\t" in line else _LEAST_BARE) for line in lines
    )


def read_number_lines(text: str, encoding: str, notes: tuple[str, ...]) -> Grid:
    """A vector a line, numbers apart by tabs, commas or spaces, without column names.

    Raises:
        ReadError: If a line has other than numbers, or not as many; names it.
        LimitError: If there are too many lines or dimensions.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and _is_count(lines[0].translate(_TO_SPACES).split()):
        del lines[0]
        notes = (*notes, "The first line counts the dimensions: it is no vector.")
    check_rows(len(lines))
    numbers = _parsed(lines, "line")
    if isinstance(numbers, Unusable):
        raise ReadError(f"The vectors must be finite numbers of one length: {numbers.why}.", _HINT)
    return _alone(numbers, "numbers", encoding, notes)


def check_dimensions(n_dims: int) -> None:
    """Refuse vectors with too many dimensions.

    Raises:
        LimitError: Names the number and the bound.
    """
    LIMITS["vector_dimensions"].check(n_dims, "The number of dimensions")


def numbered(n_rows: int) -> "pa.Array":
    """Names for rows that have no text: "Row 1", "Row 2", ..."""
    import pyarrow as pa

    return pa.array([f"Row {row}" for row in range(1, n_rows + 1)], pa.large_string())


def vectors_note(name: str, vectors: Floats) -> str:
    """What a person should know about vectors that were found."""
    return f"{shown(name)} holds ready-made vectors of {vectors.shape[1]:,} dimensions."


def unusable_note(name: str, reason: Unusable) -> str:
    """What a person should know about vectors that cannot be used."""
    return f"{shown(name)} seems to hold vectors but cannot be used as such: {reason.why}."


def packed(vectors: Mapping[str, Floats]) -> "dict[str, pa.Array]":
    """Vectors as Arrow columns, in order."""
    import pyarrow as pa

    return {
        name: pa.FixedSizeListArray.from_arrays(pa.array(array.ravel()), array.shape[1])
        for name, array in vectors.items()
    }


def unpacked(columns: "Mapping[str, pa.ChunkedArray]") -> dict[str, Floats]:
    """What `packed` made, read-only.

    Raises:
        ValueError: If a column is none of `packed`.
    """
    vectors = {}
    for name, column in columns.items():
        array = vectors_of_lists(column)
        if not isinstance(array, np.ndarray):
            raise ValueError(name)
        array.setflags(write=False)
        vectors[name] = array
    return vectors


def _alone(numbers: NDArray[Any], kind: str, encoding: str, notes: tuple[str, ...]) -> Grid:
    """A grid of vectors and nothing else but the numbers of their rows."""
    vectors = finite(numbers, "row")
    if isinstance(vectors, Unusable):
        raise ReadError(f"The vectors must be finite numbers: {vectors.why}.", _HINT)
    told = "There are vectors and no texts: the rows are numbered."
    columns = (numbered(len(vectors)),)
    return Grid((ROW_COLUMN,), columns, kind, encoding, (*notes, told), {VECTORS: vectors})


def _npy_head(request: Request) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether columns come first, number format, and where the numbers begin.

    Source: numpy.lib.format, the versions 1 to 3 of the NPY format; read here without numpy's
    reader, which evaluates any number format and reserves the memory that the header promises.
    """
    content = request.content
    wide = content[6:7] != b"\x01"  # from version 2 on the length has four bytes
    start = 12 if wide else 10
    n_head = int.from_bytes(content[8:start], "little")
    try:
        head = ast.literal_eval(content[start : start + min(n_head, _MOST_HEAD)].decode().strip())
        kind, fortran, shape = head["descr"], bool(head["fortran_order"]), tuple(head["shape"])
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError):
        raise ReadError(
            f"The NumPy file must be whole and readable, got {shown(request.name)}.",
            "Write it again with numpy.save.",
        ) from None
    if not (isinstance(kind, str) and _REAL.fullmatch(kind)):
        raise ReadError(
            f"The NumPy file must hold real numbers, got {shown(kind)}.", "Save it as float32."
        )
    if len(shape) != 2 or not all(isinstance(n, int) and 0 < n < 2**40 for n in shape):
        raise ReadError(
            f"The NumPy file must hold one vector a row, (rows, dimensions), got the shape {shape}."
        )
    return shape, fortran, np.dtype(kind), start + n_head


def _may_hold_vectors(column: "pa.Array") -> bool:
    """Whether the beginning of a column is worth a look; most are not, and are not listed."""
    import pyarrow as pa

    if not pa.types.is_large_string(column.type):
        return False
    first = column.slice(0, 4 * _SAMPLE).to_pylist()
    return any(cell and _is_vector(cell) for cell in first)


def _is_vector(cell: str) -> bool:
    least = _LEAST_BRACKETED if cell.lstrip()[:1] in ("[", "(") else _LEAST_BARE
    return _count(cell) >= least


def _is_count(cells: Sequence[str]) -> bool:
    """Whether these count from 0 or 1 on, as pandas names columns that have no names."""
    return any(
        all(cell == str(number) for number, cell in enumerate(cells, first)) for first in (0, 1)
    )


def _count(cell: str) -> int:
    """How many numbers a cell holds, 0 where it holds anything else."""
    return len(cell.translate(_TO_SPACES).split()) if _CELL.fullmatch(cell) else 0


def _parsed(cells: Sequence[str], unit: str) -> Floats | Unusable:
    """(row, dim) the numbers of each cell, all as many as in the first."""
    width = len(cells[0].translate(_TO_SPACES).split())
    check_dimensions(width)
    numbers = np.empty((len(cells), width), dtype=np.float64)
    for row, cell in enumerate(cells):
        parts = cell.translate(_TO_SPACES).split()
        if len(parts) != width:
            where = f"{unit} {row + 1:,} has {len(parts):,} numbers"
            return Unusable(f"{where} and {unit} 1 has {width:,}")
        try:
            numbers[row] = [float(part) for part in parts]
        except ValueError:
            return Unusable(f"{unit} {row + 1:,} has something that is no number")
    return finite(numbers, unit)


def finite(numbers: NDArray[Any], unit: str) -> Floats | Unusable:
    """As float32, unless there is no dimension, or a number that is not finite."""
    if 0 in numbers.shape:
        return Unusable(f"{unit} 1 has no numbers")
    check_dimensions(numbers.shape[1])
    with np.errstate(over="ignore"):
        floats: Floats = np.ascontiguousarray(numbers, dtype=np.float32)
    bad = np.flatnonzero(~np.isfinite(floats).all(axis=1))
    if len(bad):
        values = numbers[bad[0]]
        value = values[~np.isfinite(floats[bad[0]])][0]
        return Unusable(f"{unit} {bad[0] + 1:,} has {value}, which is not finite")
    return floats
