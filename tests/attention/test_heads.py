"""The neuron view is what the model calculated: its softmax is the weight."""

import numpy as np
import pytest

from embedlib.attention import attention, neurons
from embedlib.errors import OptionError
from tests import tiny
from tests.attention import others

TEXT = "a river bank"  # short enough for every sliding window of the tiny models


@pytest.mark.parametrize("model_type", others.ALL)
def test_the_softmax_of_scores_is_the_weight_where_it_says_so(model_type):
    maps = attention(others.lively(model_type), TEXT)
    assert maps.plain_scores == (model_type not in ("mpnet", "deberta-v2", "gemma2"))
    for layer in range(maps.n_layers):
        for head in range(maps.n_heads):
            found = neurons(maps, layer, head)
            assert np.array_equal(found.weights, maps.weights[layer, head])
            scores = found.scores.astype(np.float64)
            if maps.causal:
                scores[np.triu_indices(maps.n_tokens, 1)] = -np.inf
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            softmax = powers / powers.sum(axis=1, keepdims=True)
            if maps.plain_scores:
                assert np.abs(softmax - found.weights).max() <= 1e-5


@pytest.mark.parametrize("model_type", others.ALL)
def test_products_of_dimensions_sum_to_the_score(model_type):
    found = neurons(attention(others.lively(model_type), TEXT), 1, 1)
    assert found.queries.shape == found.keys.shape == found.values.shape
    for query in range(len(found.queries)):
        sums = found.products(query).sum(axis=1)
        assert np.allclose(sums, found.scores[query], atol=1e-4)


def test_what_a_dimension_decides_is_its_share_of_the_scores_variance():
    maps = attention(others.lively("bert"), TEXT)
    found = neurons(maps, 1, 0)
    products = found.products(2)
    deciding = found.deciding(2, causal=False)
    assert deciding.sum() == pytest.approx(1, abs=1e-5)
    scores = products.sum(axis=1)
    for dim in range(products.shape[1]):
        expected = np.cov(products[:, dim], scores)[0, 1] / scores.var(ddof=1)
        assert deciding[dim] == pytest.approx(expected, abs=1e-5)


def test_only_keys_that_are_seen_decide():
    found = neurons(attention(others.lively("gpt2"), TEXT), 1, 0)
    assert found.deciding(0, causal=True).tolist() == [0] * found.queries.shape[1]
    assert found.deciding(1, causal=True).sum() == pytest.approx(1, abs=1e-5)
    assert not np.allclose(found.deciding(1, causal=True), found.deciding(1, causal=False))


def test_heads_that_share_keys_get_the_same_ones():
    maps = attention(others.lively("llama"), TEXT)
    first, second = neurons(maps, 0, 0), neurons(maps, 0, 1)
    assert maps.keys.shape[1] == 1
    assert np.array_equal(first.keys, second.keys)
    assert np.array_equal(first.values, second.values)
    assert not np.array_equal(first.queries, second.queries)


def test_a_head_that_there_is_not_is_refused():
    maps = attention(tiny.encoder(), TEXT)
    with pytest.raises(OptionError, match="layer of a head must be a whole number from 0 to 2"):
        neurons(maps, 3, 0)
    with pytest.raises(OptionError, match="The head must be a whole number from 0 to 1, got True"):
        neurons(maps, 0, True)
