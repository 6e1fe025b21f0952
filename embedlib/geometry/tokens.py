"""What single tokens do to a pooled vector: terms of a cosine, and pulls; for one or two texts.

For poolings that are linear in the tokens (`Pooling.weights`) everything adds up exactly.
"""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, checked
from embedlib.records import Floats


def cosine_terms(tokens_a: Any, weights_a: Any, tokens_b: Any, weights_b: Any) -> Floats:
    """The cosine of two pooled texts as a sum over pairs of their tokens.

    With A = sum of w_i a_i and B = sum of v_j b_j, the cosine A.B / (|A| |B|) is the sum of the
    terms w_i v_j a_i.b_j / (|A| |B|).

    Args:
        tokens_a: (token, dim) of the first text.
        weights_a: (token,) the weight of each in the pooling; 0 for one that is not pooled.
        tokens_b: (token, dim) of the second, of as many dimensions.
        weights_b: (token,).

    Returns:
        (token of a, token of b) float32; its sum is the cosine. All 0 where a pooled vector is 0.

    Raises:
        OptionError: If shapes do not fit, or a number is not finite.

    >>> cosine_terms([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5], [[1.0, 1.0]], [1.0]).tolist()
    [[0.5], [0.5]]
    """
    a, b = _weighted(tokens_a, weights_a), _weighted(tokens_b, weights_b)
    if a.shape[1] != b.shape[1]:
        raise OptionError(
            f"Both texts must have the same dimensions, got {a.shape[1]} and {b.shape[1]}.",
            "Take both from the same model and layer.",
        )
    lengths = float(np.linalg.norm(a.sum(axis=0)) * np.linalg.norm(b.sum(axis=0)))
    terms = (a @ b.T) / lengths if lengths > 0 else np.zeros((len(a), len(b)))
    return np.asarray(terms, dtype=np.float32)


def pulls(tokens: Any, weights: Any) -> Floats:
    """How much each token pulls the pooled vector its way: (token,) float32, summing to 1.

    The share of the squared length |p|^2 that a token adds: w_i h_i.p / |p|^2. Negative for a
    token that points away from the result.

    Args:
        tokens: (token, dim).
        weights: (token,) weights of a linear pooling.

    Raises:
        OptionError: If shapes do not fit, or a number is not finite.

    >>> pulls([[3.0, 0.0], [1.0, 0.0]], [0.5, 0.5]).tolist()
    [0.75, 0.25]
    """
    weighted = _weighted(tokens, weights)
    pooled = weighted.sum(axis=0)
    square = float(pooled @ pooled)
    shares = weighted @ pooled / square if square > 0 else np.zeros(len(weighted))
    return np.asarray(shares, dtype=np.float32)


def maximum_pulls(tokens: Any, pooled: Any) -> Floats:
    """The same for max pooling: the share of |p|^2 in the dimensions that each token decides.

    Args:
        tokens: (token, dim).
        pooled: (token,) True for tokens that are pooled, at least one.

    Returns:
        (token,) float32, 0 or more, summing to 1; a tie goes to the earlier token.
    """
    doubles = checked(tokens, "The tokens")
    mask = np.asarray(pooled, dtype=bool)
    if mask.shape != (len(doubles),) or not mask.any():
        raise OptionError(
            f"At least one of {len(doubles)} tokens must be pooled, got {mask.shape}."
        )
    rows = np.flatnonzero(mask)
    winners = rows[doubles[rows].argmax(axis=0)]  # (dim,)
    squares = doubles[rows].max(axis=0) ** 2
    shares = np.bincount(winners, weights=squares, minlength=len(doubles))
    total = shares.sum()
    return np.asarray(shares / total if total > 0 else shares, dtype=np.float32)


def _weighted(tokens: Any, weights: Any) -> Doubles:
    """(token, dim) each token times its weight."""
    doubles = checked(tokens, "The tokens")
    column = np.asarray(weights, dtype=np.float64)
    if column.shape != (len(doubles),) or not np.isfinite(column).all():
        raise OptionError(
            f"There must be one finite weight a token, got {column.shape} for {len(doubles)}."
        )
    return doubles * column[:, None]
