"""text_bytes: many texts in a bounded number of bytes, each cut at the same length where it must.

The browser finds the text of a row by its offsets, and decodes it only when it is pointed at.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_BYTES = 1_200  # more does not fit into what hovering shows
SHORTEST_BYTES = 24  # less says nothing: then rather fewer texts


def text_bytes(
    texts: Sequence[str], most_bytes: int
) -> tuple[dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Header and arrays: UTF-8 bytes one after another, and where each text begins.

    Args:
        texts: The texts; characters that UTF-8 does not have become "?".
        most_bytes: Bound on all bytes together.

    Returns:
        A header with `cut_bytes` (the length that longer texts were cut to), `n_cut` and `n_told`
        (how many texts have their words here; those after are left out), and the arrays `text`,
        `offsets` (told + 1,) and `cut`: the bits of the rows that were cut, the lowest bit first.
    """
    # The longest character takes four bytes, so nothing beyond is needed.
    raws = [text[: LONGEST_BYTES + 1].encode("utf-8", "replace") for text in texts]
    lengths = np.fromiter(map(len, raws), np.int64, len(raws))
    cut_bytes = _cut(lengths, most_bytes)
    n_told = int(np.searchsorted(np.minimum(lengths, cut_bytes).cumsum(), most_bytes, "right"))
    is_cut = (lengths > cut_bytes)[:n_told]
    for row in np.flatnonzero(is_cut).tolist():
        raws[row] = _head(raws[row], cut_bytes)
    told = raws[:n_told]
    offsets = np.cumsum([0, *map(len, told)]).astype("<u4")
    header = {"cut_bytes": cut_bytes, "n_cut": int(is_cut.sum()), "n_told": n_told}
    arrays: dict[str, NDArray[np.generic]] = {
        "offsets": offsets,
        "cut": np.packbits(is_cut, bitorder="little"),
        "text": np.frombuffer(b"".join(told), np.uint8),
    }
    return header, arrays


def _cut(lengths: NDArray[np.int64], most_bytes: int) -> int:
    """The largest length to which longer texts are cut so that all fit."""
    low, high = SHORTEST_BYTES, LONGEST_BYTES
    while low < high:
        middle = (low + high + 1) // 2
        fits = int(np.minimum(lengths, middle).sum()) <= most_bytes
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _head(raw: bytes, n_bytes: int) -> bytes:
    """At most `n_bytes` of `raw`, ending after a whole character."""
    end = n_bytes
    while end and raw[end] & 0xC0 == 0x80:
        end -= 1
    return raw[:end]
