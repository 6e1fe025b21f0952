"""The eager twin gives the shared model's numbers from the shared model's own tensors."""

import dataclasses
import gc
import threading

import numpy as np
import pytest
import torch

from embedlib.attention import attention, eager_twin
from embedlib.attention import twin as twins
from embedlib.attention.recording import Recording
from embedlib.errors import UnsupportedModelError
from embedlib.models.encoder import Encoder
from tests import tiny
from tests.attention import others

TEXT = "the river bank flows to the sea and was not slow"


def hidden_of(encoder: Encoder, ids: np.ndarray) -> np.ndarray:
    """Every layer of the shared model: (layer + 1, token, dim)."""
    given = torch.from_numpy(ids.astype(np.int64))[None]
    with torch.inference_mode():
        found = encoder.model(
            input_ids=given, attention_mask=torch.ones_like(given), output_hidden_states=True
        ).hidden_states
    return np.stack([layer[0].numpy() for layer in found])


@pytest.mark.parametrize("model_type", others.ALL)
def test_the_twin_gives_every_layer_of_the_shared_model(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    expected = hidden_of(encoder, maps.ids)
    assert np.abs(maps.hidden - expected).max() <= 1e-5 * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("model_type", others.ALL)
def test_the_twin_holds_the_very_tensors_of_the_shared_model(model_type):
    encoder = others.encoder(model_type)
    twin = eager_twin(encoder).model
    for kind in ("named_parameters", "named_buffers"):
        shared = dict(getattr(encoder.model, kind)(remove_duplicate=False))
        own = dict(getattr(twin, kind)(remove_duplicate=False))
        assert own.keys() == shared.keys()
        assert all(own[name].data_ptr() == shared[name].data_ptr() for name in shared)
    assert not any(parameter.requires_grad for parameter in twin.parameters())
    assert not twin.training


@pytest.mark.parametrize("model_type", others.ALL)
def test_the_shared_model_is_never_switched(model_type):
    encoder = others.lively(model_type)
    before = encoder.model.config._attn_implementation
    keys = set(encoder.model.state_dict())
    attention(encoder, TEXT)
    assert encoder.model.config._attn_implementation == before
    assert set(encoder.model.state_dict()) == keys
    hooks = [
        hook
        for module in encoder.model.modules()
        for hook in (*module._forward_hooks.values(), *module._forward_pre_hooks.values())
    ]
    assert not any("embedlib" in getattr(hook, "__module__", "") for hook in hooks)


def test_the_twin_is_built_once_and_goes_with_its_encoder():
    encoder = others.fresh("bert")
    assert eager_twin(encoder) is eager_twin(encoder)
    n_twins = len(twins._twins)
    del encoder
    gc.collect()
    assert len(twins._twins) < n_twins


def test_threads_that_embed_and_threads_that_read_attention_do_not_meet():
    encoder = others.lively("bert")
    texts = [TEXT, "a dog runs fast", "money was slow", "the cat and the dog and the sea"]
    maps = [attention(encoder, text) for text in texts]
    errors: list[str] = []
    barrier = threading.Barrier(4)

    def embed():
        barrier.wait()
        for number in range(40):
            expected = maps[number % 4]
            found = hidden_of(encoder, expected.ids)
            if np.abs(found - expected.hidden).max() > 1e-5:
                errors.append("a vector is wrong")

    def read():
        barrier.wait()
        for number in range(40):
            expected = maps[number % 4]
            found = attention(encoder, texts[number % 4])
            if not (
                np.array_equal(found.weights, expected.weights)
                and np.array_equal(found.values, expected.values)
                and np.array_equal(found.mixing, expected.mixing)
            ):
                errors.append("a map is wrong")

    threads = [threading.Thread(target=work) for work in (embed, embed, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_passes_without_the_lock_keep_their_recordings_apart():
    encoder = others.lively("llama")
    twin = eager_twin(encoder)
    ids = [np.array([[5, 6, 7, 8, 9]]), np.array([[9, 8, 7, 6, 5, 4, 3]])]

    def recorded(number: int) -> np.ndarray:
        unlocked = dataclasses.replace(encoder, lock=threading.RLock())
        recording = Recording(tiny.N_LAYERS, tiny.N_HEADS, blocks=True)
        twins.forward(unlocked, twin, ids[number], ids[number] * 0, recording)
        return recording.weights

    expected = [recorded(0), recorded(1)]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(30):
            if not np.array_equal(recorded(number), expected[number]):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number % 2,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_unknown_architecture_is_refused_in_words():
    known = tiny.encoder()
    encoder = dataclasses.replace(known, card=dataclasses.replace(known.card, model_type="mamba"))
    with pytest.raises(
        UnsupportedModelError,
        match=r"must be one whose attention can be read, got 'mamba'. There are: bert, ",
    ):
        attention(encoder, TEXT)


def test_a_model_whose_projections_lie_elsewhere_is_refused_in_words():
    known = tiny.encoder("distilbert")
    encoder = dataclasses.replace(known, card=dataclasses.replace(known.card, model_type="bert"))
    with pytest.raises(UnsupportedModelError, match=r"tiny-distilbert cannot be read: .*not where"):
        attention(encoder, TEXT)


def test_a_twin_that_gives_other_numbers_is_refused_in_words(monkeypatch):
    encoder = others.fresh("bert")

    def forgetful(shared, model):
        shuffled = {name: tensor.flip(0) for name, tensor in shared.state_dict().items()}
        model.load_state_dict(shuffled, assign=True)
        for own, theirs in zip(model.modules(), shared.modules(), strict=True):
            own._buffers.update(theirs._buffers)

    monkeypatch.setattr(twins, "share_tensors", forgetful)
    with pytest.raises(UnsupportedModelError, match="reading it changes its numbers by"):
        attention(encoder, TEXT)


def test_a_twin_that_cannot_be_built_is_refused_in_words(monkeypatch):
    encoder = others.fresh("bert")

    def broken(shared, function):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(twins, "bare_copy", broken)
    with pytest.raises(UnsupportedModelError, match=r"no such thing.*Its vectors can still"):
        attention(encoder, TEXT)


def test_a_tensor_without_a_counterpart_is_noticed():
    shared = tiny.encoder().model
    twin = twins.bare_copy(shared, "eager")
    twin.register_buffer("stray", torch.zeros(1, device="meta"))
    bare = dict(shared.named_modules())
    bare[""]._buffers["stray"] = torch.zeros(1, device="meta")
    try:
        with pytest.raises(ValueError, match="no counterpart"):
            twin.load_state_dict(shared.state_dict(), strict=False, assign=True)
            twins.share_tensors(shared, twin)
    finally:
        del bare[""]._buffers["stray"]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_models_are_read_in_their_own_format(dtype):
    whole = others.lively("bert", spread=0.1)
    model = type(whole.model)(whole.model.config)
    model.load_state_dict(whole.model.state_dict())
    name = str(dtype).removeprefix("torch.")
    card = dataclasses.replace(whole.card, dtype=name)
    encoder = Encoder(card, model.to(dtype).eval(), whole.tokenizer, whole.device)
    maps, exact = attention(encoder, TEXT), attention(whole, TEXT)
    assert maps.weights.dtype == np.float32
    assert np.abs(maps.weights - exact.weights).max() < 0.02
    assert np.abs(maps.weights.sum(-1) - 1).max() < 0.02
