"""How alike texts are: norms, cosines, neighbours and a readable order; one function a measure.

A zero vector has no direction. Its cosine to every text, itself included, is 0 here, so that
`norms(vectors) == 0`, or a 0 on the diagonal, tells which rows these are.
"""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, check_count, checked
from embedlib.records import Floats, Longs

# Optimal leaf ordering takes 0.1 s at 400 texts and grows with their cube.
_MOST_OPTIMAL = 500


def norms(vectors: Any) -> Floats:
    """The length (L2 norm) of each vector: (text,) float32, 0 or more.

    Args:
        vectors: (text, dim) finite numbers.

    Raises:
        OptionError: If `vectors` are not finite numbers of that shape.

    >>> norms([[3.0, 4.0], [0.0, 0.0]]).tolist()
    [5.0, 0.0]
    """
    lengths: Floats = _lengths(checked(vectors)).astype(np.float32)
    return lengths


def unit(vectors: Any) -> Doubles:
    """Each vector divided by its length: (text, dim) float64; a zero vector stays zero.

    Args:
        vectors: (text, dim) finite numbers.

    Raises:
        OptionError: If `vectors` are not finite numbers of that shape.
    """
    doubles = checked(vectors)
    # By the largest entry first: squares of 1e-200 would vanish, those of 1e200 overflow.
    largest = np.abs(doubles).max(axis=1, keepdims=True, initial=0.0)
    doubles /= np.where(largest > 0, largest, 1.0)
    lengths = _lengths(doubles)[:, None]
    doubles /= np.where(lengths > 0, lengths, 1.0)
    return doubles


def cosine_matrix(vectors: Any) -> Floats:
    """The cosine of the angle between every two texts.

    Args:
        vectors: (text, dim) finite numbers.

    Returns:
        (text, text) float32, symmetric, -1 to 1; exactly 1 on the diagonal, but 0 in the whole
        row and column of a zero vector.

    Raises:
        OptionError: If `vectors` are not finite numbers of that shape.

    >>> cosine_matrix([[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    directions = unit(vectors)
    cosines: Floats = np.clip(directions @ directions.T, -1.0, 1.0).astype(np.float32)
    np.fill_diagonal(cosines, (directions != 0).any(axis=1))
    return cosines


def nearest(vectors: Any, row: int, n: int) -> tuple[Longs, Floats]:
    """The texts most like one text by cosine, the likest first.

    Args:
        vectors: (text, dim) finite numbers.
        row: The text asked about; it is not among the results.
        n: How many to give, 1 or more; all others when there are fewer.

    Returns:
        (n,) rows and (n,) float32 cosines, descending; equal cosines in the order of rows.

    Raises:
        OptionError: If `row` or `n` is outside its range, or `vectors` are not finite numbers.

    >>> nearest([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [2.0, 0.0]], row=0, n=2)[0].tolist()
    [3, 2]
    """
    directions = unit(vectors)
    row = check_count(row, 0, len(directions) - 1, "The row")
    n = check_count(n, 1, 2**31, "The number of neighbours")
    # Through float32, so that equal texts have equal cosines whatever the summation order.
    cosines = np.clip(directions @ directions[row], -1.0, 1.0).astype(np.float32)
    order = np.argsort(-cosines, kind="stable")
    rows = order[order != row][:n]
    return rows, cosines[rows]


def cluster_order(similarity: Any) -> Longs:
    """An order of the texts in which similar ones stand side by side.

    Average linkage on 1 - similarity; up to 500 texts the leaves are then put in the optimal
    order, in which the sum of distances between neighbours is least.

    Args:
        similarity: (text, text) symmetric, such as `cosine_matrix` gives.

    Returns:
        (text,) row numbers, a permutation. Of the two directions, the one is taken in which
        row 0 stands in the first half, so that orders of different layers compare.

    Raises:
        OptionError: If `similarity` is not a square, symmetric matrix of finite numbers.

    Source: Bar-Joseph et al. 2001, Fast optimal leaf ordering for hierarchical clustering.

    >>> cluster_order([[1.0, 0.1, 0.9], [0.1, 1.0, 0.2], [0.9, 0.2, 1.0]]).tolist()
    [0, 2, 1]
    """
    if np.shape(similarity) == (0, 0):
        return np.arange(0)
    doubles = checked(similarity, "The similarity")
    n_texts = len(doubles)
    if doubles.shape != (n_texts, n_texts) or not np.allclose(doubles, doubles.T, atol=1e-5):
        raise OptionError(
            f"The similarity must be square and symmetric, got the shape {doubles.shape}.",
            "Pass what `cosine_matrix` gives.",
        )
    if n_texts < 3:
        return np.arange(n_texts)
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    distance = np.clip(1.0 - (doubles + doubles.T) / 2, 0.0, None)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(
        squareform(distance, checks=False),
        method="average",
        optimal_ordering=n_texts <= _MOST_OPTIMAL,
    )
    leaves: Longs = leaves_list(tree).astype(np.int64)
    return leaves if 2 * int(np.flatnonzero(leaves == 0)[0]) < n_texts else leaves[::-1].copy()


def _lengths(doubles: Doubles) -> Doubles:
    """(text,) L2 norms."""
    lengths: Doubles = np.sqrt(np.einsum("td,td->t", doubles, doubles))
    return lengths
