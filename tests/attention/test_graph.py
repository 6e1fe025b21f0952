"""Rollout and flow, held against values calculated by hand and another implementation."""

import networkx
import numpy as np
import pytest

from embedlib.attention import (
    attention,
    flow,
    measured_residual,
    mixed,
    mixed_as_measured,
    rollout,
)
from embedlib.errors import LimitError, OptionError
from tests.attention import made, others

SWAP = np.array([[0.0, 1.0], [1.0, 0.0]])
HALF = np.array([[0.5, 0.5], [0.5, 0.5]])


def test_the_residual_is_added_to_the_mean_over_heads():
    weights = np.stack([np.eye(2), SWAP])[None]  # one layer, two heads, whose mean is HALF
    assert np.allclose(mixed(weights, 0.5)[0], [[0.75, 0.25], [0.25, 0.75]])
    assert np.allclose(mixed(weights, 1.0)[0], np.eye(2))
    assert np.allclose(mixed(weights, 0.0)[0], HALF)


def test_each_layer_may_have_its_own_residual():
    weights = np.stack([SWAP, SWAP])[:, None]
    found = mixed(weights, [0.0, 0.75])
    assert np.allclose(found[0], SWAP)
    assert np.allclose(found[1], [[0.75, 0.25], [0.25, 0.75]])


def test_rollout_is_what_is_calculated_by_hand():
    weights = np.stack([[[1.0, 0.0], [0.5, 0.5]], SWAP])[:, None]
    found = rollout(mixed(weights, 0.5))
    first = [[1.0, 0.0], [0.25, 0.75]]
    # The second layer takes half of each: 0.5 * [1, 0] + 0.5 * [0.25, 0.75].
    second = [[0.625, 0.375], [0.625, 0.375]]
    assert np.allclose(found, [first, second])


def test_rollout_without_residual_multiplies_the_weights():
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.ones(5), size=(4, 2, 5))
    found = rollout(mixed(weights, 0.0))
    mean = weights.mean(axis=1)
    assert np.allclose(found[3], mean[3] @ mean[2] @ mean[1] @ mean[0], atol=1e-6)


@pytest.mark.parametrize("model_type", others.ALL)
def test_rows_of_rollout_sum_to_one(model_type):
    maps = attention(others.lively(model_type), "the river bank flows to the sea")
    residual = np.nan_to_num(measured_residual(maps), nan=0.5)
    for matrices in (
        mixed(maps.weights),
        mixed(maps.weights, residual),
        mixed_as_measured(maps.weights, maps.mixing),
    ):
        found = rollout(matrices)
        assert np.abs(found.sum(axis=-1) - 1).max() <= 1e-5
        if maps.causal:
            assert (np.triu(found, 1) == 0).all()


def test_measured_mixing_decides_how_much_comes_from_others():
    weights = np.array([[[[0.8, 0.1, 0.1], [0.0, 1.0, 0.0], [0.2, 0.2, 0.6]]]])
    found = mixed_as_measured(weights, [[0.5, 0.5, 0.2]])
    # The second token attends to itself alone: there are no others to divide among.
    assert np.allclose(found[0], [[0.5, 0.25, 0.25], [0, 1, 0], [0.1, 0.1, 0.8]])


def test_flow_through_one_layer_is_its_weight():
    weights = made.uniform(3)
    matrices = mixed(weights, 0.5)
    assert np.allclose(flow(matrices), matrices[0], atol=1e-6)


def test_flow_is_what_is_calculated_by_hand():
    lower = np.array([[0.9, 0.1], [0.4, 0.6]])
    upper = np.array([[0.7, 0.3], [0.5, 0.5]])
    # To input 0: min(0.7, 0.9) + min(0.3, 0.4); to input 1: min(0.7, 0.1) + min(0.3, 0.6).
    found = flow(np.stack([lower, upper]))
    assert np.allclose(found[0], [1.0, 0.4], atol=1e-6)
    assert np.allclose(found[1], [0.9, 0.6], atol=1e-6)


def test_flow_agrees_with_another_implementation():
    rng = np.random.default_rng(5)
    matrices = rng.dirichlet(np.full(4, 0.3), size=(3, 4))
    graph = networkx.DiGraph()
    for layer in range(3):
        for query in range(4):
            for key in range(4):
                capacity = float(matrices[layer, query, key])
                graph.add_edge((layer + 1, query), (layer, key), capacity=capacity)
    for layer in (0, 1, 2):
        found = flow(matrices, layer=layer)
        for query in range(4):
            for key in range(4):
                expected = networkx.maximum_flow_value(graph, (layer + 1, query), (0, key))
                assert found[query, key] == pytest.approx(expected, abs=1e-6)


def test_only_the_queries_asked_for_are_calculated():
    matrices = mixed(made.uniform(3))
    found = flow(matrices, queries=[1])
    assert np.allclose(found[1], flow(matrices)[1])
    assert (found[[0, 2]] == 0).all()


def test_wrong_arguments_are_refused_in_words(monkeypatch):
    matrices = mixed(made.uniform(3))
    with pytest.raises(OptionError, match=r"residual share must be a number from 0 to 1, got 1.5"):
        mixed(made.uniform(3), 1.5)
    with pytest.raises(OptionError, match=r"one for each of 1 layers, got the shape \(2,\)"):
        mixed(made.uniform(3), [0.1, 0.2])
    with pytest.raises(OptionError, match=r"mixing must have the shape \(1, 3\), got \(3,\)"):
        mixed_as_measured(made.uniform(3), [0.1, 0.2, 0.3])
    with pytest.raises(OptionError, match=r"shape \(layer, query, key\), got \(1, 1, 3, 3\)"):
        rollout(made.uniform(3))
    with pytest.raises(OptionError, match="layer must be a number from 0 to 0, got 1"):
        flow(matrices, layer=1)
    with pytest.raises(OptionError, match="queries must be numbers from 0 to 2"):
        flow(matrices, queries=[3])
    monkeypatch.setenv("EMBEDLIB_FLOW_TOKENS", "2")
    with pytest.raises(LimitError, match="tokens in an attention flow must be at most 2 tokens"):
        flow(matrices)
