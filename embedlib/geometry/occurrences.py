"""A word's occurrences through the layers: how much its vector depends on its context.

One convention holds throughout: cosines are of uncentred vectors, and "adjusted" is the raw mean
cosine minus the mean cosine of all pairs of tokens of the same layer (the baseline). Published
tables that mix centred and uncentred measures can not be compared with it.
"""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.layers import mean_pair_similarity
from embedlib.geometry.similarity import unit
from embedlib.records import Floats


def self_similarity(occurrences: Any, baseline: Any = None) -> Floats:
    """Mean cosine of all pairs of a word's occurrences at every layer.

    Args:
        occurrences: (layer, occurrence, dim), at least 2 occurrences.
        baseline: (layer,) mean cosine of all pairs of tokens (`mean_pair_similarity` of tokens of
            many words), which is taken off; None leaves the raw value.

    Returns:
        (layer,) float32: raw -1 to 1, where 1 means that the context changes nothing; adjusted
        about 0 where occurrences are no more alike than any two tokens.

    Raises:
        OptionError: If there are fewer than 2 occurrences, or another number of baselines.

    Source: Ethayarajh 2019, definition 1 and section 3.3.

    >>> round(self_similarity([[[1.0, 0.0], [0.0, 2.0], [1.0, 0.0], [0.0, 1.0]]]).item(), 2)
    0.33
    """
    array = np.asanyarray(occurrences)
    if array.ndim != 3 or array.shape[1] < 2:
        raise OptionError(
            "Self-similarity needs (layer, occurrence, dim) with at least 2 occurrences, "
            f"got {array.shape}.",
            "Choose a word that occurs at least twice.",
        )
    raw = mean_pair_similarity(array)
    if baseline is None:
        return raw
    level = np.asarray(baseline, dtype=np.float32)
    if level.shape != raw.shape:
        raise OptionError(f"There must be one baseline a layer, got {level.shape} for {raw.shape}.")
    return raw - level


def intra_similarity(tokens: Any) -> Floats:
    """Mean cosine of a text's tokens to their mean, at every layer: (layer,) float32.

    Args:
        tokens: (layer, token, dim) of one text, at least 1 token.

    Raises:
        OptionError: If there is no token, or a number is not finite.

    Source: Ethayarajh 2019, definition 2.
    """
    array = np.asanyarray(tokens)
    if array.ndim != 3 or array.shape[1] < 1:
        raise OptionError(f"The tokens must be (layer, token, dim), got {array.shape}.")
    means = [unit(layer) @ unit(layer.mean(axis=0)[None])[0] for layer in array]
    return np.array([np.clip(cosines.mean(), -1, 1) for cosines in means], dtype=np.float32)


def maximum_explained(occurrences: Any) -> Floats:
    """Share of a word's occurrences that one fixed vector can explain, at every layer.

    The first squared singular value over the sum of all, of the uncentred occurrences. An upper
    bound on how well one static vector could stand for the word.

    Args:
        occurrences: (layer, occurrence, dim).

    Returns:
        (layer,) float32, 0 to 1; NaN where all are zero.

    Source: Ethayarajh 2019, definition 3, uncentred as its baseline is.
    """
    array = np.asarray(occurrences, dtype=np.float64)
    if array.ndim != 3 or array.shape[1] < 1:
        raise OptionError(f"The occurrences must be (layer, occurrence, dim), got {array.shape}.")
    squares = np.linalg.svd(array, compute_uv=False) ** 2
    total = squares.sum(axis=1)
    shares = np.divide(squares[:, 0], total, out=np.full(len(total), np.nan), where=total > 0)
    return np.asarray(shares, dtype=np.float32)
