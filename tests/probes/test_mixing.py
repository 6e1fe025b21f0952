"""The learned weighted sum of layers: its slopes, its weights, and what they may know."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from embedlib.probes import WEIGHTED, GridOptions, layers_of, score_cell
from embedlib.probes.logistic import scaled
from embedlib.probes.mixing import mixed_loss, weighted_sum
from tests.probes.made import clusters, posed, stored

GOOD, LABELS = clusters(60, 3, spread=0.2)
NOISE = np.random.default_rng(9).standard_normal(GOOD.shape).astype(np.float32)
VECTORS = stored({"mean": np.stack([NOISE, GOOD])})
PROBLEM = posed(LABELS)


def test_the_slopes_are_those_of_the_loss():
    layers = torch.from_numpy(np.stack([scaled(NOISE), scaled(GOOD), scaled(GOOD + NOISE)]))
    loss = mixed_loss(layers.double(), torch.from_numpy(PROBLEM.codes), 3, 0.1)
    point = torch.from_numpy(np.random.default_rng(1).standard_normal(3 + 9 * 3))
    _, slopes = loss(point)
    for place in (0, 1, 2, 5, 20, 29):
        step = torch.zeros_like(point)
        step[place] = 1e-5
        measured = (loss(point + step)[0] - loss(point - step)[0]) / 2e-5
        assert float(slopes[place]) == pytest.approx(measured, rel=1e-4, abs=1e-4)


def test_layers_that_know_equally_much_share_the_sum_and_know_more_together():
    good, labels = clusters(150, 3, spread=0.2)
    noises = np.random.default_rng(2).standard_normal((4, *good.shape)).astype(np.float32)
    copies, told = good + 2 * noises, posed(labels)
    together, weights = weighted_sum(copies.__getitem__, 4, told)
    assert weights.mean(axis=0).min() > 0.15 and weights.mean(axis=0).max() < 0.35
    alone = [weighted_sum([one].__getitem__, 1, told)[0] for one in copies]
    best = max((found == told.codes).mean() for found in alone)
    assert (together == told.codes).mean() > best + 0.1


def test_unlike_layers_are_not_left_out_because_their_sum_is_shorter():
    rng, parts = np.random.default_rng(3), []
    for category in range(3):
        part = 0.5 * rng.standard_normal((60, 16)).astype(np.float32)
        part[:, category] += 3 * (PROBLEM.codes == category)
        parts.append(part)
    found, weights = weighted_sum(parts.__getitem__, 3, PROBLEM)
    assert weights.mean(axis=0).min() > 0.2
    assert (found == PROBLEM.codes).mean() > 0.8


def test_the_learned_sum_leans_on_the_layer_that_knows():
    options = GridOptions(weighted=True, mixes=False)
    assert layers_of(VECTORS, options) == (0, 1, WEIGHTED)
    cell = score_cell(VECTORS, PROBLEM, WEIGHTED, "mean", options)
    assert cell.weights.sum() == pytest.approx(1, abs=1e-5)
    assert cell.weights[1] > 0.7
    assert cell.mean > 0.9


def test_the_weights_of_a_fold_know_nothing_of_its_rows():
    changed = PROBLEM.codes.copy()
    tested = PROBLEM.folds == 0
    changed[tested] = (changed[tested] + 1) % 3
    layers = [NOISE, GOOD]
    _, before = weighted_sum(layers.__getitem__, 2, PROBLEM)
    _, after = weighted_sum(layers.__getitem__, 2, replace(PROBLEM, codes=changed))
    np.testing.assert_array_equal(before[0], after[0])
    assert (before[1] != after[1]).any()
