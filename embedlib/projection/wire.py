"""The records of a projection as bytes and back: JSON for what is small, raw numbers for arrays.

A new record is one name in RECORDS. Nothing here can run code, whatever the bytes say.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

from embedlib.projection.layers import LayerProjections
from embedlib.projection.placing import Placement
from embedlib.projection.records import Honesty, Neighbours, Projection, Scores
from embedlib.projection.stability import Stability

RECORDS: Final = {
    record.__name__: record
    for record in (
        Honesty,
        LayerProjections,
        Neighbours,
        Placement,
        Projection,
        Scores,
        Stability,
    )
}
_PLAIN = (str, bool, int, float, type(None))


def packed(value: Any) -> list[bytes | memoryview]:
    """`value` as parts to be written one after the other: numbers, texts, arrays, records."""
    arrays: list[np.ndarray[Any, Any]] = []
    head = json.dumps(_described(value, arrays)).encode()
    parts: list[bytes | memoryview] = [len(head).to_bytes(8, "little"), head]
    for array in arrays:
        parts.append(array.reshape(-1).view(np.uint8).data)
    return parts


def unpacked(content: bytes) -> Any:
    """What `packed` was given; arrays are read-only."""
    start = 8 + int.from_bytes(content[:8], "little")
    return _restored(json.loads(content[8:start]), memoryview(content)[start:], [0])


def _described(value: Any, arrays: list[Any]) -> Any:
    """JSON for `value`; its arrays go into `arrays`."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        arrays.append(np.ascontiguousarray(value))
        return {"array": value.dtype.str, "shape": value.shape}
    if hasattr(value, "tolist"):  # numpy's numbers and texts, a Series
        return _described(value.tolist(), arrays)
    if is_dataclass(value) and type(value).__name__ in RECORDS:
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        return {"record": type(value).__name__, "fields": _described(held, arrays)}
    if isinstance(value, Mapping):
        return {"mapping": {str(key): _described(item, arrays) for key, item in value.items()}}
    kind = "list" if isinstance(value, list) else "tuple"
    return {kind: [_described(item, arrays) for item in value]}


def _restored(described: Any, content: memoryview, used: list[int]) -> Any:
    """What was described; arrays are taken from `content` from byte `used[0]`."""
    if isinstance(described, _PLAIN):
        return described
    if "array" in described:
        dtype, shape = np.dtype(described["array"]), described["shape"]
        count = int(np.prod(shape))
        array = np.frombuffer(content, dtype, count, used[0]) if count else np.empty(0, dtype)
        used[0] += count * dtype.itemsize
        return array.reshape(shape)
    if "mapping" in described:
        return {key: _restored(item, content, used) for key, item in described["mapping"].items()}
    if "record" in described:
        return RECORDS[described["record"]](**_restored(described["fields"], content, used))
    ((kind, held),) = described.items()
    items = [_restored(item, content, used) for item in held]
    return items if kind == "list" else tuple(items)
