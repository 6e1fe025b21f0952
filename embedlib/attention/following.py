"""follow: one token through all layers, what it looks at and who looks at it, as it is shown."""

from dataclasses import dataclass

import numpy as np

from embedlib.attention.filters import Shown
from embedlib.errors import OptionError
from embedlib.errors import shown as quoted
from embedlib.records import Floats


@dataclass(frozen=True, eq=False)
class Followed:
    """A token, or a word, in every layer.

    Args:
        row: The row of `Shown` that was followed.
        head: The head, from 0, or None for the mean of all heads.
        looks_at: (layer, row) float32, what it attends to.
        looked_at: (layer, row) float32, how much each row attends to it.
    """

    row: int
    head: int | None
    looks_at: Floats
    looked_at: Floats


def follow(maps: Shown, row: int, head: int | None = None) -> Followed:
    """What a token attends to in each layer, and how much of each token's attention it receives.

    Args:
        maps: The maps after the filters, so that the numbers are those of the picture.
        row: A row of them.
        head: The same head in every layer, from 0; None for the mean over heads. Heads of
            different layers have nothing in common but their number.

    Raises:
        OptionError: If there is no such row or head.
    """
    n_heads, n_rows = maps.values.shape[1:3]
    row = _number(row, n_rows, "The token")
    heads = slice(None) if head is None else [_number(head, n_heads, "The head")]
    chosen = maps.values[:, heads]
    return Followed(
        row,
        head,
        looks_at=np.asarray(chosen[:, :, row, :].mean(axis=1)),
        looked_at=np.asarray(chosen[:, :, :, row].mean(axis=1)),
    )


def _number(number: int, n: int, what: str) -> int:
    if not 0 <= number < n:
        raise OptionError(f"{what} must be a number from 0 to {n - 1}, got {quoted(number)}.")
    return number
