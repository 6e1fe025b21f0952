"""Checks at the door of the attention functions; one function a kind of argument."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.attention.maps import AttentionMaps
from embedlib.errors import OptionError, shown
from embedlib.records import Bools, EncoderCard, Floats

Doubles = NDArray[np.float64]


def check_layer(maps: AttentionMaps, layer: int) -> int:
    """A block's number, from 0; negative ones count from the last.

    Raises:
        OptionError: If there is no such block.
    """
    return _number(layer, maps.n_layers, "The layer of a head")


def check_head(maps: AttentionMaps, head: int) -> int:
    """A head's number, from 0; negative ones count from the last.

    Raises:
        OptionError: If there is no such head.
    """
    return _number(head, maps.n_heads, "The head")


def check_token(maps: AttentionMaps, token: int) -> int:
    """A token's number, from 0; negative ones count from the last.

    Raises:
        OptionError: If there is no such token.
    """
    return _number(token, maps.n_tokens, "The token")


def check_heads(card: EncoderCard, heads: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Heads as (layer, head) numbers from 0, each once, ascending.

    Raises:
        OptionError: If one is no pair, or the model has no such head.
    """
    found = set()
    for pair in heads:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise OptionError(
                f"A head must be a pair (layer, head), got {shown(pair)}.",
                "Both count from 0: (0, 3) is the fourth head of the first block.",
            )
        layer = _number(pair[0], card.n_layers, "The layer of a head")
        found.add((layer, _number(pair[1], card.n_heads, "The head")))
    return tuple(sorted(found))


def check_share(share: float, what: str) -> float:
    """A number from 0 to 1.

    Raises:
        OptionError: If it is none.
    """
    number = isinstance(share, int | float | np.floating) and not isinstance(share, bool)
    if not number or not 0.0 <= share <= 1.0:
        raise OptionError(f"{what} must be a number from 0 to 1, got {shown(share)}.")
    return float(share)


def check_maps(weights: Any, n_axes: int | None = None) -> Floats:
    """Arrays whose last two axes are query and key, of the same length.

    Raises:
        OptionError: If the shape is another.
    """
    array: Floats = np.asarray(weights)
    square = array.ndim >= 2 and array.shape[-1] == array.shape[-2] > 0
    if not square or (n_axes is not None and array.ndim != n_axes):
        axes = {3: "(layer, query, key)", 4: "(layer, head, query, key)"}
        raise OptionError(
            f"The weights must have the shape {axes.get(n_axes or 0, '(..., query, key)')}, "
            f"got {array.shape}.",
            "Pass arrays such as `maps.weights`.",
        )
    return array


def _number(number: Any, n: int, what: str) -> int:
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or not -n <= number < n:
        raise OptionError(
            f"{what} must be a whole number from 0 to {n - 1}, got {shown(number)}.",
            "Negative numbers count from the last.",
        )
    return int(number) % n


def check_seed(seed: int) -> int:
    """A seed for random numbers.

    Raises:
        OptionError: If it is no whole number from 0 to 2^63 - 1.
    """
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**63:
        raise OptionError(f"The seed must be a whole number from 0 to 2^63 - 1, got {shown(seed)}.")
    return int(seed)


def check_mask(mask: Any, n_tokens: int, what: str) -> Bools:
    """A mask with one entry a token.

    Raises:
        OptionError: If its shape is another.
    """
    chosen = np.asarray(mask, dtype=bool)
    if chosen.shape != (n_tokens,):
        raise OptionError(
            f"{what} must have one entry for each of {n_tokens} tokens, got {chosen.shape}.",
            "Take it from the same maps.",
        )
    return chosen
