"""plan: windows go into batches of equal length under a token budget, which is set here too.

Windows of one length need neither padding nor an attention mask. Lengths are mixed only among
those that are left over, as far as padding costs less than a further batch.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.records import Bools, Longs, Tokens

if TYPE_CHECKING:
    from embedlib.models.encoder import Encoder

# Hidden states of more tokens than this fall out of a processor's cache: larger was slower.
_CPU_TOKENS: Final = 1_024
_GPU_TOKENS: Final = (1_024, 65_536)
# Arrays of (token, dim) that a block holds at once, feed-forward layer (4 dim) included.
_ARRAYS_A_TOKEN: Final = 24
# What a batch costs whatever its size (Python, starting kernels), as a share of a full one: 1/20.
_BATCHES_A_BUDGET: Final = 20


def token_budget(encoder: "Encoder") -> int:
    """Padded tokens a batch: fixed on a CPU, from free memory on a GPU."""
    import torch

    if encoder.device.type != "cuda":
        return _CPU_TOKENS if encoder.device.type == "cpu" else 4 * _CPU_TOKENS
    free, _ = torch.cuda.mem_get_info(encoder.device)
    # float32 size in any number format, and half of what is free: others use the device too.
    tokens = free // 2 // (4 * encoder.card.dim * _ARRAYS_A_TOKEN)
    return int(np.clip(tokens, *_GPU_TOKENS))


def plan(lengths: Longs, windows: Longs, budget: int) -> list[Longs]:
    """Batches of `windows`, each of at most `budget` padded tokens or of one window.

    The order is fixed but mixed, so that progress so far tells how long the rest will take.

    Args:
        lengths: (window,) tokens of every window.
        windows: The windows to plan for.
        budget: Padded tokens a batch.
    """
    ordered = windows[np.argsort(lengths[windows], kind="stable")]
    ends = np.flatnonzero(np.diff(lengths[ordered])) + 1
    batches: list[Longs] = []
    left_over: list[Longs] = []
    for run in np.split(ordered, ends):
        n_rows = max(1, budget // int(lengths[run[0]]))
        n_full = len(run) // n_rows
        batches += np.split(run[: n_full * n_rows], n_full) if n_full else []
        left_over.append(run[n_full * n_rows :])
    batches += _cheapest(lengths, np.concatenate(left_over), budget)
    return [batches[number] for number in np.random.default_rng(0).permutation(len(batches))]


def _cheapest(lengths: Longs, ordered: Longs, budget: int) -> list[Longs]:
    """The partition with the least padded tokens plus a fixed cost a batch.

    Args:
        lengths: (window,) tokens of every window.
        ordered: Windows by ascending length: the best batches are runs of these.
        budget: Padded tokens a batch.
    """
    n_windows = len(ordered)
    fixed_cost = max(1, budget // _BATCHES_A_BUDGET)
    cost = np.zeros(n_windows + 1)  # of the first n windows
    begin = np.zeros(n_windows + 1, dtype=np.int64)  # of the batch that ends there
    for end in range(1, n_windows + 1):
        longest = int(lengths[ordered[end - 1]])
        starts = np.arange(max(0, end - max(1, budget // longest)), end)
        costs = cost[starts] + (end - starts) * longest + fixed_cost
        begin[end] = starts[costs.argmin()]
        cost[end] = costs.min()
    batches: list[Longs] = []
    while n_windows:
        batches.append(ordered[begin[n_windows] : n_windows])
        n_windows = int(begin[n_windows])
    return batches


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows that go through the model together, padded on the right where they differ.

    Args:
        ids: (window, token) vocabulary ids.
        real: (window, token) True where a token is real.
        source: (window, token) where each token stands in `Tokens`; 0 for padding.
    """

    ids: Longs
    real: Bools
    source: Longs

    def of(self, flags: Bools) -> Bools:
        """(window, token) these flags of all tokens for the batch; False for padding."""
        return flags[self.source] & self.real


def padded(tokens: Tokens, windows: Longs, padding: int) -> Batch:
    """The arrays of some windows; `padding` is the id that fills short rows, never read."""
    starts = tokens.bounds[windows]
    sizes = tokens.bounds[windows + 1] - starts
    columns = np.arange(int(sizes.max()))
    real = columns < sizes[:, None]
    source = np.where(real, starts[:, None] + columns, 0)
    return Batch(np.where(real, tokens.ids[source], padding).astype(np.int64), real, source)
