"""The logit lens: the last layer is the model's own prediction, the others go through its head."""

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from embedlib.attention.lens import logit_lens
from embedlib.errors import OptionError, UnsupportedModelError
from embedlib.extract import token_vectors
from embedlib.models import load
from tests import tiny
from tests.attention.test_predictions import CAUSAL, expected_probabilities, folder

__all__ = ["folder"]  # a fixture of that module
TEXT = "the river bank"


@pytest.mark.parametrize("model_type", ["bert", "roberta", "distilbert", "modernbert", *CAUSAL])
def test_the_last_layer_predicts_what_the_model_does(folder, model_type):
    encoder = load(model_type, models_dir=folder, device="cpu")
    ids = token_vectors(encoder, TEXT).ids.tolist()
    found = logit_lens(encoder, TEXT, 1, models_dir=folder)
    expected = expected_probabilities(folder, model_type, ids, 1)
    assert len(found) == encoder.card.n_layers + 1
    np.testing.assert_allclose(found[-1].probabilities, expected.values, rtol=1e-3)
    names = encoder.tokenizer.convert_ids_to_tokens(expected.indices.tolist())
    assert list(found[-1].pieces) == names


def test_earlier_layers_are_read_with_the_same_head(folder):
    encoder = load("bert", models_dir=folder, device="cpu")
    hidden = torch.from_numpy(token_vectors(encoder, TEXT).hidden)
    head = AutoModelForMaskedLM.from_pretrained(folder / "bert").eval().cls
    with torch.inference_mode():
        expected = head(hidden[:, 2]).softmax(-1).topk(5)
    found = logit_lens(encoder, TEXT, 2, models_dir=folder)
    for layer, prediction in enumerate(found):
        np.testing.assert_allclose(prediction.probabilities, expected.values[layer], rtol=1e-3)


def test_the_model_is_as_before(folder):
    encoder = load("bert", models_dir=folder, device="cpu")
    before = logit_lens(encoder, TEXT, 1, models_dir=folder)
    assert logit_lens(encoder, TEXT, 1, models_dir=folder) == before


def test_a_token_that_is_not_there_is_refused(folder):
    encoder = load("bert", models_dir=folder, device="cpu")
    with pytest.raises(OptionError, match="one from 0 to 4, got 5"):
        logit_lens(encoder, TEXT, 5, models_dir=folder)


def test_the_bundled_model_has_no_head():
    with pytest.raises(UnsupportedModelError, match="must have a language-modelling head"):
        logit_lens(load(), TEXT, 1)


def test_tiny_models_are_what_the_tests_say():
    assert set(CAUSAL) == tiny.CAUSAL
