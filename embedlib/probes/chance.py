"""What is beyond noise: intervals and paired tests over folds, corrected for what folds share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.records import Floats

LEVEL = 0.05
_LEAST_FOLDS = 3
EQUAL = 1e-6  # single precision: the same answers, added up in another order


def interval(folds: Any) -> tuple[float, float]:
    """The 95 % interval of a cross-validated score: (low, high).

    The folds' training sets overlap, so the variance of their mean is not s^2 / k but
    s^2 (1 / k + 1 / (k - 1)), the second term being the size of a test set over a training set.

    Args:
        folds: (fold,) scores; NaN ones are left out.

    Returns:
        NaNs where fewer than three folds have a score: two say nothing of how they vary.

    Source: Nadeau and Bengio 2003, section 3 (corrected resampled t).
    """
    from scipy.stats import t

    scores = _known(folds)
    if len(scores) < _LEAST_FOLDS:
        return float("nan"), float("nan")
    reach = float(t.ppf(1 - LEVEL / 2, len(scores) - 1)) * _error(scores)
    middle = float(scores.mean())
    return middle - reach, middle + reach


def p_value(first: Any, second: Any) -> float:
    """Two-sided p of a difference of mean scores on the same folds, by the corrected t test.

    Args:
        first: (fold,) scores of one cell.
        second: (fold,) of the other, on the same folds.

    Returns:
        1 where all differences are 0, or fewer than three folds have both.

    Source: Nadeau and Bengio 2003, equation 9, with n2 / n1 = 1 / (k - 1).

    >>> p_value([0.9, 0.8, 0.9], [0.9, 0.8, 0.9])
    1.0
    """
    from scipy.stats import t

    differences = _known(np.asarray(first, np.float64) - np.asarray(second, np.float64))
    if len(differences) < _LEAST_FOLDS or not differences.any():
        return 1.0
    error = _error(differences)
    if error <= 1e-12 * float(np.abs(differences).max()):
        return 0.0
    return float(2 * t.sf(abs(differences.mean()) / error, len(differences) - 1))


def unbeaten(scores: Sequence[Any], n_rows: int | None = None) -> tuple[int, ...]:
    """The best of several cells, and all that are not worse beyond noise.

    The best by mean is compared with each other one (`p_value`); the p values are corrected for
    their number by Holm's method, and those above 5 % stay. What is lower than one that is worse
    counts as worse too, however much its folds differ. Of equal means the first is the best.

    Args:
        scores: (cell,) the (fold,) scores of each, on the same folds.
        n_rows: Where scores are shares of so many rows: no difference is surer then than by the
            sign test if every row that makes it spoke for the best.

    Returns:
        Places of the cells, the best first; () for none.

    Source: Holm 1979.

    >>> unbeaten([[0.5, 0.52, 0.49], [0.9, 0.91, 0.92], [0.9, 0.92, 0.91]])
    (1, 2)
    """
    means = np.array([_known(one).mean() if len(_known(one)) else -np.inf for one in scores])
    if not len(means) or not np.isfinite(means).any():
        return ()
    best = int(np.flatnonzero(means >= means.max() - EQUAL)[0])
    others = sorted(
        (max(p_value(scores[best], one), _least_p(means[best] - means[place], n_rows)), place)
        for place, one in enumerate(scores)
        if place != best and np.isfinite(means[place])
    )
    worse = set()
    for rank, (p, place) in enumerate(others):
        if p * (len(others) - rank) > LEVEL:
            break
        worse.add(place)
    bar = max((means[place] for place in worse), default=-np.inf)
    tied = [place for _, place in others if place not in worse and means[place] > bar]
    return best, *sorted(tied, key=lambda place: -means[place])


def _least_p(difference: float, n_rows: int | None) -> float:
    """The least two-sided p of the sign test for a difference of shares of `n_rows` rows."""
    return 0.0 if n_rows is None else min(1.0, 2 * 0.5 ** float(n_rows * difference))


def _known(folds: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
    scores = np.asarray(folds, dtype=np.float64)
    return scores[np.isfinite(scores)]


def _error(scores: "np.ndarray[Any, np.dtype[np.float64]]") -> float:
    """Standard error of the mean of k folds."""
    k = len(scores)
    return float(np.sqrt((1 / k + 1 / (k - 1)) * scores.var(ddof=1)))


def mean(folds: Floats) -> float:
    """Mean over the folds that have a score; NaN where none has."""
    scores = _known(folds)
    return float(scores.mean()) if len(scores) else float("nan")
