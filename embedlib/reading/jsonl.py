"""JSONL and JSON: one object or string a line, or an array of them, to typed columns.

How a JSON value becomes a cell is `_cell_type`; a further type is a branch there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from embedlib.errors import ReadError, shown
from embedlib.limits import LIMITS
from embedlib.reading.characters import without_surrogates
from embedlib.reading.grid import check_columns, check_rows, text_column
from embedlib.reading.vectors import (
    ROW_COLUMN,
    Unusable,
    numbered,
    unusable_note,
    vectors_note,
    vectors_of_lists,
)
from embedlib.records import Floats

if TYPE_CHECKING:
    import pyarrow as pa

_HINT = 'Each line must be an object such as {"text": "..."}, or a string.'
_INTEGER_BOUND = 2**63
_EXACT_IN_FLOAT = 2**53  # larger whole numbers would change in a column of fractions
_SPACE = re.compile(r"[ \t\r\n]*")
_KINDS = {list: "a list", bool: "true or false", int: "a number", float: "a number"}


@dataclass(frozen=True)
class JsonTable:
    """Names (not yet unique), a column for each, notes, and the fields that hold vectors."""

    names: tuple[str, ...]
    columns: tuple["pa.Array", ...]
    notes: tuple[str, ...]
    vectors: Mapping[str, Floats]


def looks_like_json(text: str, *, hinted: bool) -> bool:
    """Whether `text` is JSON: its first line is an object, or the whole is one or an array.

    Args:
        text: The file.
        hinted: Whether the file is called .json, .jsonl or .ndjson; then strings count too, and
            what is not quite JSON is an error rather than text.
    """
    start = text.lstrip()
    if hinted:
        return start[:1] in ("{", "[", '"')
    if start.startswith("{"):
        return _is_json(start.split("\n", 1)[0]) or _is_json(start)
    return start.startswith("[") and start[1:].lstrip()[:1] in ("{", '"') and _is_json(start)


def read_json(text: str) -> JsonTable:
    """The records of `text`; a key that a record lacks is null there.

    Raises:
        ReadError: If something is not JSON, or not a record; names the line or the record.
        LimitError: If there are too many rows, columns or characters.
    """
    parser = _Parser()
    columns = _collect(parser.records(text))
    nested = [name for name, values in columns.items() if any(map(_is_nested, values))]
    kept = {name: values for name, values in columns.items() if name not in nested}
    vectors, notes = _vectors({name: columns[name] for name in nested})
    if not kept and not vectors:
        raise ReadError("The JSON must have a field that is text or a number, got none.", _HINT)
    left_out = [name for name in nested if name not in vectors]
    if left_out:
        told = ", ".join(map(shown, left_out[:5]))
        notes.append(f"Left out {told}: lists and objects are no columns.")
    if parser.n_replaced:
        notes.append(f"Half characters (lone surrogates) became \ufffd: {parser.n_replaced:,}.")
    if parser.n_doubled:
        notes.append(f"A field comes twice in {parser.n_doubled:,} records: the last was read.")
    arrays = {name: _column(values, name) for name, values in kept.items()}
    arrays = arrays or {ROW_COLUMN: numbered(len(next(iter(columns.values()))))}
    return JsonTable(tuple(arrays), tuple(arrays.values()), tuple(notes), vectors)


class _Parser:
    """JSON's own rules, made strict about what they would lose."""

    def __init__(self) -> None:
        self.n_replaced = 0
        self.n_doubled = 0
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=lambda name: None if name == "NaN" else name,
        )

    def records(self, text: str) -> Iterator[dict[str, Any]]:
        start = text.lstrip()
        if start.startswith("["):
            yield from self._array(text)
        elif start.startswith("{") and not _is_json(start.split("\n", 1)[0]) and _is_json(start):
            yield self._record(self._decode_line(text, 1), "The JSON")
        else:
            for number, line in enumerate(text.split("\n"), 1):
                if line.strip():
                    yield self._record(self._decode_line(line, number), f"Line {number:,}")

    def _array(self, text: str) -> Iterator[dict[str, Any]]:
        """One record after the other, so that what is no array of records is refused at once."""
        position = _after_space(text, text.index("[") + 1)
        number = 0
        while text[position : position + 1] != "]":
            value, position = self._decode(text, 1, position)
            number += 1
            yield self._record(value, f"Record {number:,}")
            position = _after_space(text, position)
            if text[position : position + 1] == ",":
                position = _after_space(text, position + 1)
            elif text[position : position + 1] != "]":
                raise ReadError(f"Record {number:,} must be followed by a comma or bracket.", _HINT)
        if text[position + 1 :].strip():
            raise ReadError("The array must be all that the file holds, got more after it.", _HINT)

    def _decode_line(self, line: str, number: int) -> Any:
        value, end = self._decode(line.strip(), number, 0)
        if end < len(line.strip()):
            raise ReadError(f"Line {number:,} must be one JSON value, got more after it.", _HINT)
        return value

    def _decode(self, text: str, line: int, position: int) -> tuple[Any, int]:
        """The value at `position`, and where it ends; `line` is where `text` begins."""
        try:
            return self._decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            where = f"Line {line + error.lineno - 1:,}"
            reason = error.msg[:1].lower() + error.msg[1:]
            raise ReadError(f"{where} must be JSON, got an error: {reason}.", _HINT) from None
        except RecursionError:
            raise ReadError(f"Line {line:,} is nested too deeply to be read.", _HINT) from None

    def _record(self, value: Any, where: str) -> dict[str, Any]:
        if isinstance(value, str):
            return {"text": self._storable(value)}
        if isinstance(value, dict):
            return value
        kind = _KINDS.get(type(value), "nothing")
        raise ReadError(f"{where} must be an object or a string, got {kind}.", _HINT)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = {
            self._storable(key): self._storable(value) if isinstance(value, str) else value
            for key, value in pairs
        }
        self.n_doubled += len(record) < len(pairs)
        return record

    def _storable(self, text: str) -> str:
        replaced = without_surrogates(text)
        self.n_replaced += replaced != text
        return replaced


def _collect(records: Iterator[dict[str, Any]]) -> dict[str, list[Any]]:
    """Columns of equal length, in the order in which their names come up."""
    columns: dict[str, list[Any]] = {}
    n_rows, most_rows = 0, LIMITS["rows"].value
    for record in records:
        for name, value in record.items():
            if name not in columns:
                columns[name] = []
                check_columns(len(columns))
            column = columns[name]
            column.extend([None] * (n_rows - len(column)))
            column.append(value)
        n_rows += 1
        if n_rows > most_rows:
            check_rows(n_rows)
    if not n_rows:
        raise ReadError("The JSON must hold records, got none.", _HINT)
    for column in columns.values():
        column.extend([None] * (n_rows - len(column)))
    return columns


def _vectors(nested: dict[str, list[Any]]) -> tuple[dict[str, Floats], list[str]]:
    """The fields of lists that hold vectors, and notes on these and on those that nearly do."""
    import pyarrow as pa

    found: dict[str, Floats] = {}
    notes: list[str] = []
    for name, values in nested.items():
        if not all(value is None or _is_list_of_numbers(value) for value in values):
            continue
        try:
            column = pa.chunked_array([pa.array(values, pa.large_list(pa.float64()))])
        except OverflowError:
            continue
        vectors = vectors_of_lists(column)
        if isinstance(vectors, Unusable):
            notes.append(unusable_note(name, vectors))
        elif vectors is not None:
            found[name] = vectors
            notes.append(vectors_note(name, vectors))
    return found, notes


def _column(values: list[Any], name: str) -> "pa.Array":
    import pyarrow as pa

    kind = _cell_type(values)
    if kind is str:
        spelled = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
        return text_column(spelled, name)
    types = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    return pa.array(values, types[kind])


def _cell_type(values: list[Any]) -> type:
    """The type that holds every value exactly; text when there is no other."""
    types = {type(value) for value in values if value is not None}
    if len(types) == 1:
        return types.pop()
    if types == {int, float}:
        whole = (value for value in values if isinstance(value, int))
        if all(abs(value) <= _EXACT_IN_FLOAT for value in whole):
            return float
    return str


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _integer(text: str) -> int | str:
    if len(text) > 20:  # Python refuses to convert thousands of digits
        return text
    value = int(text)
    return value if -_INTEGER_BOUND <= value < _INTEGER_BOUND else text


def _fraction(text: str) -> float | str:
    value = float(text)
    return value if isfinite(value) else text


def _is_nested(value: object) -> bool:
    return isinstance(value, list | dict)


def _is_list_of_numbers(value: object) -> bool:
    """Two or more numbers, or nothing in place of one; true and false are no numbers."""
    return (
        isinstance(value, list)
        and len(value) > 1
        and {type(one) for one in value} <= {int, float, type(None)}
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return False
    return True
