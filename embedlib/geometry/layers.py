"""How similarity changes from layer to layer, and what to hold it against; one function a curve."""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.similarity import unit
from embedlib.records import Floats


def similarity_by_layer(vectors_a: Any, vectors_b: Any) -> Floats:
    """The cosine of two texts (or words) at every layer.

    Args:
        vectors_a: (layer, dim) one text at every layer.
        vectors_b: (layer, dim) the other.

    Returns:
        (layer,) float32, -1 to 1; 0 where either is a zero vector.

    Raises:
        OptionError: If the shapes differ, or a number is not finite.

    >>> similarity_by_layer([[1.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [2.0, 2.0]]).round(3).tolist()
    [0.0, 1.0]
    """
    first, second = unit(vectors_a), unit(vectors_b)
    if first.shape != second.shape:
        raise OptionError(
            "The two must have the same layers and dimensions, "
            f"got {first.shape} and {second.shape}.",
            "Take both from the same model.",
        )
    cosines: Floats = np.clip(np.einsum("ld,ld->l", first, second), -1, 1).astype(np.float32)
    return cosines


def mean_pair_similarity(hidden: Any) -> Floats:
    """The mean cosine of two different texts at every layer: what "similar" is worth there.

    In many models all vectors of a layer point roughly the same way (anisotropy), so that two
    texts picked at random already have a high cosine. A curve says something only by how far it
    stands above this one. Every pair is counted, in closed form: with unit vectors u the sum
    over pairs is (|sum of u|^2 - n) / 2.

    Args:
        hidden: (layer, text, dim), at least one text with a direction; may be memory-mapped,
            one layer is read at a time.

    Returns:
        (layer,) float32, -1 to 1; zero vectors are left out, and a layer with fewer than two
        others gives NaN, for there is no pair.

    Raises:
        OptionError: If the shape is not (layer, text, dim), or a number is not finite.

    Source: Ethayarajh 2019, section 3.3 (anisotropy baseline), over all pairs.
    """
    array = np.asanyarray(hidden)
    if array.ndim != 3:
        raise OptionError(
            f"The vectors must have the shape (layer, text, dim), got {array.shape}.",
            "Pass one array of `Vectors.arrays`.",
        )
    return np.array([_mean_pair(layer) for layer in array], dtype=np.float32)


def _mean_pair(vectors: Any) -> float:
    """Mean cosine over all pairs of rows that are not zero; NaN without a pair."""
    directions = unit(vectors)
    n = int((directions != 0).any(axis=1).sum())
    if n < 2:
        return float("nan")
    total = directions.sum(axis=0)
    return float(np.clip((total @ total - n) / (n * (n - 1)), -1.0, 1.0))
