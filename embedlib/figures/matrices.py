"""Similarity of texts or categories as a square heat map; another square table uses `Matrix`.

Rows are numbered from 1 as they stand in the corpus, whatever order they are drawn in.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.heat import Matrix, heat_map
from embedlib.figures.picture import Picture, blank
from embedlib.figures.theme import Palette
from embedlib.records import Floats, Longs


def similarity_matrix(
    similarity: Floats,
    texts: Sequence[str],
    palette: Palette,
    *,
    order: Sequence[int] | Longs | None = None,
    scale_from: float = 0.0,
) -> Picture:
    """The cosine of every two texts.

    Args:
        similarity: (text, text) cosines, such as `geometry.cosine_matrix` gives.
        texts: (text,) the texts.
        palette: The theme.
        order: (text,) the row drawn first, second, ...; as they stand when None.
        scale_from: Cosine at which the colours begin; they end at 1. Give the same to the
            matrices of all layers (`shared_scale`), so that two pictures can be compared.

    Raises:
        OptionError: If the numbers of texts and rows differ, or `order` is no permutation.
    """
    rows = _rows(similarity, texts, order)
    if len(rows) == 0:
        return blank(palette, "There are no texts to compare")
    matrix = Matrix(
        np.asarray(similarity, dtype=np.float32)[np.ix_(rows, rows)],
        tuple(texts[row] for row in rows),
        rows + 1,
        ("",) * len(rows),
        scale_from,
    )
    return heat_map(matrix, "text", palette)


def centroid_matrix(
    similarity: Floats,
    labels: Sequence[str],
    palette: Palette,
    *,
    counts: Sequence[int] | Longs | None = None,
    order: Sequence[int] | Longs | None = None,
    scale_from: float = 0.0,
) -> Picture:
    """The cosine of the centroids of every two categories.

    Args:
        similarity: (label, label) cosines of `geometry.centroids(...).means`.
        labels: (label,) the categories.
        palette: The theme.
        counts: (label,) texts in each, written behind the names.
        order: (label,) the row drawn first, second, ...
        scale_from: Cosine at which the colours begin; they end at 1.

    Raises:
        OptionError: If the numbers of labels and rows differ, or `order` is no permutation.
    """
    rows = _rows(similarity, labels, order)
    if len(rows) == 0:
        return blank(palette, "There are no categories to compare")
    matrix = Matrix(
        np.asarray(similarity, dtype=np.float32)[np.ix_(rows, rows)],
        tuple(labels[row] for row in rows),
        rows + 1,
        tuple("" if counts is None else f" ({int(counts[row]):,})" for row in rows),
        scale_from,
    )
    return heat_map(matrix, "category", palette)


def shared_scale(*similarities: Floats) -> float:
    """Where one scale for several matrices begins: the lowest cosine in any, down to a tenth.

    Args:
        similarities: (text, text) each.

    Returns:
        -1.0, -0.9, ... 0.9; 0.0 without any cosine.
    """
    lows = [float(np.nanmin(one)) for one in similarities if np.size(one)]
    lowest = min(lows, default=0.0)
    return float(np.clip(np.floor(10 * lowest + 1e-6) / 10, -1.0, 0.9))


def _rows(similarity: Floats, names: Sequence[str], order: Any) -> Longs:
    """(row,) the row drawn first, second, ...

    Raises:
        OptionError: If the numbers of names and rows differ, or `order` is no permutation.
    """
    n = len(names)
    if np.shape(similarity) != (n, n):
        raise OptionError(
            f"The similarity must have a row and a column for each of the {n} names, "
            f"got the shape {np.shape(similarity)}."
        )
    rows = np.arange(n) if order is None else np.asarray(order, dtype=np.int64)
    if not np.array_equal(np.sort(rows), np.arange(n)):
        raise OptionError(f"The order must hold each row from 0 to {n - 1} once.")
    return rows
