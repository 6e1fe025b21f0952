"""How much more data would help: scores on growing parts of the rows that teach, and a forecast.

The forecast is a power law fitted to the probe's errors, said with the spread of its own
resamples, and never beyond four times the rows there are.

Source: Hestness et al. 2017, equation 1 (error = a n^-b + c); Viering and Loog 2022 on how far such
curves may be trusted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.records import Floats, Longs
from embedlib.training.scores import Doubles, accuracy

N_SIZES: Final = 6
N_DRAWS: Final = 3
_FURTHEST: Final = 4
_N_RESAMPLES: Final = 200


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy with so many training rows.

    Args:
        rows: How many rows taught.
        accuracy: Mean of the draws, on the same test rows.
        low, high: The smallest and largest draw, widened by the test rows' own 95 % interval.
        draws: One accuracy a draw.
    """

    rows: int
    accuracy: float
    low: float
    high: float
    draws: tuple[float, ...]


@dataclass(frozen=True)
class Forecast:
    """What more rows would bring if the curve goes on as it has.

    Args:
        rows: Where it is read, ascending, up to four times the rows there are.
        accuracy: The middle of the resampled curves.
        low, high: Where 90 % of them lie.
        sentence: The same in words, with how far it may be trusted.
    """

    rows: tuple[int, ...]
    accuracy: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    sentence: str


@dataclass(frozen=True)
class LearningCurve:
    """Points and a forecast.

    Args:
        points: Ascending in rows.
        forecast: None where the points are too few to say anything.
        rows_a_label: Rows a label on average, with all rows.
    """

    points: tuple[CurvePoint, ...]
    forecast: Forecast | None
    rows_a_label: float


Fit = Callable[[Longs], Longs]


def learning_curve(
    fit: Fit,
    truth: Longs,
    test_truth: Longs,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LearningCurve:
    """Scores on growing parts of the rows that teach, drawn within each label.

    Args:
        fit: (row,) numbers of rows that teach to the (row,) predictions of the test rows.
        truth: (row,) labels of the rows that teach.
        test_truth: (row,) labels of the test rows.
        seed: Of the draws.
        progress: Called with fits done and in all.
        cancelled: Asked between fits whether to stop.

    Raises:
        OptionError: If there are too few rows to draw parts of.
        Cancelled: If `cancelled` said so.
    """
    sizes = sizes_of(truth)
    n_fits, done = (len(sizes) - 1) * N_DRAWS + 1, 0
    points = []
    for size in sizes:
        draws = []
        for draw in range(1 if size == len(truth) else N_DRAWS):
            if cancelled is not None and cancelled():
                raise Cancelled
            rows = part_of(truth, size, seed + draw)
            draws.append(accuracy(test_truth, fit(rows)))
            done += 1
            if progress is not None:
                progress(done, n_fits)
        points.append(_point(size, draws, len(test_truth)))
    forecast = forecast_of(points, len(test_truth), seed)
    return LearningCurve(tuple(points), forecast, len(truth) / len(np.unique(truth)))


def sizes_of(truth: Longs) -> list[int]:
    """Sizes in even steps of their logarithm, from two rows a label to all rows."""
    n_labels = len(np.unique(truth))
    least = max(2 * n_labels, 10)
    if len(truth) < 2 * least:
        raise OptionError(
            f"A learning curve of {n_labels} labels needs at least {2 * least} rows to learn from, "
            f"got {len(truth)}.",
            "Give more rows.",
        )
    return sorted({round(size) for size in np.geomspace(least, len(truth), N_SIZES)})


def part_of(truth: Longs, size: int, seed: int) -> Longs:
    """`size` rows, each label with its share and at least one row; ascending."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(truth))
    place = np.zeros(len(truth))
    for label in np.unique(truth):
        rows = order[truth[order] == label]
        # Spread each label's rows evenly over 0 to 1; the first of each stands at 0.
        place[rows] = np.arange(len(rows)) / len(rows)
    chosen = order[np.argsort(place[order], kind="stable")][:size]
    return np.sort(chosen)


def probe_fit(rows: Floats, truth: Longs, test: Floats, regression: Any) -> Fit:
    """A fit for `learning_curve`: logistic regression on vectors.

    Args:
        rows: (row, dim) of all rows that teach.
        truth: (row,) their labels.
        test: (row, dim) of the test rows.
        regression: Unfitted. What its C means grows with the rows: fewer are held more tightly.
    """
    from sklearn.base import clone

    from embedlib.training import regressions

    def fit(part: Longs) -> Longs:
        mean, scale = rows[part].mean(axis=0), np.float32(float(rows[part].std()) or 1.0)
        fitted = regressions.fit(clone(regression), (rows[part] - mean) / scale, truth[part])
        return np.asarray(fitted.predict((test - mean) / scale), dtype=np.int64)

    return fit


def forecast_of(points: Sequence[CurvePoint], n_test: int, seed: int) -> Forecast | None:
    """The power law through the points, with the spread of resampled points.

    Args:
        points: At least four, else there is no forecast.
        n_test: Test rows behind every point.
        seed: Of the resampling.
    """
    if len(points) < 4:
        return None
    sizes = np.array([point.rows for point in points], dtype=np.float64)
    errors = 1.0 - np.array([point.accuracy for point in points])
    ahead = np.unique(np.geomspace(sizes[-1], _FURTHEST * sizes[-1], 8).round())
    random = np.random.default_rng(seed)
    spread = np.sqrt(np.maximum(errors * (1 - errors), 1e-4) / n_test)
    curves = []
    for _ in range(_N_RESAMPLES):
        noisy = np.clip(errors + random.normal(size=len(errors)) * spread, 1e-4, 1.0)
        curves.append(_power_law(sizes, noisy, ahead))
    low, middle, high = np.quantile(1.0 - np.array(curves), (0.05, 0.5, 0.95), axis=0)
    return Forecast(
        rows=tuple(int(size) for size in ahead),
        accuracy=tuple(map(float, middle)),
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
        sentence=_sentence(int(sizes[-1]), 1.0 - errors[-1], float(low[-1]), float(high[-1])),
    )


def _power_law(sizes: Doubles, errors: Doubles, ahead: Doubles) -> Doubles:
    """a n^-b + c through the points, read at `ahead`; c is searched, a and b fitted by logs."""
    best: tuple[float, Doubles] | None = None
    for floor in np.linspace(0.0, 0.95 * errors.min(), 12):
        slope, height = np.polyfit(np.log(sizes), np.log(errors - floor), 1)
        slope = min(slope, 0.0)  # more rows never hurt in this law
        missed = float(((np.exp(height) * sizes**slope + floor - errors) ** 2).sum())
        if best is None or missed < best[0]:
            best = (missed, np.exp(height) * ahead**slope + floor)
    assert best is not None  # noqa: S101 - twelve floors were tried
    return best[1]


def _point(size: int, draws: list[float], n_test: int) -> CurvePoint:
    middle = float(np.mean(draws))
    reach = 1.96 * float(np.sqrt(max(middle * (1 - middle), 1e-9) / n_test))
    low, high = max(0.0, min(draws) - reach), min(1.0, max(draws) + reach)
    return CurvePoint(size, middle, low, high, tuple(draws))


def _sentence(n_rows: int, now: float, low: float, high: float) -> str:
    """What four times the rows may bring the probe.

    >>> _sentence(500, 0.80, 0.84, 0.88)
    'Taught by 2,000 rows instead of 500, the probe may be right on 84 % to 88 % instead of ...'
    """
    return (
        f"Taught by {_FURTHEST * n_rows:,} rows instead of {n_rows:,}, the probe may be right on "
        f"{100 * low:.0f} % to {100 * high:.0f} % instead of {100 * now:.0f} %, if the curve goes "
        "on as it has: rows of the same kind, labelled as well."
    )
