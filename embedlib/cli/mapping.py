"""What `embedlib map` reads and writes: a folder of vectors in, a Parquet file and its card out."""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.cli import folder
from embedlib.errors import OptionError, ReadError, StoreError, shown
from embedlib.exporting.columns import unique_names
from embedlib.projection import Projection
from embedlib.projection.card import facts
from embedlib.records import Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = "embedlib map 1"
_AXES: Final = ("x", "y", "z")
_LISTS: Final = {"cut_rows", "left_out_source_rows", "request"}  # of the folder, not of the map


@dataclass(frozen=True, eq=False)
class Source:
    """One layer and pooling of a folder of vectors.

    Args:
        manifest: What the folder says of itself.
        rows: The rows of the texts, in order.
        vectors: (text, dim) float32, in the same order.
        layer: Its number.
        pooling: Its name.
    """

    manifest: dict[str, Any]
    rows: "pa.Table"
    vectors: Floats
    layer: int
    pooling: str

    def labels(self, column: str) -> list[str]:
        """One text a row: the values of a column, "" where there is none.

        Raises:
            OptionError: If there is no such column.
        """
        if column not in self.rows.column_names:
            names = ", ".join(map(shown, self.rows.column_names[:10]))
            raise OptionError(f"--labels must be a column, got {shown(column)}.", f"Try {names}.")
        values = self.rows.column(column).to_pylist()
        return ["" if value is None else str(value) for value in values]

    def card(self, made: Projection, labels: str | None) -> dict[str, Any]:
        """Everything that decided the file's numbers."""
        vectors = {name: value for name, value in self.manifest.items() if name not in _LISTS}
        return {
            "format": FORMAT,
            **facts(made),
            "layer": self.layer,
            "pooling": self.pooling,
            "labels": labels,
            "vectors": vectors,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def open_source(path: Path, layer: int | None, pooling: str | None) -> Source:
    """One layer and pooling of the folder at `path`.

    Raises:
        ReadError: If it is no folder of vectors, or its files do not agree.
        OptionError: If it does not hold that layer or pooling.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    where, manifest = shown(str(path), 200), folder.vectors_manifest(path)
    try:
        arrays = np.load(path / folder.ARRAY, mmap_mode="r", allow_pickle=False)
        with (path / folder.ROWS).open("rb") as file:
            rows = pq.read_table(file)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise ReadError(f"The folder {where} cannot be read: {error}.", "Embed again.") from None
    if list(arrays.shape) != manifest.get("shape") or rows.num_rows != arrays.shape[2]:
        raise ReadError(
            f"The files of {where} must belong together, got an array of shape {arrays.shape} "
            f"and {rows.num_rows} rows.",
            "Embed again.",
        )
    pooling = manifest["poolings"][0] if pooling is None else pooling
    layer = manifest["layers"][-1] if layer is None else layer
    where_pooling = _place(pooling, manifest["poolings"], "pooling")
    where_layer = _place(layer, manifest["layers"], "layer")
    return Source(manifest, rows, arrays[where_pooling, where_layer], layer, pooling)


def check_outputs(target: Path, *, force: bool) -> None:
    """Refuse files that may not be written, before any work is done.

    Raises:
        OptionError: If the file or its card exists and `force` is not given, or is a folder.
    """
    if target.suffix != ".parquet":
        raise OptionError(f"--out must end in .parquet, got {shown(target.name)}.")
    for path in (target, target.with_suffix(".json")):
        if path.is_dir():
            raise OptionError(f"--out must be a file, but {shown(str(path), 200)} is a folder.")
        if path.exists() and not force:
            raise OptionError(
                f"{shown(str(path), 200)} exists.",
                "Replace it with --force, or choose another with --out.",
            )


def map_columns(source: Source, made: Projection) -> "pa.Table":
    """All columns of the rows, then points, then each point's honesty (null if not measured)."""
    import pyarrow as pa

    added: dict[str, pa.Array] = {
        axis: pa.array(column) for axis, column in zip(_AXES, made.points.T, strict=False)
    }
    if made.honesty is not None:
        judged = made.honesty
        columns: dict[str, Ints | Floats] = {
            "true_neighbours_kept": judged.kept,
            "true_neighbours_torn": judged.torn,
            "false_neighbours": judged.false,
            "trustworthiness": judged.point_trustworthiness,
            "continuity": judged.point_continuity,
        }
        for name, values in columns.items():
            whole = judged.over_all_points(values)
            kind = pa.int32() if values.dtype.kind == "i" else pa.float32()
            added[name] = pa.array(whole, mask=np.isnan(whole)).cast(kind)
    rows = source.rows.rename_columns(unique_names(source.rows.column_names, added))
    for name, column in added.items():
        rows = rows.append_column(name, column)
    return rows


def write_map(target: Path, table: "pa.Table", card: dict[str, Any]) -> None:
    """Write the table with the card inside, and the card beside it; both whole or not at all.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    import pyarrow.parquet as pq

    text = json.dumps(card, indent=2, allow_nan=False)
    kept = {**(table.schema.metadata or {}), b"embedlib": text.encode("ascii")}
    hidden = target.with_name(f".{target.stem[:100]}.{uuid.uuid4().hex}")
    beside = hidden.with_suffix(".json")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with hidden.open("wb") as file:  # Arrow itself takes only paths that are UTF-8
            pq.write_table(table.replace_schema_metadata(kept), file, compression="zstd")
        beside.write_text(text + "\n", "ascii")
        os.replace(hidden, target)  # noqa: PTH105 - says that it replaces
        os.replace(beside, target.with_suffix(".json"))  # noqa: PTH105
    except OSError as error:
        raise StoreError(
            f"{shown(str(target), 200)} cannot be written: {error.strerror or error}.",
            "Free some space or choose another file with --out.",
        ) from error
    finally:
        for path in (hidden, beside):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _place(wanted: Any, names: list[Any], what: str) -> int:
    if wanted not in names:
        raise OptionError(
            f"--{what} must be one of {', '.join(map(str, names))}, got {shown(wanted)}.",
            f"Embed again for another {what}.",
        )
    return names.index(wanted)
