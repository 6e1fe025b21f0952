"""vector_strip: the values of one vector, or of a few, as coloured cells with a drawn scale.

The values travel as raw float32 bytes behind a JSON header; a new setting goes into the header.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.browser.marks import runs
from embedlib.browser.pieces import clipped
from embedlib.errors import OptionError
from embedlib.ui.components.front_end import register

MOST_ROWS = 64
MOST_VALUES = 262_144  # 1 MB: more does not fit on a screen at 4 pixels a cell
LONGEST_NAME = 160

_mount = register("vector_strip")


def vector_strip(
    values: NDArray[np.floating],
    *,
    key: str,
    names: Sequence[str] = (),
    limit: float | None = None,
    label: str = "Vector",
) -> None:
    """Show vectors as strips of cells: blue below zero, grey at zero, red above.

    Args:
        values: (dim,) or (row, dim) float32.
        key: Streamlit's key.
        names: (row,) what stands above each strip.
        limit: Value at the ends of the scale, so that two pictures can share one; by default the
            largest absolute value. Values beyond it are drawn in the end colours.
        label: What the picture shows, for people who cannot see it.

    Raises:
        OptionError: If the shape, the number of names or the limit is wrong.
    """
    _mount(key=key, data=strip_payload(values, names=names, limit=limit, label=label))


def strip_payload(
    values: NDArray[np.floating],
    *,
    names: Sequence[str] = (),
    limit: float | None = None,
    label: str = "Vector",
) -> bytes:
    """What the browser gets: header length (uint32), JSON header, padding, float32 values.

    All numbers are little-endian; the values begin at a multiple of four bytes.

    Raises:
        OptionError: If the shape, the number of names or the limit is wrong.
    """
    rows = _rows(values)
    _check(rows, names, limit)
    drawn = rows[: max(1, min(MOST_ROWS, MOST_VALUES // rows.shape[1]))]
    header: dict[str, Any] = {
        "n_rows": drawn.shape[0],
        "dim": drawn.shape[1],
        "n_hidden": rows.shape[0] - drawn.shape[0],
        "names": [runs(clipped(name, LONGEST_NAME)) for name in names[: drawn.shape[0]]],
        "limit": _largest(drawn) if limit is None else float(limit),
        "label": label,
    }
    encoded = json.dumps(header).encode()
    padded = encoded + b" " * (-len(encoded) % 4)
    return struct.pack("<I", len(padded)) + padded + drawn.astype("<f4").tobytes()


def _rows(values: NDArray[np.floating]) -> NDArray[np.float32]:
    found = np.asarray(values)
    if found.ndim not in (1, 2) or found.size == 0 or found.dtype.kind != "f":
        raise OptionError(
            f"The values must be numbers of shape (dim,) or (row, dim), "
            f"got {found.dtype} of shape {found.shape}.",
            "Give one vector, or a few as rows.",
        )
    return np.atleast_2d(found).astype(np.float32, copy=False)


def _check(rows: NDArray[np.float32], names: Sequence[str], limit: float | None) -> None:
    if names and len(names) != len(rows):
        raise OptionError(
            f"The names must be one a row, got {len(names)} names for {len(rows)} rows.",
            "Give a name for each row, or none.",
        )
    if limit is not None and not (np.isfinite(limit) and limit > 0):
        raise OptionError(
            f"The limit must be a finite number above 0, got {limit}.",
            "Leave it out for the largest absolute value.",
        )


def _largest(rows: NDArray[np.float32]) -> float:
    """The largest finite absolute value, 1 where there is none above 0."""
    finite = np.abs(rows[np.isfinite(rows)])
    largest = float(finite.max()) if finite.size else 0.0
    return largest if largest > 0 else 1.0
