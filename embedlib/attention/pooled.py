"""Hidden states of a text become its vector at every layer; poolings are rows of `POOLINGS`."""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.pooling import POOLINGS, Pooling
from embedlib.records import Bools, Floats


def pooled_vectors(
    hidden: Any, special: Bools, pooling: str = "mean", *, pool_special: bool = True
) -> Floats:
    """The vector of a text at every layer: (layer + 1, dim) float32.

    Args:
        hidden: (layer + 1, token, dim), such as `maps.hidden`.
        special: (token,) True for tokens that the tokenizer added.
        pooling: A row of `POOLINGS` that needs no choice of tokens.
        pool_special: Whether special tokens are pooled.

    Raises:
        UnknownNameError, OptionError: If there is no such pooling, or it needs a choice.
    """
    import torch

    row = automatic(pooling)
    states = torch.tensor(np.asarray(hidden))
    mask = torch.from_numpy(pooled_tokens(special, pool_special=pool_special))
    return np.asarray(row.function(states, mask.expand(states.shape[:2])).numpy())


def pooled_tokens(special: Bools, *, pool_special: bool) -> Bools:
    """(token,) True for the tokens that are pooled."""
    return np.ones(len(special), dtype=bool) if pool_special else ~special


def automatic(name: str) -> Pooling:
    """The row of a pooling that needs no choice of tokens.

    Raises:
        UnknownNameError, OptionError: If there is no such pooling, or it needs a choice.
    """
    row = POOLINGS[name]
    if row.needs_choice:
        raise OptionError(
            f"The pooling must need no choice of tokens, got {name!r}.",
            f"Use one of: {', '.join(key for key in POOLINGS if not POOLINGS[key].needs_choice)}.",
        )
    return row
