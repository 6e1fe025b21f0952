"""Batches: windows of like length together, as many as a budget of tokens allows.

Where all windows of a batch are equally long nothing is padded, and no attention mask is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.records import Bools, Longs, Tokens

if TYPE_CHECKING:
    import torch

# Measured on two cores: activations of about a thousand tokens stay in the processor's cache;
# at 16,000 tokens a batch the same texts take a third longer.
CPU_TOKENS: Final = 1024
_BYTES_A_TOKEN: Final = 64  # activations of a token, in hidden vectors of one layer
_MOST_GPU_TOKENS: Final = 2**18


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows that go through the model together.

    Args:
        windows: (window,) their numbers in `Tokens`.
        ids: (window, token) vocabulary ids, padded on the right.
        real: (window, token) True where a token is real.
        pooled: (window, token) True where a token is pooled.
    """

    windows: Longs
    ids: Longs
    real: Bools
    pooled: Bools


def token_budget(device: "torch.device", dim: int, element_bytes: int) -> int:
    """Tokens, padding included, that a batch may have on `device`."""
    import torch

    if device.type != "cuda":
        return CPU_TOKENS
    free_bytes, _ = torch.cuda.mem_get_info(device)
    room = int(free_bytes * 0.5) // (_BYTES_A_TOKEN * dim * element_bytes)
    return max(CPU_TOKENS, min(room, _MOST_GPU_TOKENS))


def by_length(lengths: Longs) -> Longs:
    """Window numbers, the longest first, equal ones in order."""
    return np.argsort(-lengths, kind="stable")


def next_size(sorted_lengths: Longs, start: int, budget: int) -> int:
    """How many windows from `start` on make the next batch.

    A batch ends where the budget is full, and at a change of length once it is half full: a small
    batch costs less than padding does.

    Args:
        sorted_lengths: Descending.
        start: The first window of the batch, which is always in it.
        budget: Tokens, padding included.
    """
    longest = int(sorted_lengths[start])
    most = max(1, budget // longest)
    found = sorted_lengths[start : start + most]
    equal = int(np.searchsorted(-found, -longest, side="right"))
    if 2 * equal * longest >= budget:
        return equal
    half = -(-budget // (2 * longest))
    if len(found) <= half:
        return len(found)
    # Half full of mixed lengths: go on to the end of the length that stands there.
    return int(np.searchsorted(-found, -int(found[half - 1]), side="right"))


def batch_of(tokens: Tokens, pooled: Bools, windows: Longs, padding: int) -> Batch:
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


def batches(lengths: Longs, budget: int) -> Iterator[Longs]:
    """All windows as batches of a fixed budget: (window,) numbers each; for inspection and tests."""
    order = by_length(lengths)
    start = 0
    while start < len(order):
        size = next_size(lengths[order], start, budget)
        yield order[start : start + size]
        start += size
