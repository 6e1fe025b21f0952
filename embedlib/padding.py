"""Batch: some windows as arrays of equal length, padded on the right where they differ."""

from dataclasses import dataclass

import numpy as np

from embedlib.records import Bools, Longs, Tokens


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows that go through the model together.

    Args:
        windows: (window,) their numbers in `Tokens`.
        ids: (window, token) vocabulary ids.
        real: (window, token) True where a token is real.
        pooled: (window, token) True where a token is pooled.
    """

    windows: Longs
    ids: Longs
    real: Bools
    pooled: Bools


def padded(tokens: Tokens, pooled: Bools, windows: Longs, padding: int) -> Batch:
    """The arrays of some windows.

    Args:
        tokens: All tokens.
        pooled: (token,) what is pooled.
        windows: (window,) which windows.
        padding: The id that fills short rows; never read.
    """
    starts = tokens.bounds[windows]
    sizes = tokens.bounds[windows + 1] - starts
    columns = np.arange(int(sizes.max()))
    real = columns < sizes[:, None]
    source = np.where(real, starts[:, None] + columns, 0)
    ids = np.where(real, tokens.ids[source], padding).astype(np.int64)
    return Batch(windows, ids, real, pooled[source] & real)
