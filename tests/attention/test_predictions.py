"""Predictions come from the model's own head, on the twin's tensors, with heads on or off."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM

from embedlib.attention import all_heads, attention, eager_twin, predict, with_mask
from embedlib.attention import predictions as module
from embedlib.errors import (
    ModelError,
    ModelNotFoundError,
    OptionError,
    TextError,
    UnsupportedModelError,
)
from embedlib.models import load
from tests import tiny

MASKED = ("bert", "roberta", "distilbert", "mpnet", "albert", "electra", "modernbert", "deberta-v2")
CAUSAL = ("gpt2", "llama", "qwen2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A models folder with a tiny language model of each architecture, with lively weights."""
    root = tmp_path_factory.mktemp("models")
    for model_type in (*MASKED, *CAUSAL):
        generator = torch.Generator().manual_seed(3)
        model = language_model_of(model_type)
        for parameter in model.parameters():
            parameter.data += torch.empty(parameter.shape).normal_(0, 0.3, generator=generator)
        model.tie_weights()
        model.save_pretrained(root / model_type)
        tiny.tokenizer(special=model_type not in CAUSAL).save_pretrained(root / model_type)
    return root


def language_model_of(model_type: str):
    torch.manual_seed(5)
    settings = tiny._SPECIAL_IDS | {"vocab_size": tiny._VOCABULARY} | tiny._CONFIGS[model_type]
    config = AutoConfig.for_model(model_type, **settings)
    family = AutoModelForCausalLM if model_type in CAUSAL else AutoModelForMaskedLM
    return family.from_config(config).eval()


def expected_probabilities(folder, model_type: str, ids, position: int):
    family = AutoModelForCausalLM if model_type in CAUSAL else AutoModelForMaskedLM
    model = family.from_pretrained(folder / model_type).eval()
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids])).logits[0, position]
    return logits.softmax(-1).topk(5)


@pytest.mark.parametrize("model_type", MASKED)
def test_words_at_the_mask_are_those_of_transformers(folder, model_type):
    encoder = load(model_type, models_dir=folder, device="cpu")
    text = "the river [MASK] flows to the [MASK]"
    found = predict(encoder, text, models_dir=folder)
    ids = encoder.tokenizer(text)["input_ids"]
    assert [prediction.position for prediction in found] == [3, 7]
    for prediction in found:
        expected = expected_probabilities(folder, model_type, ids, prediction.position)
        assert np.allclose(prediction.probabilities, expected.values.tolist(), atol=1e-5)
        pieces = encoder.tokenizer.convert_ids_to_tokens(expected.indices.tolist())
        assert prediction.pieces == tuple(pieces)


@pytest.mark.parametrize("model_type", CAUSAL)
def test_the_next_word_is_that_of_transformers(folder, model_type):
    encoder = load(model_type, models_dir=folder, device="cpu")
    (found,) = predict(encoder, "the river bank", models_dir=folder)
    ids = encoder.tokenizer("the river bank")["input_ids"]
    expected = expected_probabilities(folder, model_type, ids, -1)
    assert found.position == 2
    assert np.allclose(found.probabilities, expected.values.tolist(), atol=1e-5)


@pytest.mark.parametrize("model_type", ["bert", "gpt2"])
def test_switching_heads_off_changes_the_prediction(folder, model_type):
    encoder = load(model_type, models_dir=folder, device="cpu")
    text = "the river [MASK]"
    whole = predict(encoder, text, models_dir=folder)
    without = predict(encoder, text, heads_off=all_heads(encoder), models_dir=folder)
    again = predict(encoder, text, heads_off=[], models_dir=folder)
    assert whole == again
    assert without[0].probabilities != pytest.approx(whole[0].probabilities, abs=1e-4)


@pytest.mark.parametrize("model_type", (*MASKED, *CAUSAL))
def test_beside_the_head_nothing_is_in_memory_twice(folder, model_type):
    encoder = load(model_type, models_dir=folder, device="cpu")
    predict(encoder, "the river [MASK]", models_dir=folder)
    model = module._models[encoder]
    assert getattr(model, model.base_model_prefix) is eager_twin(encoder).model
    shared = {tensor.data_ptr() for tensor in encoder.model.parameters()}
    own = [p for p in model.parameters() if p.data_ptr() not in shared]
    embeddings = encoder.model.get_input_embeddings().weight
    assert all(parameter.shape != embeddings.shape for parameter in own) or model_type in (
        "llama",  # these two have an output matrix of their own
        "qwen2",
    )


def test_the_whole_word_of_a_token_is_masked():
    encoder = tiny.encoder()
    maps = attention(encoder, "the river x9y  flows")
    # [CLS] the river x ##9 ##y flows [SEP]
    for token in (3, 4, 5):
        assert with_mask(encoder, maps, token) == "the river [MASK]  flows"
    assert with_mask(encoder, maps, 6) == "the river x9y  [MASK]"


def test_what_cannot_be_masked_is_refused():
    encoder = tiny.encoder()
    maps = attention(encoder, "a dog", "the cat")
    for token in (0, 4):  # [CLS], the
        with pytest.raises(TextError, match="must be a word of the first text"):
            with_mask(encoder, maps, token)
    with pytest.raises(OptionError, match="The token must be a whole number from 0 to 6"):
        with_mask(encoder, maps, 7)


def test_a_folder_without_a_head_says_so(tmp_path):
    from transformers import AutoModel

    model = AutoModel.from_config(language_model_of("bert").config)
    model.save_pretrained(tmp_path / "headless")
    tiny.tokenizer().save_pretrained(tmp_path / "headless")
    encoder = load("headless", models_dir=tmp_path, device="cpu")
    with pytest.raises(
        UnsupportedModelError, match=r"must have a language-modelling head.*headless without one"
    ):
        predict(encoder, "the [MASK]", models_dir=tmp_path)


def test_the_bundled_model_has_no_head_and_says_so():
    with pytest.raises(UnsupportedModelError, match="Sentence models lost that head"):
        predict(load(), "the [MASK] bank")


def test_an_architecture_without_any_head_says_so(folder, monkeypatch):
    encoder = load("bert", models_dir=folder, device="cpu")
    fresh = dataclasses.replace(encoder)
    monkeypatch.setattr(AutoModelForMaskedLM, "_model_mapping", {})
    with pytest.raises(UnsupportedModelError, match="its architecture has none"):
        predict(fresh, "the [MASK]", models_dir=folder)


def test_a_head_that_cannot_be_loaded_says_why(folder, monkeypatch):
    encoder = dataclasses.replace(load("bert", models_dir=folder, device="cpu"))
    maker = AutoModelForMaskedLM._model_mapping[type(encoder.model.config)]

    def broken(*_, **__):
        raise RuntimeError("no such tensor")

    monkeypatch.setattr(maker, "from_pretrained", broken)
    with pytest.raises(UnsupportedModelError, match="no such tensor"):
        predict(encoder, "the [MASK]", models_dir=folder)


def test_weights_that_have_changed_are_not_mixed_with_those_in_memory(folder, tmp_path):
    shutil.copytree(folder / "bert", tmp_path / "bert")
    encoder = load("bert", models_dir=tmp_path, device="cpu")
    language_model_of("bert").save_pretrained(tmp_path / "bert")
    with pytest.raises(ModelError, match="must be those that were loaded, and have changed since"):
        predict(encoder, "the [MASK]", models_dir=tmp_path)
    shutil.rmtree(tmp_path / "bert")
    with pytest.raises(ModelNotFoundError):
        predict(encoder, "the [MASK]", models_dir=tmp_path)


def test_wrong_arguments_are_refused_in_words(folder):
    encoder = load("bert", models_dir=folder, device="cpu")
    with pytest.raises(TextError, match=r"text must hold \[MASK\] where a word"):
        predict(encoder, "the river", models_dir=folder)
    with pytest.raises(OptionError, match="n must be a whole number from 1 to 100, got 0"):
        predict(encoder, "the [MASK]", n=0, models_dir=folder)
    with pytest.raises(OptionError, match="The head must be a whole number from 0 to 1, got 7"):
        predict(encoder, "the [MASK]", heads_off=[(0, 7)], models_dir=folder)
