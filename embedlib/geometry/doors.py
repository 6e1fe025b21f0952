"""Checks at the door of every measure; one function a kind of argument, each error in words."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import OptionError, shown

Doubles = NDArray[np.float64]
_AXES = {1: "(dim,)", 2: "(text, dim)", 3: "(layer, text, dim)"}


def checked(vectors: Any, what: str = "The vectors", n_axes: int = 2) -> Doubles:
    """`vectors` in float64, in which sums of squares neither overflow nor lose a tie.

    Args:
        vectors: Real numbers with `n_axes` axes, the last at least 1 long.
        what: The argument's name in the error.
        n_axes: 1 for (dim,), 2 for (text, dim), 3 for (layer, text, dim).

    Raises:
        OptionError: If they are not numbers, have another shape, or hold NaN or infinity.
    """
    array = np.asarray(vectors)
    if array.dtype.kind not in "fiu":
        raise OptionError(
            f"{what} must be real numbers, got {array.dtype}.",
            "Pass the array that `Vectors.select` gives.",
        )
    if array.ndim != n_axes or array.shape[-1] == 0:
        raise OptionError(
            f"{what} must have the shape {_AXES[n_axes]} with at least one dimension, "
            f"got {array.shape}.",
            "Pass the array that `Vectors.select` gives.",
        )
    doubles = array.astype(np.float64)
    finite = np.isfinite(doubles).all(axis=-1)
    if not finite.all():
        row = tuple(int(i) for i in np.argwhere(~np.atleast_1d(finite))[0])
        bad = np.atleast_2d(doubles)[row]
        value = bad[~np.isfinite(bad)][0]
        raise OptionError(
            f"{what} must be finite numbers, got {value} in row {', '.join(map(str, row))}.",
            "Leave the row out, or embed its text again.",
        )
    return doubles


def check_count(number: Any, least: int, most: int, what: str) -> int:
    """`number` as an int.

    Raises:
        OptionError: If it is no whole number from `least` to `most`.
    """
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or not least <= number <= most:
        raise OptionError(
            f"{what} must be a whole number from {least} to {most}, got {shown(number)}."
        )
    return int(number)


def check_labels(labels: Any, n_texts: int, what: str = "text") -> tuple[str, ...]:
    """`labels` as strings, one a `what`.

    Raises:
        OptionError: If their number is not `n_texts`, or one is no string.
    """
    listed = tuple(labels)
    if len(listed) != n_texts:
        raise OptionError(
            f"There must be one label a {what}, got {len(listed)} labels for {n_texts} {what}s.",
            'Give "" to a text without a label.',
        )
    wrong = next((label for label in listed if not isinstance(label, str)), None)
    if wrong is not None or None in listed:
        raise OptionError(
            f"Every label must be a string, got {shown(wrong)}.",
            'Give "" to a text without a label.',
        )
    return tuple(str(label) for label in listed)
