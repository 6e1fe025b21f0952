"""TRANSFORMS: what can be done to a whole space before comparing; a new one is a function, a row.

Each is fitted on the vectors that it is given, without labels, and gives (text, dim) float32.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, checked
from embedlib.records import Floats
from embedlib.table import Table

_TEXTS_A_DIRECTION = 4  # fewer texts a whitened direction, and whitening is noise


@dataclass(frozen=True)
class Transform:
    """One way to change a space.

    Args:
        name: The row's name.
        label: For choosers.
        help: One sentence: what it does, and when one wants it.
        function: (text, dim) float64, which it may not change, to (text, dim of the result).
    """

    name: str
    label: str
    help: str
    function: Callable[[Doubles], Doubles]


def centre(vectors: Doubles) -> Doubles:
    """Take the mean vector off: what all texts share goes."""
    return np.asarray(vectors - vectors.mean(axis=0))


def standardise(vectors: Doubles) -> Doubles:
    """Take the mean off and divide each dimension by its standard deviation.

    Source: Timkey and van Schijndel 2021, section 5.
    """
    spread = vectors.std(axis=0)
    return np.asarray(centre(vectors) / np.where(spread > 1e-12, spread, 1.0))


def without_top(vectors: Doubles, n: int) -> Doubles:
    """Take off the mean, and what lies along the first `n` principal components.

    Source: Mu and Viswanath 2018, All-but-the-top, algorithm 1.
    """
    centred = centre(vectors)
    top = _directions(centred)[0][:n]
    return np.asarray(centred - (centred @ top.T) @ top)


def whiten(vectors: Doubles) -> Doubles:
    """Give all principal directions the same variance; with few texts only the leading ones stay.

    k = min(dim, texts // 4) directions stay, because the variance of a direction can not be told
    from fewer texts, and with as many directions as texts all texts become equally unlike.

    Source: Su et al. 2021, Whitening sentence representations, algorithm 1 (whitening-k).
    """
    centred = centre(vectors)
    directions, spreads = _directions(centred)
    n = max(1, min(len(spreads), len(vectors) // _TEXTS_A_DIRECTION))
    real = spreads[:n] > 1e-9 * max(float(spreads[0]), 1e-300)
    kept = directions[:n][real] / spreads[:n][real, None]
    return np.asarray(centred @ kept.T) if len(kept) else np.zeros((len(vectors), 1))


def _directions(centred: Doubles) -> tuple[Doubles, Doubles]:
    """(axis, dim) principal directions and (axis,) standard deviations, descending."""
    n, dim = centred.shape
    if n > dim:
        squares, vectors = np.linalg.eigh(centred.T @ centred)
        return vectors.T[::-1], np.sqrt(squares[::-1].clip(0) / n)
    squares, vectors = np.linalg.eigh(centred @ centred.T)
    spreads = np.sqrt(squares[::-1].clip(0) / n)
    lengths = spreads * np.sqrt(n)
    directions = (vectors.T[::-1] @ centred) / np.where(lengths > 0, lengths, 1.0)[:, None]
    return directions, spreads


_ROWS = (
    Transform("none", "As they are", "The vectors as the model gives them.", np.copy),
    Transform(
        "centred",
        "Centred",
        "The mean vector is taken off: removes what all texts share, most of the anisotropy.",
        centre,
    ),
    Transform(
        "standardised",
        "Standardised",
        "Each dimension gets mean 0 and spread 1: tames a few dominant dimensions.",
        standardise,
    ),
    Transform(
        "without_1",
        "Without the top component",
        "Centred, and the strongest principal component taken off: often length or frequency.",
        partial(without_top, n=1),
    ),
    Transform(
        "without_3",
        "Without the top three",
        "Centred, and the three strongest principal components taken off (all but the top).",
        partial(without_top, n=3),
    ),
    Transform(
        "whitened",
        "Whitened",
        "All principal directions get the same variance; with few texts only the leading ones, "
        "one for every four texts.",
        whiten,
    ),
)

TRANSFORMS: Table[Transform] = Table("transform", {row.name: row for row in _ROWS})


def transformed(vectors: Any, name: str) -> Floats:
    """The vectors after a transform of `TRANSFORMS`: (text, dim of the result) float32.

    Args:
        vectors: (text, dim) finite numbers, at least 2 texts.
        name: A row of `TRANSFORMS`.

    Raises:
        UnknownNameError: If there is no such transform.
        OptionError: If there are fewer than 2 texts, or a number is not finite.

    >>> transformed([[1.0, 5.0], [3.0, 5.0]], "centred").tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    row = TRANSFORMS[name]
    doubles = checked(vectors)
    if len(doubles) < 2:
        raise OptionError(f"A transform needs at least 2 texts, got {len(doubles)}.", "Add texts.")
    changed: Floats = row.function(doubles).astype(np.float32)
    return changed
