"""POOLINGS: the vectors of a text's tokens become one; a new pooling is a function and a row.

No torch is imported here: choosers read this table before torch is loaded, and the functions only
call methods of the tensors they are given. Each pools in float32, never reads a token whose mask
is False, never writes into its arguments, and gives NaN for a text without any pooled token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import OptionError
from embedlib.records import Bools
from embedlib.table import Table

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Pooling:
    """One way to make a vector of a text out of the vectors of its tokens.

    Args:
        name: The row's name: "mean".
        label: For choosers: "Mean".
        help: One sentence: what it does, and when one wants it.
        function: (hidden (text, token, dim), mask (text, token) bool) to (text, dim) float32.
        needs_choice: Whether the mask is a person's choice of tokens rather than all tokens.
        weights: For a pooling that is linear in the tokens: the number of pooled tokens to the
            weight of each, in order. None for one that is not.
    """

    name: str
    label: str
    help: str
    function: "Callable[[Tensor, Tensor], Tensor]"
    needs_choice: bool = False
    weights: Callable[[int], tuple[float, ...]] | None = None


def mean(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Sum over pooled tokens divided by their number: (text, dim) float32."""
    return _total(hidden, mask) / mask.sum(1, keepdim=True)


def first_token(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Vector of the first pooled token: (text, dim) float32.

    Source: the [CLS] vector of Devlin et al. 2019, when special tokens are pooled.
    """
    return _token_at(hidden, mask, mask.int().argmax(1))


def maximum(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Largest value of each dimension over pooled tokens: (text, dim) float32."""
    largest = hidden.float().masked_fill(~mask[..., None], float("-inf")).amax(1)
    return largest.masked_fill(~mask.any(1, keepdim=True), float("nan"))


def mean_sqrt_len(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Sum over pooled tokens divided by the root of their number: (text, dim) float32.

    Source: Cer et al. 2018, section 3.2.
    """
    return _total(hidden, mask) / mask.sum(1, keepdim=True).sqrt()


def last_token(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Vector of the last pooled token, on whichever side the padding is: (text, dim) float32."""
    return _token_at(hidden, mask, mask.shape[1] - 1 - mask.flip(1).int().argmax(1))


def weighted_mean(hidden: "Tensor", mask: "Tensor") -> "Tensor":
    """Mean in which the n pooled tokens of a text weigh 1, 2, ..., n: (text, dim) float32.

    Source: Muennighoff 2022 (SGPT), section 3.1.
    """
    weights = mask.cumsum(1) * mask  # (text, token)
    return _total(hidden, mask, weights) / weights.sum(1, keepdim=True)


def _equal(n: int) -> tuple[float, ...]:
    return (1 / n,) * n


def _root(n: int) -> tuple[float, ...]:
    return (n**-0.5,) * n


def _first(n: int) -> tuple[float, ...]:
    return (1.0, *(0.0,) * (n - 1))


def _last(n: int) -> tuple[float, ...]:
    return _first(n)[::-1]


def _rising(n: int) -> tuple[float, ...]:
    return tuple(2 * place / (n * (n + 1)) for place in range(1, n + 1))


def _total(hidden: "Tensor", mask: "Tensor", weights: "Tensor | None" = None) -> "Tensor":
    # Filled, not multiplied: padding may hold NaN, and NaN times 0 is NaN.
    kept = hidden.float().masked_fill(~mask[..., None], 0.0)
    if weights is not None:
        kept = kept * weights[..., None]
    return kept.sum(1)


def _token_at(hidden: "Tensor", mask: "Tensor", position: "Tensor") -> "Tensor":
    found = hidden.take_along_dim(position[:, None, None], 1).squeeze(1).float()
    return found.masked_fill(~mask.any(1, keepdim=True), float("nan"))


_ROWS = (
    Pooling(
        "mean",
        "Mean",
        "Average of all tokens; the usual choice, and what most sentence models are trained for.",
        mean,
        weights=_equal,
    ),
    Pooling(
        "cls",
        "First token",
        "Vector of the first token, [CLS] in BERT; for models trained to gather the text there.",
        first_token,
        weights=_first,
    ),
    Pooling(
        "max",
        "Max",
        "Largest value of each dimension; when one striking word should show in any company.",
        maximum,
    ),
    Pooling(
        "mean_sqrt_len",
        "Mean over square root of length",
        "Sum of all tokens over the root of their number; when longer texts should weigh more.",
        mean_sqrt_len,
        weights=_root,
    ),
    Pooling(
        "last",
        "Last token",
        "Vector of the last token; for decoders, in which only the last token has seen the text.",
        last_token,
        weights=_last,
    ),
    Pooling(
        "weighted_mean",
        "Position-weighted mean",
        "Average in which later tokens weigh more; for decoders, whose later tokens saw more.",
        weighted_mean,
        weights=_rising,
    ),
    Pooling(
        "chosen",
        "Mean over chosen tokens",
        "Average of the tokens that you pick; to look at one word, or at the words of a category.",
        mean,
        needs_choice=True,
        weights=_equal,
    ),
)

POOLINGS: Table[Pooling] = Table("pooling", {row.name: row for row in _ROWS})


def pooled_tokens(special: Any, *, pool_special: bool = True) -> Bools:
    """Which tokens of one text are pooled: (token,) bool.

    Args:
        special: (token,) True for special tokens.
        pool_special: Whether these are pooled too; they are where there is nothing else.

    >>> pooled_tokens([True, False, True], pool_special=False).tolist()
    [False, True, False]
    """
    pooled: Bools = ~np.asarray(special, dtype=bool) | pool_special
    return pooled if pooled.any() else np.ones_like(pooled)


def token_weights(special: Any, pooling: str, *, pool_special: bool = True) -> NDArray[np.float64]:
    """The weight of each token of one text in its pooled vector: (token,) float64.

    Args:
        special: (token,) True for special tokens.
        pooling: A row of POOLINGS that is a sum over tokens.
        pool_special: Whether special tokens are pooled.

    Raises:
        UnknownNameError: If there is no such pooling.
        OptionError: If it is not a sum over tokens, as the maximum is not.

    >>> token_weights([True, False, False], "mean", pool_special=False).tolist()
    [0.0, 0.5, 0.5]
    """
    row = POOLINGS[pooling]
    if row.weights is None:
        linear = ", ".join(name for name, one in POOLINGS.items() if one.weights is not None)
        raise OptionError(
            f"The pooling must be a sum over tokens, got {pooling!r}.", f"There are: {linear}."
        )
    pooled = pooled_tokens(special, pool_special=pool_special)
    weights = np.zeros(len(pooled))
    weights[pooled] = row.weights(int(pooled.sum()))
    return weights
