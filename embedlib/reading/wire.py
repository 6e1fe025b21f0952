"""What travels between the parent and the child that parses: a request, and an Arrow stream.

A further field of a request is one of `Request`, packed by `ask` and taken apart by `reply_of`.
"""

import json
from typing import TYPE_CHECKING

from embedlib.errors import WorkerError, shown
from embedlib.limits import LIMITS
from embedlib.reading.formats import parse
from embedlib.reading.grid import Grid, Request
from embedlib.reading.vectors import packed, unpacked
from embedlib.records import Sheet

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_META = b"embedlib"  # where the schema holds format, encoding and notes, as JSON


def ask(request: Request) -> bytes:
    """A request as bytes, for `reply_of`."""
    fields = {"name": request.name, "header": request.header, "encoding": request.encoding}
    return json.dumps(fields).encode() + b"\n" + request.content


def reply_of(asked: bytes) -> bytes:
    """Parse what `ask` packed; give an Arrow stream.

    Raises:
        ReadError: If the file is no table.
        LimitError: If it is larger than `limits` allows.
    """
    end = asked.index(b"\n")
    return pack(parse(Request(content=asked[end + 1 :], **json.loads(asked[:end]))))


def pack(grid: Grid) -> bytes:
    """A grid as an Arrow stream with one batch.

    Raises:
        LimitError: If it is larger than `limits` allows.
    """
    import pyarrow as pa

    vectors = packed(grid.vectors)  # the last columns
    meta = {
        "format": grid.format,
        "encoding": grid.encoding,
        "notes": grid.notes,
        "n_vectors": len(vectors),
    }
    arrays = [*grid.columns, *vectors.values()]
    batch = pa.record_batch(arrays, names=[*grid.names, *vectors])
    LIMITS["sheet_bytes"].check(batch.nbytes, "The file's table in memory")
    batch = batch.replace_schema_metadata({_META: json.dumps(meta).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def unpack(reply: bytes, name: str) -> Sheet:
    """The Sheet in an Arrow stream of `child.pack`.

    Raises:
        WorkerError: If it is none.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(reply) as stream:
            table = stream.read_all()
        table.validate(full=True)
        meta = json.loads(table.schema.metadata[_META])
        notes = tuple(map(str, meta["notes"]))
        n_flat = table.num_columns - int(meta["n_vectors"])
        vectors = unpacked(
            dict(zip(table.column_names[n_flat:], table.columns[n_flat:], strict=True))
        )
        frame = _frame(table.select(range(n_flat)))
        return Sheet(name, frame, str(meta["format"]), str(meta["encoding"]), notes, vectors)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        raise WorkerError(f"Reading {shown(name)} gave no table.", "Try another file.") from None


def _frame(table: "pa.Table") -> "pd.DataFrame":
    """A data frame; whole numbers with gaps stay whole."""
    import pandas as pd
    import pyarrow as pa

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        whole = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
        mapper = whole.get if column.null_count else None
        columns[name] = column.to_pandas(types_mapper=mapper)
    return pd.DataFrame(columns)
