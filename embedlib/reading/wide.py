"""Vectors that are spread over numbered columns, a dimension each: d0 to d383, emb_1 to emb_768.

Names decide what such columns are, and where names leave it open, nothing is guessed: they stay
columns and a note says so. A further word for a dimension is an entry of `_SURELY` or `_PERHAPS`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from embedlib.errors import LimitError, shown
from embedlib.limits import LIMITS
from embedlib.reading.grid import Grid
from embedlib.reading.vectors import (
    ROW_COLUMN,
    VECTORS,
    Unusable,
    check_dimensions,
    finite,
    numbered,
    vectors_note,
    with_vectors,
)
from embedlib.records import Floats

if TYPE_CHECKING:
    import pyarrow as pa

_Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_NUMBERED = re.compile(r"(.*?)[\s._\-\[(]*(\d{1,5})[\])]?", re.S)
_SURELY = frozenset(
    (
        *("dim", "dims", "dimension", "emb", "embed", "embedding", "embeddings"),
        *("vec", "vector", "vectors", "latent", "component"),
    )
)
_PERHAPS = frozenset(("d", "e", "f", "h", "v", "x", "z", "pc", "feat", "feature", "features"))
_LEAST = 8  # fewer numbered columns are left alone: q1 to q5 are no vector
_LEAST_NAMELESS = 32  # of columns whose name says nothing
_OPEN = "may be one vector or columns of their own"
_RENAME = "Call them dim_0, dim_1, ... to have them read as one vector."
_MEND = "Mend that to have them read as one vector."


@dataclass(frozen=True)
class _Family:
    """Columns of one name that are numbered.

    Args:
        name: What stands before the number.
        places: Number to the position of the column.
        first, last: The columns with the least and the greatest number, as they are called.
    """

    name: str
    places: dict[int, int]
    first: str
    last: str
    n_columns: int

    @property
    def words(self) -> str:
        return f"The {self.n_columns:,} columns {shown(self.first)} to {shown(self.last)}"

    @property
    def missing(self) -> int | None:
        """The first number that there is not, beginning from 0 or 1."""
        numbers = sorted(self.places)
        wanted = range(min(1, numbers[0]), numbers[-1] + 1)
        return next((number for number in wanted if number not in self.places), None)

    @property
    def word(self) -> str:
        """The last word of the name in small letters: "embedding" of "Text-Embedding_"."""
        return next(iter(re.findall(r"[a-z]+", self.name.lower())[-1:]), "")


def with_all_vectors(grid: Grid) -> Grid:
    """`grid` with all columns taken out that hold vectors, in whole or a dimension each.

    Raises:
        LimitError: If more columns are left than the limit "columns".
    """
    found = with_vectors(with_wide_vectors(grid))
    LIMITS["columns"].check(len(found.names), "The width of the file")
    return found


def with_wide_vectors(grid: Grid) -> Grid:
    """`grid` with its numbered columns that are one vector taken out and made that vector.

    Raises:
        LimitError: If columns that may be a vector's are not, and are too many to stay.
    """
    notes, found = list(grid.notes), dict(grid.vectors)
    gone: set[int] = set()
    too_wide = len(grid.names) > LIMITS["columns"].value
    for family in _families(grid.names):
        read = _read(family, grid.columns)
        if read is None:
            continue
        if isinstance(read, Unusable):
            hint = _RENAME if read.why == _OPEN else _MEND
            if too_wide:
                raise LimitError(
                    f"The width of the file must be at most {LIMITS['columns'].value} columns, "
                    f"got {len(grid.names):,}. {family.words} {read.why}.",
                    hint,
                )
            notes.append(f"{family.words} {read.why}: they were left as columns. {hint}")
            continue
        called = family.name.strip(" ._-[(") or VECTORS
        name = f"{called} (vector)" if called in {*grid.names, *found} else called
        found[name] = read
        gone |= set(family.places.values())
        notes.append(f"{family.words} were read as one: {vectors_note(name, read)}")
    if not gone:
        return replace(grid, notes=tuple(notes))
    places = [place for place in range(len(grid.names)) if place not in gone]
    kept = {grid.names[place]: grid.columns[place] for place in places}
    kept = kept or {ROW_COLUMN: numbered(len(grid.columns[0]))}
    return replace(
        grid,
        names=tuple(kept),
        columns=tuple(kept.values()),
        vectors=found,
        notes=tuple(notes),
    )


def _families(names: Sequence[str]) -> list[_Family]:
    """Numbered columns of one name, where there are enough of them."""
    by_name: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(names):
        if match := _NUMBERED.fullmatch(name):
            by_name.setdefault(match[1], []).append((int(match[2]), place))
    return [
        _Family(name, dict(found), names[min(found)[1]], names[max(found)[1]], len(found))
        for name, found in by_name.items()
        if len(found) >= _LEAST
    ]


def _read(family: _Family, columns: "Sequence[pa.Array]") -> Floats | Unusable | None:
    """The vector of each row; why it cannot be told; None for columns of something else."""
    numbers = [_numbers(columns[place]) for _, place in sorted(family.places.items())]
    n_odd = sum(one is None for one in numbers)
    if n_odd > len(numbers) / 10:
        return None
    if n_odd:
        return Unusable("seem to be a vector but are not all numbers")
    if len(family.places) < family.n_columns:
        return Unusable("seem to be a vector but have a number twice")
    if family.missing is not None:
        return Unusable(f"seem to be a vector but number {family.missing:,} is missing")
    check_dimensions(len(numbers))
    matrix = np.stack([one for one in numbers if one is not None], axis=1)
    if not _is_vector(family, matrix):
        return Unusable(_OPEN)
    vectors = finite(matrix, "row")
    if isinstance(vectors, Unusable):
        return Unusable(f"seem to be a vector but {vectors.why}")
    return vectors


def _is_vector(family: _Family, matrix: _Numbers) -> bool:
    """Whether names, or many fractions, say that these columns are one vector."""
    if family.word in _SURELY:
        return True
    known = matrix[np.isfinite(matrix)]
    fractions = bool((known != np.floor(known)).any())
    return fractions and (family.word in _PERHAPS or len(family.places) >= _LEAST_NAMELESS)


def _numbers(column: "pa.Array") -> _Numbers | None:
    """(row,) a column's numbers, NaN for what is missing; None where something is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    elif not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return None
    try:
        numbers = column.cast(pa.float64(), safe=False)
    except pa.ArrowInvalid:
        return None
    found: _Numbers = numbers.to_numpy(zero_copy_only=False)
    return found
