"""The files that vectors can be saved as; a new format is one function and one row of EXPORTS."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.exporting.archive import zipped
from embedlib.exporting.columns import input_columns, text_columns
from embedlib.limits import LIMITS
from embedlib.records import Corpus, Floats
from embedlib.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

Card = Mapping[str, Any]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LINE_BREAKS = dict.fromkeys(map(ord, "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")


@dataclass(frozen=True)
class Export:
    """A format for vectors.

    Args:
        name: The row's name.
        label: For choosers.
        help: One sentence: what it holds and who reads it.
        extension: Of the file's name, with the dot.
        mime: The media type, for a browser's download.
        value_bytes: About how many bytes one number takes.
        function: (vectors (text, dim) float32, corpus, card) to the file's bytes.
    """

    name: str
    label: str
    help: str
    extension: str
    mime: str
    value_bytes: int
    function: Callable[[Floats, Corpus, Card], bytes]

    def write(self, vectors: Floats, corpus: Corpus, card: Card) -> bytes:
        """The file's content; the same input gives the same bytes.

        Args:
            vectors: (text, dim) float32, in the order of `corpus`.
            corpus: The texts and the columns that came with them.
            card: What `exporting.card` gives.

        Raises:
            OptionError: If `vectors` is not one row a text.
            LimitError: If the file would be larger than LIMITS["export_bytes"].
        """
        if vectors.ndim != 2 or len(vectors) != len(corpus):
            raise OptionError(
                f"vectors must be of shape ({len(corpus)}, dim), one row a text, "
                f"got {vectors.shape}."
            )
        LIMITS["export_bytes"].check(vectors.size * self.value_bytes, f"An export as {self.label}")
        return self.function(np.ascontiguousarray(vectors, np.float32), corpus, card)

    def file_name(self, stem: str) -> str:
        """A name for the file: letters, digits, dot, dash and underscore of `stem` only.

        >>> EXPORTS["npy"].file_name("../my data")
        'my-data.npy.zip'
        """
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in stem)
        return (safe.strip(".-")[:80] or "vectors") + self.extension


def _csv(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    names = [f"dim_{number}" for number in range(vectors.shape[1])]
    return csv_bytes(text_columns(corpus, set(names)) | _dims(vectors, names))


def _csv_spreadsheet(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    """As CSV, but no cell of text and no header starts a formula (CVE-2021-41270: ' and not TAB).

    The byte order mark makes spreadsheets read it as UTF-8.
    """
    names = [f"dim_{number}" for number in range(vectors.shape[1])]
    columns = text_columns(corpus, set(names), harmless) | _dims(vectors, names)
    return b"\xef\xbb\xbf" + csv_bytes(columns)


def _parquet(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = pa.array(vectors.reshape(-1))
    vector = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
    table = pa.table(input_columns(corpus, {"vector"}) | {"vector": vector})
    table = table.replace_schema_metadata({"embedlib": json.dumps(card)})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _npy(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    array = io.BytesIO()
    np.save(array, vectors, allow_pickle=False)
    return zipped(
        {
            "vectors.npy": array.getvalue(),
            "rows.csv": csv_bytes(text_columns(corpus)),
            "card.json": json.dumps(card, indent=2).encode(),
        }
    )


def _safetensors(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    """One tensor, `vectors`; each fact of the card is one string of the metadata.

    Written here, because the package orders the metadata anew in each process. Source: the
    format's README: header length as 8 bytes, JSON header padded with spaces, the numbers.
    """
    facts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in card.items()}
    facts["texts_digest"] = corpus.digest
    tensor = {"dtype": "F32", "shape": vectors.shape, "data_offsets": [0, vectors.nbytes]}
    header = json.dumps({"__metadata__": facts, "vectors": tensor}).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + vectors.astype("<f4").tobytes()


def _tensorboard(vectors: Floats, corpus: Corpus, card: Card) -> bytes:
    names = [str(number) for number in range(vectors.shape[1])]
    columns = text_columns(corpus, written=_one_line)
    cells = (
        ["" if v is None else str(v) for v in column.to_pylist()] for column in columns.values()
    )
    lines = ["\t".join(row) for row in zip(*cells, strict=True)]
    # The projector skips blank lines and would then lose count.
    lines = [line if line.strip(" \t\ufeff") else "(blank)" + line for line in lines]
    header = ["\t".join(columns)] if len(columns) > 1 else []  # one column must have none
    return zipped(
        {
            "vectors.tsv": csv_bytes(_dims(vectors, names), delimiter="\t", include_header=False),
            "metadata.tsv": "".join(f"{line}\n" for line in header + lines).encode(),
            "projector_config.pbtxt": _projector_config(card).encode("ascii", "replace"),
            "card.json": json.dumps(card, indent=2).encode(),
        }
    )


def _projector_config(card: Card) -> str:
    title = " ".join(str(card.get(key, "")) for key in ("model", "layer", "pooling"))
    return (
        f"embeddings {{\n  tensor_name: {json.dumps(title)}\n"
        '  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}\n'
    )


def _dims(vectors: Floats, names: list[str]) -> "dict[str, pa.Array]":
    import pyarrow as pa

    by_dim = np.ascontiguousarray(vectors.T)  # (dim, text)
    return {name: pa.array(column) for name, column in zip(names, by_dim, strict=True)}


def csv_bytes(columns: "Mapping[str, pa.Array] | pa.Table", **options: Any) -> bytes:
    """Arrow writes the shortest digits that give the same float32 back, as fast as it gets."""
    import pyarrow as pa
    from pyarrow import csv

    buffer = io.BytesIO()
    table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    csv.write_csv(table, buffer, csv.WriteOptions(**options))
    return buffer.getvalue()


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _one_line(text: str) -> str:
    return text.translate(_LINE_BREAKS)


_ROWS = (
    Export(
        "csv",
        "CSV",
        "Every column and dim_0, dim_1, ...; gives the same float32 back.",
        ".csv",
        "text/csv",
        12,
        _csv,
    ),
    Export(
        "csv_spreadsheet",
        "CSV for spreadsheets",
        "As CSV, with a ' before text that Excel or Calc would run as a formula.",
        ".spreadsheet.csv",
        "text/csv",
        12,
        _csv_spreadsheet,
    ),
    Export(
        "parquet",
        "Parquet",
        "Every column and one column `vector`; the card is in its schema.",
        ".parquet",
        "application/vnd.apache.parquet",
        4,
        _parquet,
    ),
    Export(
        "npy",
        "NumPy",
        "A zip of vectors.npy, rows.csv and card.json.",
        ".npy.zip",
        "application/zip",
        4,
        _npy,
    ),
    Export(
        "safetensors",
        "safetensors",
        "The tensor `vectors`; the card is in its metadata.",
        ".safetensors",
        "application/octet-stream",
        4,
        _safetensors,
    ),
    Export(
        "tensorboard",
        "TensorBoard projector",
        "A zip of vectors.tsv and metadata.tsv, as projector.tensorflow.org loads them.",
        ".projector.zip",
        "application/zip",
        12,
        _tensorboard,
    ),
)

EXPORTS: Table[Export] = Table("export", {row.name: row for row in _ROWS})
