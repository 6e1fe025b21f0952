"""How alike two spaces of the same texts are, whatever their dimensions: debiased linear CKA."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, checked
from embedlib.records import Floats

LEAST_TEXTS = 50  # below, the correction for few texts is itself mostly noise


def cka(first: Any, second: Any) -> float:
    """Centred kernel alignment of two spaces, linear and debiased.

    1 for spaces that differ by rotation, reflection, shift and scale; about 0 for unrelated ones,
    for which it may fall below 0 by chance.

    Args:
        first: (text, dim) finite numbers, at least 50 texts.
        second: (text, dim of the other) the same texts in the same order.

    Raises:
        OptionError: If there are fewer than 50 texts, the texts differ in number, or all vectors
            of a space are equal.

    Source: Kornblith et al. 2019, equation 4; debiased as in their released code, which is the
        unbiased HSIC of Song et al. 2012, equation 5.
    """
    one, other = _space(first), _space(second)
    _check_same(one, other)
    return _cka(one, other)


def cka_matrix(first: Sequence[Any], second: Sequence[Any] | None = None) -> Floats:
    """`cka` of every space of `first` with every one of `second`.

    Args:
        first: Spaces of the same texts, each (text, dim).
        second: Others of the same texts; None for `first` with itself.

    Returns:
        (first, second) float32.

    Raises:
        OptionError: As `cka` does.
    """
    rows = [_space(vectors) for vectors in first]
    columns = rows if second is None else [_space(vectors) for vectors in second]
    for space in (*rows, *columns):
        _check_same(rows[0], space)
    table = np.empty((len(rows), len(columns)), dtype=np.float32)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            done = second is None and j < i
            table[i, j] = table[j, i] if done else _cka(row, column)
    return table


@dataclass(frozen=True, eq=False)
class _Space:
    """Centred vectors, their products with each other, and what debiasing needs."""

    vectors: Doubles  # (text, dim)
    squares: Doubles  # (text,) squared lengths
    own: float  # debiased product with itself


def _space(vectors: Any) -> _Space:
    doubles = checked(vectors)
    n = len(doubles)
    if n < LEAST_TEXTS:
        raise OptionError(
            f"Comparing spaces by CKA needs at least {LEAST_TEXTS} texts, got {n}.",
            "With fewer, chance decides: add texts, or compare neighbours instead.",
        )
    largest = float(np.abs(doubles).max())
    # By the largest number first: squares of 1e200 would overflow.
    centred = doubles / largest if largest > 0 else doubles
    centred = centred - centred.mean(axis=0)
    squares = np.einsum("td,td->t", centred, centred)
    if squares.max() <= 1e-20:
        raise OptionError(
            "All vectors of a space are equal: there is nothing to compare.",
            "Choose another layer or pooling.",
        )
    scale = np.sqrt(squares.mean())
    centred, squares = centred / scale, squares / scale**2
    return _Space(centred, squares, _product(centred, squares, centred, squares))


def _product(x: Doubles, r_x: Doubles, y: Doubles, r_y: Doubles) -> float:
    """Debiased |Y'X|^2 (Frobenius) of centred spaces; r are squared row lengths."""
    n, dims = len(x), x.shape[1] + y.shape[1]
    # The same number from products of dimensions or of texts, whichever are fewer.
    cross = float(((y.T @ x) ** 2).sum()) if dims < 2 * n else float(((x @ x.T) * (y @ y.T)).sum())
    total = float(r_x.sum() * r_y.sum())
    return cross - n / (n - 2) * float(r_x @ r_y) + total / ((n - 1) * (n - 2))


def _cka(one: _Space, other: _Space) -> float:
    if one.own <= 0 or other.own <= 0:
        return float("nan")  # the correction took all: so few texts for so many dimensions
    cross = _product(one.vectors, one.squares, other.vectors, other.squares)
    return float(cross / np.sqrt(one.own * other.own))


def _check_same(one: _Space, other: _Space) -> None:
    if len(one.vectors) != len(other.vectors):
        raise OptionError(
            "Both spaces must hold the same texts, "
            f"got {len(one.vectors)} and {len(other.vectors)}.",
        )
