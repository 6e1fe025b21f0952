"""Nearest neighbours of every text, and how far two spaces agree on them; one function a question.

`rows` of neighbours are (text, k): the k texts most like each text by cosine, the likest first,
itself left out.
"""

from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count
from embedlib.geometry.similarity import unit
from embedlib.records import Floats, Longs

_BLOCK_BYTES = 2**26  # cosines held at once


def neighbour_rows(vectors: Any, n: int = 10) -> Longs:
    """The `n` nearest texts of every text, by cosine: (text, n) rows, the likest first.

    Exact, in blocks, so that memory stays bounded.

    Args:
        vectors: (text, dim) finite numbers, more texts than `n`.
        n: How many, 1 or more.

    Raises:
        OptionError: If there are not more than `n` texts, or a number is not finite.

    >>> neighbour_rows([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]], n=1).ravel().tolist()
    [2, 2, 0]
    """
    directions = unit(vectors).astype(np.float32)
    n_texts = len(directions)
    n = check_count(n, 1, max(1, n_texts - 1), "The number of neighbours")
    if n_texts < 2:
        raise OptionError(f"Neighbours need at least 2 texts, got {n_texts}.")
    found = np.empty((n_texts, n), dtype=np.int64)
    step = max(1, _BLOCK_BYTES // (4 * n_texts))
    for start in range(0, n_texts, step):
        block = directions[start : start + step]
        cosines = block @ directions.T
        cosines[np.arange(len(block)), start + np.arange(len(block))] = -np.inf
        nearest = np.argpartition(-cosines, n - 1, axis=1)[:, :n]
        nearest.sort(axis=1)  # equal cosines then stand in the order of rows
        order = np.argsort(-np.take_along_axis(cosines, nearest, 1), axis=1, kind="stable")
        found[start : start + step] = np.take_along_axis(nearest, order, 1)
    return found


def hubness(rows: Any) -> float:
    """Skewness of how often a text is among the neighbours of others: 0 without hubs.

    Above about 1 a few texts (hubs) are everyone's neighbours, whatever is asked.

    Args:
        rows: (text, k) neighbours, such as `neighbour_rows` gives.

    Returns:
        The third standardised moment of the k-occurrences; 0 where all are equal.

    Source: Radovanović, Nanopoulos and Ivanović 2010, equation 1.

    >>> hubness([[1], [0], [1], [1]]) > 0
    True
    """
    listed = np.asarray(rows)
    counts = np.bincount(listed.ravel(), minlength=len(listed)).astype(np.float64)
    spread = counts.std()
    return 0.0 if spread == 0 else float(((counts - counts.mean()) ** 3).mean() / spread**3)


def neighbour_overlap(first: Any, second: Any) -> Floats:
    """For each text the share of its neighbours in one space that it has in the other too.

    Args:
        first: (text, k) neighbours in one space.
        second: (text, k) neighbours of the same texts in the other.

    Returns:
        (text,) float32, 0 to 1; its mean is the mutual-neighbour overlap of the spaces, and
        k / (text - 1) is what unrelated spaces have.

    Raises:
        OptionError: If the shapes differ.

    Source: Huh et al. 2024, The Platonic Representation Hypothesis, appendix A.

    >>> neighbour_overlap([[1, 2], [0, 2]], [[2, 1], [0, 3]]).tolist()
    [1.0, 0.5]
    """
    one, other = np.asarray(first), np.asarray(second)
    if one.shape != other.shape or one.ndim != 2:
        raise OptionError(
            "Both spaces must have the same texts and as many neighbours of each, "
            f"got {one.shape} and {other.shape}.",
            "Ask both for the same number of neighbours.",
        )
    shared = np.zeros(len(one), dtype=np.int64)
    for column in range(other.shape[1]):
        shared += (one == other[:, column : column + 1]).any(axis=1)
    overlap: Floats = (shared / one.shape[1]).astype(np.float32)
    return overlap
