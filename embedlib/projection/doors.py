"""What every projection checks first: numbers, points, labels, seed; each error in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count, check_labels
from embedlib.records import Floats, Ints

_HINT = "Pass the array that `Vectors.select` gives."
_CHECKED_ROWS = 65_536  # at a time, so that the check needs little memory beside the vectors


def checked_vectors(vectors: Any, what: str = "The vectors") -> Floats:
    """`vectors` as (point, dim) float32 in C order; the same array if it is that already.

    Raises:
        OptionError: If they are not real numbers of that shape, are none, or hold NaN, infinity
            or a number that float32 cannot hold; the row is named.
    """
    array = np.asarray(vectors)
    if array.dtype.kind not in "fiu":
        raise OptionError(f"{what} must be real numbers, got {array.dtype}.", _HINT)
    if array.ndim != 2 or 0 in array.shape:
        raise OptionError(
            f"{what} must have the shape (point, dim), both at least 1, got {array.shape}.", _HINT
        )
    with np.errstate(over="ignore"):  # found below, and said with its row
        floats: Floats = np.ascontiguousarray(array, np.float32)
    for start in range(0, len(floats), _CHECKED_ROWS):
        finite = np.isfinite(floats[start : start + _CHECKED_ROWS]).all(axis=1)
        if not finite.all():
            row = start + int(np.flatnonzero(~finite)[0])
            value = array[row][~np.isfinite(floats[row])][0]
            raise OptionError(
                f"{what} must be finite numbers, got {value} in row {row}.",
                "Leave the row out, or embed its text again.",
            )
    return floats


def checked_points(points: Any, n_points: int | None = None) -> Floats:
    """A layout as (point, 2 or 3) float32.

    Raises:
        OptionError: If it is not, or has another number of points than `n_points`.
    """
    floats = checked_vectors(points, "The points")
    if floats.shape[1] not in (1, 2, 3):
        raise OptionError(f"The points must have 1 to 3 dimensions, got {floats.shape[1]}.")
    if n_points is not None and len(floats) != n_points:
        raise OptionError(
            f"There must be one point a vector, got {len(floats)} points for {n_points} vectors.",
            "Pass the points that were made from these vectors.",
        )
    return floats


def checked_seed(seed: Any) -> int:
    """A seed as an int.

    Raises:
        OptionError: If it is no whole number from 0 to 2**32 - 1.
    """
    return check_count(seed, 0, 2**32 - 1, "The seed")


def label_codes(labels: Sequence[str] | None, n_points: int) -> Ints | None:
    """(point,) a number for each label in order of appearance, -1 for ""; None without labels.

    Raises:
        OptionError: If there is not one label a point, or one is no string.
    """
    if labels is None:
        return None
    listed = check_labels(labels, n_points, "vector")
    numbers: dict[str, int] = {}
    for label in listed:
        if label:
            numbers.setdefault(label, len(numbers))
    return np.array([numbers.get(label, -1) for label in listed], np.int32)
