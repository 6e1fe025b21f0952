"""Every mistake is the mistake that it says, and the right way is the library's."""

import numpy as np
import pytest
import torch

from embedlib.errors import LimitError, OptionError, UnknownNameError
from embedlib.extract import extract
from embedlib.mistakes import MISTAKES, damage, left_context, right_way, without_mask
from tests import tiny

TEXTS = ["the river flows to the sea", "a dog", "the savings bank is not slow", "the cat runs"]
EACH = pytest.mark.parametrize("name", list(MISTAKES))


def mean(texts=TEXTS, layer=3):
    made = extract(tiny.encoder(), texts, layers=(layer,), poolings=("mean",))
    return made.arrays["mean"][0]


@EACH
def test_every_mistake_does_some_damage_and_leaves_the_model_alone(name):
    before = [p.clone() for p in tiny.encoder().model.parameters()]
    found = damage(tiny.encoder(), TEXTS, name)
    assert found.right.shape == found.wrong.shape == (4, tiny.DIM)
    assert found.cosines.min() < 0.99999
    assert np.isfinite(found.wrong).all() and 0 <= found.kept.mean() <= 1
    after = list(tiny.encoder().model.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_the_right_way_is_what_the_library_extracts():
    np.testing.assert_allclose(damage(tiny.encoder(), TEXTS, "without_mask").right, mean())
    right = damage(tiny.encoder(), TEXTS, "left_context", layer=2).right
    np.testing.assert_allclose(right, mean(layer=2))


def test_without_padding_forgetting_the_mask_costs_nothing():
    same_length = ["the dog runs", "a cat was", "the sea flows"]
    found = damage(tiny.encoder(), same_length, "without_mask")
    np.testing.assert_allclose(found.wrong, found.right, atol=1e-6)
    assert found.kept.mean() == 1 and found.spread < 1e-6


def test_a_forgotten_mask_lets_the_neighbours_in_the_batch_decide():
    alone = without_mask(tiny.encoder(), TEXTS[1:2] * 3, 3)[0]
    together = without_mask(tiny.encoder(), TEXTS, 3)[1]
    assert np.abs(alone - together).max() > 1e-3


def test_reading_the_left_only_is_what_a_causal_model_does_anyway():
    encoder = tiny.encoder("gpt2")
    np.testing.assert_allclose(
        left_context(encoder, TEXTS, 3), right_way(encoder, TEXTS, 3), atol=1e-5
    )


def test_left_context_of_a_token_is_the_text_up_to_it():
    encoder = tiny.encoder()
    ids = encoder.tokenizer("a dog")["input_ids"]
    rows = []
    for end in range(1, len(ids) + 1):
        with torch.inference_mode():
            rows.append(encoder.model(torch.tensor([ids[:end]])).last_hidden_state[0, -1].numpy())
    found = left_context(encoder, TEXTS, 3)[1]
    np.testing.assert_allclose(found, np.mean(rows, axis=0), atol=1e-5)


def test_too_few_and_too_many_texts_and_unknown_names_are_refused(monkeypatch):
    with pytest.raises(OptionError, match="at least 3 texts, got 2"):
        damage(tiny.encoder(), TEXTS[:2], "without_mask")
    monkeypatch.setenv("EMBEDLIB_MISTAKE_TEXTS", "3")
    with pytest.raises(LimitError, match="at most 3 texts, got 4"):
        damage(tiny.encoder(), TEXTS, "without_mask")
    with pytest.raises(UnknownNameError, match="shuffled_words"):
        damage(tiny.encoder(), TEXTS[:3], "no_pooling")
