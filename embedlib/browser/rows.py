"""rows: row numbers packed small for the way to the browser and back; `rows.js` does the same.

A set of rows is either a bit a row, or the steps from each row to the next in as few bytes as the
largest step takes: whichever is shorter. A million rows take 125 KB at most, however many are
chosen.
"""

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from embedlib.records import Longs

_STEPS = {"u1": 2**8, "u2": 2**16, "u4": 2**32}


def packed_rows(rows: ArrayLike, n_rows: int) -> dict[str, str]:
    """Rows as plain JSON values.

    Args:
        rows: Different numbers from 0 to `n_rows` - 1, in any order.
        n_rows: How many rows there are.

    >>> packed_rows([1, 2, 9], 16)
    {'kind': 'bits', 'rows': 'BgI='}
    """
    chosen = np.unique(np.asarray(rows, dtype=np.int64))
    steps = np.diff(chosen, prepend=0)
    largest = int(steps.max()) if len(steps) else 0
    kind = next(name for name, bound in _STEPS.items() if largest < bound)
    raw = steps.astype(f"<{kind}").tobytes()
    if (n_rows + 7) // 8 <= len(raw):
        bits = np.zeros(n_rows, np.bool_)
        bits[chosen] = True
        kind, raw = "bits", np.packbits(bits, bitorder="little").tobytes()
    return {"kind": kind, "rows": base64.b64encode(raw).decode("ascii")}


def unpacked_rows(sent: Any, n_rows: int) -> Longs | None:
    """The rows that a browser sent, ascending; None for anything that is no set of rows.

    Args:
        sent: What `packed_rows` gives; not trusted.
        n_rows: How many rows there are.

    >>> unpacked_rows({"kind": "u1", "rows": "AQEH"}, 16)
    array([1, 2, 9])
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("rows"), str):
        return None
    try:
        raw = base64.b64decode(sent["rows"], validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = sent.get("kind")
    if kind == "bits":
        return _of_bits(raw, n_rows)
    if not isinstance(kind, str) or kind not in _STEPS:
        return None
    if len(raw) % int(kind[1]) or len(raw) > 4 * n_rows:
        return None
    steps = np.frombuffer(raw, f"<{kind}").astype(np.int64)
    rows = steps.cumsum()
    if len(rows) and (not steps[1:].all() or rows[-1] >= n_rows):
        return None
    return rows


def _of_bits(raw: bytes, n_rows: int) -> Longs | None:
    if len(raw) != (n_rows + 7) // 8:
        return None
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    return None if bits[n_rows:].any() else np.flatnonzero(bits[:n_rows])
