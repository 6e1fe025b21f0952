"""Contributions are exact: they add up to what the block hands on, in every architecture."""

import copy

import numpy as np
import pytest
import torch

from embedlib.attention import (
    KINDS,
    attention,
    contribution_vectors,
    layer_contributions,
    measured_residual,
    mixing_share,
    output_bias,
    received,
    shares,
)
from embedlib.attention.architectures import ARCHITECTURES, modules
from embedlib.errors import OptionError, UnknownNameError
from embedlib.models import load
from tests import tiny
from tests.attention import made, others

TEXT = "the river bank flows to the sea, and was not slow."


def reference_outputs(encoder, maps, path):
    """What modules at `path` read and gave in transformers' own eager model, call by call."""
    config = copy.deepcopy(encoder.model.config)
    config._attn_implementation = "eager"
    model = type(encoder.model)(config).eval()
    model.load_state_dict(encoder.model.state_dict(), strict=False)  # a pooler is not needed
    seen = []
    for module in modules(model, path):
        module.register_forward_hook(lambda _m, args, out: seen.append((args[0][0], out[0])))
    with torch.inference_mode():
        model(input_ids=torch.from_numpy(maps.ids.astype(np.int64))[None])
    return seen


@pytest.mark.parametrize("model_type", others.ALL)
def test_contributions_and_bias_sum_to_the_attention_output(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    outputs = reference_outputs(encoder, maps, ARCHITECTURES[model_type].output)
    assert len(outputs) == maps.n_layers
    for layer, (_, expected) in enumerate(outputs):
        bias = output_bias(encoder, maps, layer)
        for query in range(maps.n_tokens):
            vectors = contribution_vectors(encoder, maps, layer, query)
            assert vectors.shape == (maps.n_heads, maps.n_tokens, tiny.DIM)
            found = vectors.sum(axis=(0, 1), dtype=np.float64) + bias
            assert np.abs(found - expected[query].numpy()).max() <= 1e-5


@pytest.mark.parametrize("model_type", others.ALL)
def test_kept_norms_are_the_lengths_of_these_vectors(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    for layer in range(maps.n_layers):
        lengths = KINDS["contribution"].function(maps, layer)
        through_all = layer_contributions(maps, layer)
        for query in range(maps.n_tokens):
            vectors = contribution_vectors(encoder, maps, layer, query).astype(np.float64)
            by_head = np.linalg.norm(vectors, axis=-1)
            assert np.allclose(lengths[:, query], by_head, atol=1e-5)
            assert np.allclose(
                through_all[query], np.linalg.norm(vectors.sum(0), axis=-1), atol=1e-5
            )


def test_the_bundled_model_is_taken_apart_exactly():
    encoder = load()
    maps = attention(encoder, "The animal didn't cross the street because it was too tired.")
    outputs = reference_outputs(encoder, maps, ARCHITECTURES["bert"].output)
    for layer, (_, expected) in enumerate(outputs):
        bias = output_bias(encoder, maps, layer)
        for query in (0, 5):
            vectors = contribution_vectors(encoder, maps, layer, query)
            found = vectors.sum(axis=(0, 1), dtype=np.float64) + bias
            assert np.abs(found - expected[query].numpy()).max() <= 1e-5


def naive_mixing(maps, encoder, layer, *, before_sum=None, after_sum=None):
    """The mixing ratio by its definition, token by token, from vectors (query, key, dim)."""
    ratios = []
    for query in range(maps.n_tokens):
        parts = contribution_vectors(encoder, maps, layer, query).sum(axis=0).astype(np.float64)
        if before_sum is not None:
            parts = before_sum(parts, query)
        parts[query] += maps.hidden[layer, query]
        if after_sum is not None:
            parts = after_sum(parts)
        own = parts[query]
        context = parts.sum(axis=0) - own
        ratios.append(np.linalg.norm(context))
        ratios[-1] /= np.linalg.norm(context) + np.linalg.norm(own)
    return np.array(ratios)


@pytest.mark.parametrize("model_type", ["bert", "mpnet", "albert", "distilbert"])
def test_mixing_follows_its_definition_after_the_sum_and_its_norm(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    norms = modules(encoder.model, ARCHITECTURES[model_type].norm)
    for layer in range(maps.n_layers):
        gain = norms[layer % len(norms)].weight.numpy()
        expected = naive_mixing(
            maps,
            encoder,
            layer,
            after_sum=lambda parts, g=gain: (parts - parts.mean(-1, keepdims=True)) * g,
        )
        assert np.allclose(mixing_share(maps)[layer], expected, atol=1e-5)


@pytest.mark.parametrize("model_type", ["gpt2", "llama", "gpt_neox"])
def test_mixing_follows_its_definition_where_the_norm_stands_before(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    for layer in range(maps.n_layers):
        assert np.allclose(maps.mixing[layer], naive_mixing(maps, encoder, layer), atol=1e-5)


def test_mixing_follows_its_definition_where_the_output_is_normed():
    encoder = others.lively("gemma2")
    maps = attention(encoder, TEXT)
    path = ARCHITECTURES["gemma2"].norm
    normed = reference_outputs(encoder, maps, path)
    norms = modules(encoder.model, path)
    for layer, (whole, _) in enumerate(normed):
        spread = np.sqrt((whole.numpy() ** 2).mean(-1) + norms[layer].eps)
        gain = 1 + norms[layer].weight.numpy()
        expected = naive_mixing(
            maps, encoder, layer, before_sum=lambda p, q, s=spread, g=gain: p * g / s[q]
        )
        assert np.allclose(maps.mixing[layer], expected, atol=1e-5)


def test_the_measured_residual_makes_rollout_mix_as_much_as_measured():
    encoder = others.lively("bert", spread=0.2)
    maps = attention(encoder, TEXT)
    residual = measured_residual(maps)
    own = np.diagonal(maps.weights, axis1=2, axis2=3).mean(axis=(1, 2))
    inside = (residual > 0) & (residual < 1)
    assert inside.any()
    assert np.allclose(
        ((1 - residual) * (1 - own))[inside], maps.mixing.mean(axis=1)[inside], atol=1e-5
    )


def test_there_is_no_residual_to_measure_where_nothing_is_mixed():
    assert np.isnan(measured_residual(made.maps(np.eye(3)[None, None]))).all()


def test_shares_of_contributions_sum_to_one_and_zero_rows_stay_zero():
    maps = attention(others.lively("llama"), TEXT)
    assert np.allclose(shares(maps, 1, "contribution").sum(-1), 1, atol=1e-5)
    silent = made.maps(made.uniform(3), grams=np.zeros((1, 3, 1, 1)))
    assert (shares(silent, 0, "contribution") == 0).all()


def test_what_some_tokens_receive_is_said_for_both_kinds():
    grams = np.ones((1, 4, 1, 1), dtype=np.float32)
    grams[0, 3] = 0.0
    found = received(made.maps(made.uniform(4), grams=grams), np.array([0, 0, 0, 1], dtype=bool))
    assert found.weight.tolist() == [[0.25]]
    assert found.contribution.tolist() == [[0.0]]
    assert found.sentence == "25.0 % of the weight but 0.0 % of the contribution"
    with pytest.raises(OptionError, match=r"one entry for each of 4 tokens, got \(2,\)"):
        received(made.maps(made.uniform(4)), np.array([True, False]))


def test_another_model_or_a_layer_that_there_is_not_is_refused():
    maps = attention(tiny.encoder(), TEXT)
    with pytest.raises(OptionError, match="the one that made the maps, tiny-bert, got tiny-gpt2"):
        contribution_vectors(tiny.encoder("gpt2"), maps, 0, 0)
    with pytest.raises(OptionError, match="layer of a head must be a whole number from 0 to 2"):
        layer_contributions(maps, 3)
    with pytest.raises(OptionError, match="The token must be a whole number from 0 to"):
        contribution_vectors(tiny.encoder(), maps, 0, 99)
    with pytest.raises(UnknownNameError, match="kind of map must be one of weight, contribution"):
        shares(maps, 0, "gradient")
