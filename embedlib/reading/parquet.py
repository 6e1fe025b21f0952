"""Parquet to columns: flat texts, numbers, booleans, dates, and vectors; nested ones stay out.

Which Arrow types are kept, and as what, is `_as_column`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embedlib.errors import ReadError, shown
from embedlib.limits import LIMITS
from embedlib.reading.grid import Grid, Request, check_columns, check_rows, unique_names
from embedlib.reading.vectors import (
    ROW_COLUMN,
    Unusable,
    numbered,
    unusable_note,
    vectors_note,
    vectors_of_lists,
)
from embedlib.reading.wide import with_all_vectors
from embedlib.records import Floats

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_HINT = "Write it again, or save it as CSV."


def read_parquet(request: Request) -> Grid:
    """The flat columns of a Parquet file.

    Raises:
        ReadError: If it is damaged, or has no flat column.
        LimitError: If it has too many rows or columns, or too long a text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(request.content), arrow_extensions_enabled=False)
        return _grid(file)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, MemoryError):
            raise
        raise ReadError(
            f"The Parquet file must be whole and readable, got {shown(request.name)}.", _HINT
        ) from None


def _grid(file: "pq.ParquetFile") -> Grid:
    schema, n_rows = file.schema_arrow, file.metadata.num_rows
    check_rows(n_rows)
    flat = [j for j, field in enumerate(schema) if _is_flat(field.type)]
    check_columns(len(flat))
    if not n_rows:
        raise ReadError("The Parquet file must have rows, got none.", _HINT)
    leaves = _leaf_positions(schema)
    columns, unread, notes = _flat_columns(file, [leaves[j] for j in flat])
    vectors, vector_notes = _vectors(file, leaves)
    if not columns and vectors:
        columns = {ROW_COLUMN: numbered(n_rows)}
    if not columns:
        raise ReadError("The Parquet file must have a column of text or numbers, got none.", _HINT)
    nested = [schema.names[j] for j in range(len(schema)) if j not in flat]
    left_out = [*(name for name in nested if name not in vectors), *unread]
    if left_out:
        told = ", ".join(map(shown, left_out[:5])) + (" and others" if len(left_out) > 5 else "")
        notes = (*notes, f"Left out {told}: only texts, numbers, dates and vectors are read.")
    names, arrays = tuple(columns), tuple(columns.values())
    notes = (*notes, *vector_notes)
    return with_all_vectors(Grid(names, arrays, "parquet", "binary", notes, vectors))


def _flat_columns(
    file: "pq.ParquetFile", leaves: Sequence[int]
) -> "tuple[dict[str, pa.Array], list[str], tuple[str, ...]]":
    """The columns of texts, numbers and dates, names of those that hold bytes, and notes."""
    table = file.reader.read_all(list(leaves), use_threads=False)
    LIMITS["sheet_bytes"].check(table.nbytes, "The file's table in memory")
    table.validate(full=True)  # among others, that texts are UTF-8
    names, notes = unique_names(table.column_names)
    columns, unread = {}, []
    for name, column in zip(names, table.columns, strict=True):
        array = _as_column(column, name)
        if array is None:
            unread.append(name)
        else:
            columns[name] = array
    return columns, unread, notes


def _vectors(
    file: "pq.ParquetFile", leaves: Sequence[int]
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """The columns of lists that hold vectors, and notes on these and on those that nearly do."""
    schema = file.schema_arrow
    found: dict[str, Floats] = {}
    notes = []
    for name, field, leaf in zip(schema.names, schema, leaves, strict=True):
        if not _is_list_of_numbers(field.type) or schema.names.count(name) > 1:
            continue
        table = file.reader.read_all([leaf], use_threads=False)
        LIMITS["sheet_bytes"].check(table.nbytes, f"The vectors in {shown(name)}")
        table.validate(full=True)
        vectors = vectors_of_lists(table.column(0))
        if isinstance(vectors, Unusable):
            notes.append(unusable_note(name, vectors))
        elif vectors is not None:
            found[name] = vectors
            notes.append(vectors_note(name, vectors))
    return found, tuple(notes)


def _is_list_of_numbers(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    types = pa.types
    if not (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)):
        return False
    return bool(types.is_floating(kind.value_type) or types.is_integer(kind.value_type))


def _is_flat(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return not (pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType))


def _leaf_positions(schema: "pa.Schema") -> list[int]:
    """Where each column begins among the leaves, which is how Parquet counts columns."""
    positions, total = [], 0
    for field in schema:
        positions.append(total)
        total += _n_leaves(field.type)
    return positions


def _n_leaves(kind: "pa.DataType") -> int:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return _n_leaves(kind.storage_type)
    if pa.types.is_nested(kind):
        return sum(_n_leaves(kind.field(j).type) for j in range(kind.num_fields))
    return 1


def _as_column(column: "pa.ChunkedArray", name: str) -> "pa.Array | None":
    """The column in one piece, as a type that pandas holds without loss; None if there is none."""
    import pyarrow as pa

    types = pa.types
    kind = column.type
    if types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if types.is_uint64(kind) or types.is_boolean(kind) or types.is_timestamp(kind):
        target = kind
    elif types.is_integer(kind):
        target = pa.int64()
    elif types.is_floating(kind):
        target = pa.float64()
    elif types.is_date(kind):
        target = pa.date32()
    else:
        target = pa.large_string()
    try:
        array = column.cast(target).combine_chunks()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None  # bytes that are no text
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    _check_lengths(array, name)
    return array


def _check_lengths(array: "pa.Array", name: str) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_large_string(array.type):
        lengths = pc.utf8_length(array)
        longest = pc.max(lengths).as_py() or 0
        if longest > LIMITS["text_characters"].value:
            row = pc.index(lengths, longest).as_py()
            LIMITS["text_characters"].check(longest, f"Row {row + 1:,} of column {shown(name)}")
