"""The random twin has the shape of a model and nothing of what it learned."""

import numpy as np
import pytest
import torch

from embedlib.attention import attention, measure, random_twin
from embedlib.errors import OptionError
from tests import tiny
from tests.attention import others

TEXT = "the river bank flows to the sea"


@pytest.mark.parametrize("model_type", others.ALL)
def test_every_architecture_has_a_random_twin(model_type):
    encoder = others.lively(model_type)
    twin = random_twin(encoder, seed=3)
    assert twin.card.fingerprint != encoder.card.fingerprint
    assert twin.card.name == f"tiny-{model_type} (random 3)"
    maps = attention(twin, TEXT)
    assert np.abs(maps.weights.sum(-1) - 1).max() <= 1e-5
    assert measure(maps, "entropy_share").min() > 0.6  # nothing was learned
    shared = {parameter.data_ptr() for parameter in encoder.model.parameters()}
    assert not shared & {parameter.data_ptr() for parameter in twin.model.parameters()}


def test_the_same_seed_gives_the_same_weights_whatever_else_is_drawn():
    first = random_twin(tiny.encoder(), seed=1).model.state_dict()
    torch.rand(3)
    again = random_twin(tiny.encoder(), seed=1).model.state_dict()
    other = random_twin(tiny.encoder(), seed=2).model.state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(
        first["encoder.layer.0.attention.self.query.weight"],
        other["encoder.layer.0.attention.self.query.weight"],
    )


def test_random_numbers_of_the_process_are_left_alone():
    before = torch.random.get_rng_state()
    random_twin(tiny.encoder(), seed=1)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("model_type", ["bert", "gpt2", "llama", "gemma2", "mpnet"])
def test_random_weights_are_spread_as_transformers_spreads_them(model_type):
    encoder = tiny.encoder(model_type) if model_type != "gemma2" else others.encoder(model_type)
    reference = encoder.model  # the tiny models are as transformers begins them
    for name, values in random_twin(encoder).model.named_parameters():
        expected = dict(reference.named_parameters())[name]
        if values.ndim == 1:
            assert torch.equal(values, expected), name
        elif values.numel() > 500 and "c_proj" not in name:
            assert values.std().item() == pytest.approx(expected.std().item(), rel=0.2), name


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1"])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(OptionError, match="The seed must be a whole number from 0"):
        random_twin(tiny.encoder(), seed)
