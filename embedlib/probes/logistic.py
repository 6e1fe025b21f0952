"""Multinomial logistic regression of all folds at once: the linear probe.

The same problem that scikit-learn's LogisticRegression solves fold by fold, with C = 1 / penalty,
on vectors that `scaled` has centred. All folds share one matrix product an iteration, and L-BFGS
works in the coordinates in which the curvature at the start is the same in all directions, so
that a few dozen iterations suffice where the raw coordinates take hundreds.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.records import Bools, Floats, Longs

if TYPE_CHECKING:
    from torch import Tensor

Objective = Callable[["Tensor"], tuple[float, "Tensor"]]

PENALTY: Final = 0.1  # scikit-learn's C = 10, on vectors of mean squared length 1
MOST_ITERATIONS: Final = 60
TOLERANCE: Final = 1e-3  # of the objective, relative, over one step
_HISTORY: Final = 10
_HALVINGS: Final = 20
_MOST_SCORES: Final = 2**25  # row x fold x category scores held at once: 128 MiB


def scaled(vectors: Floats) -> Floats:
    """Centred, and divided by one number, so that the mean squared length is 1.

    One penalty then means the same on every layer, whatever its scale. Nothing is learned from
    labels here, and single dimensions keep their relative sizes.

    Args:
        vectors: (row, dim).

    Returns:
        (row, dim) float32; zeros where all vectors are equal.
    """
    centred = np.asarray(vectors, dtype=np.float32) - vectors.mean(axis=0, dtype=np.float64)
    size = float(np.sqrt(np.einsum("rd,rd->", centred, centred) / max(1, len(centred))))
    return np.asarray(centred / (size if size > 1e-12 else 1.0), dtype=np.float32)


def predicted(
    vectors: Floats,
    codes: Longs,
    folds: Longs,
    n_labels: int,
    *,
    penalty: float = PENALTY,
    only: int | None = None,
) -> Longs:
    """(row,) the category that a probe gives each row, learned from the rows of other folds.

    Args:
        vectors: (row, dim) as `scaled` gives.
        codes: (row,) categories from 0 to n_labels - 1.
        folds: (row,) from 0.
        n_labels: How many categories.
        penalty: Half of it times the squared weights is added to the summed loss; the intercept
            is free.
        only: The one fold to predict; rows of the others get 0.

    Source: Hosmer and Lemeshow 2000, chapter 8; L-BFGS by Nocedal 1980; the curvature bound used
        for scaling is Böhning's of 1992 at equal probabilities.
    """
    found = np.zeros(len(codes), dtype=np.int64)
    for tested, scores in scores_out_of_fold(
        vectors, codes, folds, n_labels, penalty=penalty, only=only
    ):
        found[tested] = scores.argmax(axis=1)
    return found


def scores_out_of_fold(
    vectors: Floats,
    codes: Longs,
    folds: Longs,
    n_labels: int,
    *,
    penalty: float = PENALTY,
    only: int | None = None,
    at_once: int | None = None,
) -> Iterator[tuple[Bools, Floats]]:
    """Fold by fold, which rows it tests and the (tested, category) scores of its probe for them.

    A softmax makes probabilities of scores. Arguments as of `predicted`, and:

    Args:
        at_once: Folds that are learned together, which is quicker and said less often; None for as
            many as fit into memory.
    """
    import torch

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rows = _preconditioned(torch.from_numpy(vectors).to(device), n_labels, penalty)
    true, of_fold = torch.from_numpy(codes).to(device), torch.from_numpy(folds).to(device)
    wanted = list(range(int(folds.max()) + 1)) if only is None else [only]
    fitting = max(1, _MOST_SCORES // max(1, len(codes) * n_labels))
    step = fitting if at_once is None else min(at_once, fitting)
    for first in range(0, len(wanted), step):
        some = wanted[first : first + step]
        learned = torch.stack([of_fold != fold for fold in some], dim=1)  # (row, fold)
        scores = _fitted(rows, true, learned, n_labels, penalty)
        for place, fold in enumerate(some):
            tested = of_fold == fold
            yield tested.cpu().numpy(), scores[tested, place].cpu().numpy()


class _Rows:
    """Rows in the coordinates in which L-BFGS works.

    Attributes:
        values: (row, axis + 1) principal coordinates, and a column of ones for the intercept.
        size: (axis + 1, 1) what a weight in these coordinates is multiplied by.
    """

    def __init__(self, values: "Tensor", size: "Tensor", penalised: "Tensor") -> None:
        self.values, self.size, self.penalised = values, size, penalised


def _preconditioned(vectors: "Tensor", n_labels: int, penalty: float) -> _Rows:
    """Rotate to principal axes; no more axes than rows are needed, for the weights lie in them."""
    import torch

    n, dim = vectors.shape
    if n >= dim:
        squares, axes = torch.linalg.eigh((vectors.T @ vectors).double())
        points = vectors @ axes.float()
    else:
        squares, sides = torch.linalg.eigh((vectors @ vectors.T).double())
        squares = squares.clamp_min(0)
        points = (sides * squares.sqrt()).float()
    curvature = squares.clamp_min(0) / n_labels + penalty
    ones = torch.ones(n, 1, device=vectors.device)
    values = torch.cat([points, ones], dim=1).contiguous()
    free = torch.tensor([n / n_labels], dtype=torch.float64, device=vectors.device)
    size = torch.cat([curvature, free]).rsqrt().float()[:, None]
    penalised = torch.ones_like(size)
    penalised[-1] = 0
    return _Rows(values, size, penalised)


def _fitted(
    rows: _Rows, true: "Tensor", learned: "Tensor", n_labels: int, penalty: float
) -> "Tensor":
    """(row, fold, category) scores of the probe of each fold, once they have converged."""
    import torch

    n_folds = learned.shape[1]
    index = true[:, None, None].expand(-1, n_folds, 1)
    mask = learned.float()

    def scores_of(real: "Tensor") -> "Tensor":
        return (rows.values @ real).view(len(true), n_folds, n_labels)

    def objective(weights: "Tensor") -> tuple[float, "Tensor"]:
        real = weights * rows.size
        logs = torch.log_softmax(scores_of(real), dim=2)
        loss = -(logs.gather(2, index)[:, :, 0] * mask).sum()
        slopes = logs.exp_()
        slopes.scatter_add_(2, index, slopes.new_full(index.shape, -1.0))
        slopes.mul_(mask[:, :, None])
        penalised = real * rows.penalised * penalty
        gradient = rows.values.T @ slopes.view(len(true), -1) + penalised
        return float(loss + 0.5 * (penalised * real).sum()), gradient.mul_(rows.size)

    start = torch.zeros(rows.values.shape[1], n_folds * n_labels, device=rows.values.device)
    return scores_of(minimised(objective, start) * rows.size)


def minimised(objective: Objective, start: "Tensor") -> "Tensor":
    """Where a smooth convex function is least, by L-BFGS from `start`.

    Stops when a step lowers the value by less than `TOLERANCE` of it, or after
    `MOST_ITERATIONS`. A step that does not lower it enough (Armijo) is halved.

    Args:
        objective: A point to its value and gradient.
        start: Where to begin; not changed.

    Source: Nocedal 1980; Nocedal and Wright 2006, algorithms 7.4 and 7.5.
    """
    point, (value, gradient) = start, objective(start)
    history: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=_HISTORY)
    for _ in range(MOST_ITERATIONS):
        direction = _direction(gradient, history)
        slope = float((direction * gradient).sum())
        size = 1.0 if history else min(1.0, 1.0 / max(1e-12, float(gradient.norm())))
        for _ in range(_HALVINGS):
            new = point + size * direction
            new_value, new_gradient = objective(new)
            if new_value <= value + 1e-4 * size * slope:
                break
            size /= 2
        else:
            return point  # rounding: it gets no lower
        moved, turned = new - point, new_gradient - gradient
        curvature = float((moved * turned).sum())
        if curvature > 0:
            history.append((moved, turned, curvature))
        done = value - new_value <= TOLERANCE * abs(value)
        point, value, gradient = new, new_value, new_gradient
        if done:
            break
    return point


def _direction(gradient: "Tensor", history: "deque[tuple[Tensor, Tensor, float]]") -> "Tensor":
    """Minus the gradient times the inverse curvature that `history` tells of."""
    direction = -gradient
    factors = []
    for moved, turned, curvature in reversed(history):
        factor = float((moved * direction).sum()) / curvature
        factors.append(factor)
        direction.sub_(turned, alpha=factor)
    if history:
        _, turned, curvature = history[-1]
        direction.mul_(curvature / float((turned * turned).sum()))
    for (moved, turned, curvature), factor in zip(history, reversed(factors), strict=True):
        back = float((turned * direction).sum()) / curvature
        direction.add_(moved, alpha=factor - back)
    return direction
