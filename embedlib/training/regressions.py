"""Logistic regression as every frozen recipe fits it: float32, and in one thread.

One thread, because these matrices are small: on a busy machine two threads of the linear algebra
wait for each other ten times as long as they calculate, and one gives the same numbers always.
"""

from typing import Any, Final

from embedlib.records import Floats, Longs

_MOST_STEPS: Final = 80  # of the optimiser; what it has not reached by then is small


def regression(strength: float, *, balanced: bool = False) -> Any:
    """An unfitted logistic regression; fitted again, it goes on from its weights.

    Args:
        strength: C, the inverse of the pull towards zero.
        balanced: Whether each label weighs the same.
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=strength,
        max_iter=_MOST_STEPS,
        warm_start=True,
        tol=3e-4,
        class_weight="balanced" if balanced else None,
    )


def fit(made: Any, rows: Floats | Any, truth: Longs) -> Any:
    """`made` itself, fitted.

    Args:
        made: What `regression` gave.
        rows: (row, dim), dense or sparse.
        truth: (row,) label numbers.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return made.fit(rows, truth)
