"""Switching heads off does what it says, on the twin alone."""

import copy

import numpy as np
import pytest
import torch

from embedlib.attention import ablate, all_heads, attention, head_effects
from embedlib.attention.architectures import ARCHITECTURES, modules
from embedlib.errors import Cancelled, OptionError, UnknownNameError
from embedlib.models import load
from tests import tiny
from tests.attention import others

TEXT = "the river bank flows to the sea"


def reference(encoder, maps, off):
    """Hidden states when W_O does not read these heads, in a model of its own: (layer, token, dim).

    Only for models in which every block has its own output projection.
    """
    model = copy.deepcopy(encoder.model)
    width = tiny.DIM // tiny.N_HEADS
    for layer, module in enumerate(modules(model, ARCHITECTURES[encoder.card.model_type].output)):
        weight = module.weight.clone()
        inputs = weight if type(module).__name__ == "Conv1D" else weight.T
        for block, head in off:
            if block == layer:
                inputs[head * width : (head + 1) * width] = 0
        module.weight.data = weight
    given = torch.from_numpy(maps.ids.astype(np.int64))[None]
    with torch.inference_mode():
        found = model(input_ids=given, output_hidden_states=True).hidden_states
    return np.stack([layer[0].numpy() for layer in found])


@pytest.mark.parametrize("model_type", others.ALL)
def test_switching_nothing_off_changes_nothing(model_type):
    found = ablate(others.lively(model_type), TEXT, [])
    assert np.array_equal(found.before, found.after)
    assert np.allclose(found.cosines, 1)


@pytest.mark.parametrize("model_type", sorted(set(others.ALL) - {"albert"}))
@pytest.mark.parametrize("all_off", [False, True])
def test_a_head_that_is_off_is_a_zeroed_part_of_the_output_projection(model_type, all_off):
    encoder = others.lively(model_type)
    off = all_heads(encoder) if all_off else ((0, 1), (2, 0))
    found = ablate(encoder, TEXT, off)
    expected = reference(encoder, attention(encoder, TEXT), off).mean(axis=1)
    assert np.abs(found.after - expected).max() <= 1e-5 * max(1, np.abs(expected).max())
    assert np.abs(found.after[-1] - found.before[-1]).max() > 1e-3
    assert np.array_equal(found.after[0], found.before[0])


def test_blocks_that_share_their_weights_are_switched_off_one_by_one():
    encoder = others.lively("albert")
    found = ablate(encoder, TEXT, [(1, 0)])
    assert np.array_equal(found.after[1], found.before[1])
    assert np.abs(found.after[2] - found.before[2]).max() > 1e-3


def test_the_vector_before_is_that_of_the_shared_model():
    encoder = load()
    found = ablate(encoder, "a river bank", [(5, 3)], pooling="cls")
    given = encoder.tokenizer("a river bank", return_tensors="pt")
    with torch.inference_mode():
        expected = encoder.model(**given).last_hidden_state[0, 0].numpy()
    assert np.abs(found.before[-1] - expected).max() <= 1e-5
    assert found.heads == ((5, 3),)
    assert 0 < found.cosines[-1] < 1
    assert found.cosines[5] == pytest.approx(1)


def test_special_tokens_can_be_left_out_of_the_pooling():
    encoder = others.lively("bert")
    maps = attention(encoder, TEXT, "a dog")
    found = ablate(encoder, TEXT, [], "a dog", pool_special=False)
    assert np.allclose(found.before, maps.hidden[:, ~maps.special].mean(axis=1), atol=1e-5)


@pytest.mark.parametrize("model_type", ["bert", "gpt2", "albert"])
def test_effects_of_all_heads_are_those_of_each(model_type):
    encoder = others.lively(model_type)
    effects = head_effects(encoder, TEXT, pooling="last")
    for head in all_heads(encoder):
        alone = ablate(encoder, TEXT, [head], pooling="last")
        assert effects[head] == pytest.approx(1 - alone.cosines[-1], abs=1e-5)


def test_effects_on_a_pair_are_those_of_each_head_on_the_pair():
    encoder = others.lively("bert")
    effects = head_effects(encoder, TEXT, "a dog", pool_special=False)
    alone = ablate(encoder, TEXT, [(1, 1)], "a dog", pool_special=False)
    assert effects[1, 1] == pytest.approx(1 - alone.cosines[-1], abs=1e-5)


def test_heads_above_a_layer_have_no_effect_on_it():
    effects = head_effects(others.lively("bert"), TEXT, layer=2)
    assert (effects[2] == 0).all()
    assert (effects[:2] > 0).all()


def test_effects_can_be_watched_and_stopped(monkeypatch):
    monkeypatch.setattr("embedlib.attention.ablation._WEIGHT_BYTES", 1)
    seen = []
    head_effects(others.lively("bert"), TEXT, progress=seen.append)
    assert [step.done for step in seen] == [1, 2, 3, 4, 5, 6]
    assert {(step.total, step.unit) for step in seen} == {(6, "heads")}
    with pytest.raises(Cancelled):
        head_effects(others.lively("bert"), TEXT, cancelled=lambda: True)


def test_the_twin_is_as_before_afterwards():
    encoder = others.lively("bert")
    before = attention(encoder, TEXT)
    ablate(encoder, TEXT, all_heads(encoder))
    assert np.array_equal(attention(encoder, TEXT).weights, before.weights)


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ([(3, 0)], "layer of a head must be a whole number from 0 to 2, got 3"),
        ([(0, 2)], "The head must be a whole number from 0 to 1, got 2"),
        ([5], r"A head must be a pair \(layer, head\), got 5"),
    ],
)
def test_a_head_that_there_is_not_is_refused(heads, said):
    with pytest.raises(OptionError, match=said):
        ablate(tiny.encoder(), TEXT, heads)


def test_a_pooling_that_needs_a_choice_is_refused():
    with pytest.raises(OptionError, match=r"no choice of tokens, got 'chosen'. Use one of: mean, "):
        ablate(tiny.encoder(), TEXT, [], pooling="chosen")
    with pytest.raises(UnknownNameError, match="pooling must be one of mean, cls"):
        head_effects(tiny.encoder(), TEXT, pooling="average")
