"""A learned weighted sum of layers: which layers a probe leans on when it may choose."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.probes.logistic import PENALTY, Objective, minimised, predicted, scaled
from embedlib.probes.problem import Problem
from embedlib.records import Floats, Longs

if TYPE_CHECKING:
    from torch import Tensor

EVEN: Final = 1e-3  # a row; the lower of the two strengths in Peters et al. 2018, section 5.1
MOST_ROWS: Final = 4_000  # that a dozen weights are learned from; more do not move them


def weighted_sum(
    layer: Callable[[int], Floats], n_layers: int, problem: Problem
) -> tuple[Longs, Floats]:
    """Predictions from a sum of layers whose weights are learned with the probe, fold by fold.

    Each layer is centred and brought to one scale first, and its weight is a softmax, so that
    weights compare. The scale gamma of the sum is not learned: a penalised probe would make it
    endless, and so escape its penalty. It is what gives the sum the mean squared length 1 that
    each layer has. Without it the penalty favoured one layer alone, for a sum of unlike layers is
    shorter than any of them. A small penalty on the weights draws them to an even share, where
    layers say the same. Weights are learned on at most 4,000 rows of the other folds; the
    probe on their sum is then learned on all of these.

    Args:
        layer: The number of a layer to its (row, dim) vectors of `problem.rows`.
        n_layers: How many layers there are, counted from 0.
        problem: What is to be told.

    Returns:
        (row,) predicted categories and (fold, layer) weights, each row summing to 1.

    Source: the scalar mix of Peters et al. 2018, equation 1, with gamma as said, and section 3.3
        for the penalty; "weighted sum" in table 7 of Devlin et al. 2019.
    """
    rng = np.random.default_rng(problem.seed)
    rows = np.sort(rng.permutation(problem.n_rows)[:MOST_ROWS])
    stack = np.stack([scaled(layer(number)[rows]) for number in range(n_layers)])
    weights = np.empty((problem.n_folds, n_layers), dtype=np.float32)
    for fold in range(problem.n_folds):
        learned = problem.folds[rows] != fold
        weights[fold] = _weights(stack[:, learned], problem.codes[rows][learned], problem)
    found = np.zeros(problem.n_rows, dtype=np.int64)
    sums = np.zeros((problem.n_folds, *layer(0).shape), dtype=np.float32)
    for number in range(n_layers):
        values = scaled(layer(number))
        for fold in range(problem.n_folds):
            sums[fold] += weights[fold, number] * values
    for fold, mixed in enumerate(sums):
        tested = problem.folds == fold
        # One fold against the rest: rows of fold 1 are tested, all others learned from.
        alone = np.where(tested, 1, 0)
        found[tested] = predicted(scaled(mixed), problem.codes, alone, len(problem.labels), only=1)[
            tested
        ]
    return found, weights


def _weights(stack: Floats, codes: Longs, problem: Problem) -> Floats:
    """(layer,) softmax weights that lower the probe's loss most, learned with the probe."""
    import torch

    n_layers, n, dim = stack.shape
    n_labels = len(problem.labels)
    # The penalty is of a sum over rows: fewer rows, less of it.
    penalty = PENALTY * n / max(1, problem.n_rows)
    step = float(n) ** -0.5 * n_labels**0.5
    loss = mixed_loss(torch.from_numpy(stack), torch.from_numpy(codes), n_labels, penalty)

    def objective(point: "Tensor") -> tuple[float, "Tensor"]:
        value, gradient = loss(point * step)
        return value, gradient * step

    start = torch.zeros(n_layers + (dim + 1) * n_labels)
    learned = minimised(objective, start)[:n_layers] * step
    shares: Floats = torch.softmax(learned, dim=0).numpy()
    return shares


def mixed_loss(layers: "Tensor", codes: "Tensor", n_labels: int, penalty: float) -> Objective:
    """What is to be least: the loss of a probe on a sum of layers, and its slopes.

    Args:
        layers: (layer, row, dim) as `scaled` gives each.
        codes: (row,) categories from 0.
        n_labels: How many categories.
        penalty: Half of it times the squared weights of the probe is added.

    Returns:
        (layer + (dim + 1) * n_labels,) raw weights of layers, then of the probe, to the summed
        loss and its gradient.
    """
    import torch

    n_layers, n, dim = layers.shape
    even = EVEN * n

    def loss(point: "Tensor") -> tuple[float, "Tensor"]:
        raw, probe = point[:n_layers], point[n_layers:].view(dim + 1, n_labels)
        shares = torch.softmax(raw, dim=0)
        mixed, size = _mixed(shares, layers)
        logs = torch.log_softmax(mixed @ probe[:-1] + probe[-1], dim=1)
        value = -logs.gather(1, codes[:, None]).sum() + even * (raw**2).sum()
        slopes = logs.exp_()
        slopes.scatter_add_(1, codes[:, None], slopes.new_full((n, 1), -1.0))
        of_mixed = slopes @ probe[:-1].T
        of_sum = (of_mixed - mixed * ((of_mixed * mixed).sum() / n)) / size  # the size gives way
        own = torch.einsum("lrd,rd->l", layers, of_sum)
        of_raw = shares * (own - (shares * own).sum()) + 2 * even * raw
        of_probe = torch.cat([mixed.T @ slopes + penalty * probe[:-1], slopes.sum(0)[None]])
        squares = 0.5 * penalty * (probe[:-1] ** 2).sum()
        return float(value + squares), torch.cat([of_raw, of_probe.flatten()])

    return loss


def _mixed(shares: "Tensor", layers: "Tensor") -> tuple["Tensor", "Tensor"]:
    """The sum of layers (row, dim), of mean squared length 1, and its size before."""
    import torch

    mixed = torch.einsum("l,lrd->rd", shares, layers)
    size = (mixed.norm() / mixed.shape[0] ** 0.5).clamp_min(1e-12)
    return mixed / size, size
