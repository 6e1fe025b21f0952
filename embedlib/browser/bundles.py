"""bundles: arrays and a JSON header in one run of bytes, which `bundle.js` reads in the browser.

Layout, little-endian: header length (uint32), JSON header, spaces, then the arrays, each beginning
at a multiple of eight bytes. `header["arrays"]` lists name, kind, first byte and number of values.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import OptionError

# The kinds that JavaScript has a typed array for.
KINDS = ("i1", "u1", "i2", "u2", "i4", "u4", "f4")


@dataclass(frozen=True, eq=False)
class Bundle:
    """Bytes for the browser.

    Args:
        content: The bytes.
        digest: Their hash, 32 hex digits.
    """

    content: bytes
    digest: str


def bundle(header: Mapping[str, Any], arrays: Mapping[str, NDArray[np.generic]]) -> Bundle:
    """A header and named arrays as bytes.

    Args:
        header: Plain JSON values; "arrays" is added.
        arrays: Of the kinds in `KINDS`, any shape; the browser gets them flat, in C order.

    Raises:
        OptionError: If an array is of another kind.
    """
    listed, parts, start = [], [], 0
    for name, array in arrays.items():
        kind = array.dtype.newbyteorder("<").str[1:]
        if kind not in KINDS:
            raise OptionError(f"An array must be one of {', '.join(KINDS)}, got {array.dtype}.")
        raw = np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
        listed.append([name, kind, start, array.size])
        parts += [raw, bytes(-len(raw) % 8)]
        start += len(raw) + -len(raw) % 8
    encoded = json.dumps({**header, "arrays": listed}).encode()
    encoded += b" " * (-(len(encoded) + 4) % 8)
    content = b"".join([struct.pack("<I", len(encoded)), encoded, *parts])
    return Bundle(content, hashlib.blake2b(content, digest_size=16).hexdigest())
