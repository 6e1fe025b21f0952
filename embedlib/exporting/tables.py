"""Tables of texts with something about each: coordinates of a map, groups, a selection.

A new format is one function and one row of TABLES.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import OptionError
from embedlib.exporting.columns import input_columns, plain, text_columns, unique_names
from embedlib.exporting.formats import Card, csv_bytes, harmless
from embedlib.records import Corpus
from embedlib.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

Found = Mapping[str, NDArray[Any] | Sequence[str]]


@dataclass(frozen=True)
class TableExport:
    """A format for a table of texts.

    Args:
        name: The row's name.
        label: For choosers.
        help: One sentence: what it holds and who reads it.
        extension: Of the file's name, with the dot.
        mime: The media type, for a browser's download.
        function: (what was found, corpus, card) to the file's bytes.
    """

    name: str
    label: str
    help: str
    extension: str
    mime: str
    function: "Callable[[dict[str, pa.Array], Corpus, Card], bytes]"

    def write(self, found: Found, corpus: Corpus, card: Card) -> bytes:
        """The file's content: what was found, then the columns that came with the texts.

        Args:
            found: Name to (text,) numbers or strings, such as x and y; NaN becomes empty.
            corpus: The texts, in the same order.
            card: What made it.

        Raises:
            OptionError: If a column is not one value a text.
        """
        for name, values in found.items():
            if len(values) != len(corpus):
                raise OptionError(
                    f"The column {name!r} must have {len(corpus)} values, one a text, "
                    f"got {len(values)}."
                )
        return self.function(
            {name: _column(values) for name, values in found.items()}, corpus, card
        )


def _column(values: "NDArray[Any] | Sequence[str]") -> "pa.Array":
    import pyarrow as pa

    if isinstance(values, np.ndarray):
        return pa.array(values, from_pandas=True)
    return pa.array([plain(value) for value in values], pa.large_string())


def _csv(found: "dict[str, pa.Array]", corpus: Corpus, card: Card) -> bytes:
    return csv_bytes(found | text_columns(corpus, set(found)))


def _csv_spreadsheet(found: "dict[str, pa.Array]", corpus: Corpus, card: Card) -> bytes:
    import pyarrow as pa

    names = unique_names(map(harmless, found), ())
    safe = {
        name: pa.array([None if v is None else harmless(v) for v in column.to_pylist()])
        if pa.types.is_large_string(column.type)
        else column
        for name, column in zip(names, found.values(), strict=True)
    }
    return b"\xef\xbb\xbf" + csv_bytes(safe | text_columns(corpus, set(safe), harmless))


def _parquet(found: "dict[str, pa.Array]", corpus: Corpus, card: Card) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(found | input_columns(corpus, set(found)))
    buffer = io.BytesIO()
    table = table.replace_schema_metadata({"embedlib": json.dumps(card)})
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


_ROWS = (
    TableExport(
        "csv",
        "CSV",
        "One row a text; numbers give the same float32 back.",
        ".csv",
        "text/csv",
        _csv,
    ),
    TableExport(
        "csv_spreadsheet",
        "CSV for spreadsheets",
        "As CSV, with a ' before text that Excel or Calc would run as a formula.",
        ".spreadsheet.csv",
        "text/csv",
        _csv_spreadsheet,
    ),
    TableExport(
        "parquet",
        "Parquet",
        "One row a text, types kept; the card is in its schema.",
        ".parquet",
        "application/vnd.apache.parquet",
        _parquet,
    ),
)

TABLES: Table[TableExport] = Table("table format", {row.name: row for row in _ROWS})
