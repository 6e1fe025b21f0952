"""Frames: what travels between a resident and its child: a line of JSON and so many bytes."""

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any

Part = bytes | memoryview


def write_frame(stream: IO[bytes], head: Mapping[str, Any], parts: Sequence[Part]) -> None:
    """Write a line of JSON with the number of bytes that follow, then these."""
    n_bytes = sum(len(memoryview(part).cast("B")) for part in parts)
    stream.write(json.dumps({**head, "bytes": n_bytes}).encode() + b"\n")
    for part in parts:
        stream.write(part)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """What `write_frame` wrote; None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    body = stream.read(head["bytes"])
    return (head, body) if len(body) == head["bytes"] else None
