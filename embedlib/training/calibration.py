"""Does a confidence of 80 % mean right in 80 %? And a temperature that brings it nearer.

Source: Guo, Pleiss, Sun and Weinberger 2017, equations 3 (ECE) and 9 (temperature).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.training.scores import log_loss, softmax

N_BINS: Final = 15
LEAST_WRONG: Final = 5
_COLDEST, _HOTTEST = 0.02, 50.0


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence is alike.

    Args:
        low, high: The bin's bounds, 0 to 1; a confidence equal to `high` belongs to it.
        rows: How many rows.
        confidence: Their mean confidence; None without rows.
        accuracy: Their share of right answers; None without rows.
    """

    low: float
    high: float
    rows: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """How far confidence and truth are apart.

    Args:
        ece: Expected calibration error over N_BINS bins of equal width, 0 (best) to 1.
        log_loss: Mean negative log-likelihood, nats.
        brier: Mean squared distance between probabilities and the truth, 0 to 2.
        bins: What a reliability diagram draws.
    """

    ece: float
    log_loss: float
    brier: float
    bins: tuple[Bin, ...]


def calibration(logits: Floats, truth: Longs) -> Calibration:
    """The calibration of predictions.

    Args:
        logits: (row, label) log-probabilities up to a constant a row.
        truth: (row,) label numbers.
    """
    chances = softmax(logits)
    confidence = chances.max(axis=1)
    right = chances.argmax(axis=1) == truth
    edges = np.linspace(0.0, 1.0, N_BINS + 1)
    bin_of = np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    bins, error = [], 0.0
    for number in range(N_BINS):
        inside = bin_of == number
        n_rows = int(inside.sum())
        sure = float(confidence[inside].mean()) if n_rows else None
        good = float(right[inside].mean()) if n_rows else None
        if sure is not None and good is not None:
            error += n_rows / len(truth) * abs(sure - good)
        bins.append(Bin(float(edges[number]), float(edges[number + 1]), n_rows, sure, good))
    truths = np.eye(chances.shape[1])[truth]
    brier = float(((chances - truths) ** 2).sum(axis=1).mean())
    return Calibration(error, log_loss(logits, truth), brier, tuple(bins))


def trusted_temperature(logits: Floats, truth: Longs) -> float:
    """The temperature, or 1 where fewer than LEAST_WRONG rows are wrong.

    Where everything is right the likelihood only grows as the temperature falls, until every
    confidence is 1: mistakes are what tells how sure one may be.
    """
    n_wrong = int((logits.argmax(axis=1) != truth).sum())
    return temperature(logits, truth) if n_wrong >= LEAST_WRONG else 1.0


def is_calibrated(report: Mapping[str, Any]) -> bool:
    """Whether a report's confidence was calibrated: a temperature of 1 means that it was not."""
    return bool(report.get("calibration", {}).get("temperature", 1.0) != 1.0)


def temperature(logits: Floats, truth: Longs) -> float:
    """The number to divide logits by, so that the likelihood of `truth` is highest.

    Fitted on validation rows, never on test rows. It does not change which label is chosen.

    Args:
        logits: (row, label).
        truth: (row,) label numbers.
    """
    from scipy.optimize import minimize_scalar

    doubles = logits.astype(np.float64)
    found = minimize_scalar(
        lambda log_t: log_loss(doubles / np.exp(log_t), truth),
        bounds=(np.log(_COLDEST), np.log(_HOTTEST)),
        method="bounded",
    )
    return float(np.exp(found.x))
