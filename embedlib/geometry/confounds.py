"""Confounds: whether a map follows something dull, such as how long the texts are.

Another thing to hold a map against is another array of values; nothing has to be added here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, checked
from embedlib.records import Floats


@dataclass(frozen=True, eq=False)
class Confound:
    """How far the places on a map follow one value of each text.

    Args:
        along: (axis,) float32 Spearman correlation of the value with each axis, -1 to 1.
        share: R squared of the value's ranks regressed on all axes together, 0 to 1. Unlike
            `along` it is the same however the map is turned.
    """

    along: Floats
    share: float


def confound(points: Any, values: Any) -> Confound | None:
    """How far places follow `values`, by ranks, so that the scale of either is no matter.

    A high share says that the map can be read as a map of that value; a low one does not say
    that the value plays no part, since only straight trends are found.

    Args:
        points: (text, axis) finite numbers.
        values: (text,) finite numbers, such as the length of each text; True and False count.

    Returns:
        None where all values are equal, or there are fewer than axes + 3 texts.

    Raises:
        OptionError: If the numbers of rows differ, or a number is not finite.

    Source: Spearman 1904; the share is the squared multiple correlation of ranks.

    >>> confound([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.5]], [1, 4, 9, 16, 25])
    ... # doctest: +ELLIPSIS
    Confound(along=array([1. ...], dtype=float32), share=1.0)
    """
    places, wanted = checked(points, "The points"), checked(np.atleast_2d(values).T * 1.0)
    if len(places) != len(wanted):
        raise OptionError(
            f"There must be one value a point, got {len(wanted)} values for {len(places)} points."
        )
    if len(places) < places.shape[1] + 3 or (wanted == wanted[0]).all():
        return None
    ranks, target = _standard(_ranks(places)), _standard(_ranks(wanted))[:, 0]
    along = ranks.T @ target
    fitted = ranks @ np.linalg.lstsq(ranks, target, rcond=None)[0]
    share = float(np.clip(fitted @ fitted, 0.0, 1.0))
    return Confound(np.clip(along, -1, 1).astype(np.float32), round(share, 12))


def _ranks(columns: Doubles) -> Doubles:
    """Ranks within each column; equal values share the mean of theirs."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(columns, axis=0), dtype=np.float64)


def _standard(columns: Doubles) -> Doubles:
    """Each column with mean 0 and length 1; a constant one becomes zeros."""
    centred = columns - columns.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    return np.asarray(centred / np.where(lengths > 0, lengths, 1.0))
