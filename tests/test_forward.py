"""Layers as they are computed: those of transformers, no more blocks than needed, nothing left."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch

from embedlib.extract import extract, token_vectors
from embedlib.models.encoder import Encoder
from embedlib.records import TokenSettings
from tests import tiny

# Words apart in length, so that batches hold padding.
TEXTS = [
    "a cat",
    "the river bank flows slow to the sea and the dog runs",
    "savings",
    "the bank of the river, not a savings bank!",
    "dogs run fast",
]
ALL = tuple(range(tiny.N_LAYERS + 1))


@pytest.fixture(scope="module")
def bert() -> Encoder:
    return tiny.encoder("bert")


def reference(encoder: Encoder, text: str) -> np.ndarray:
    """What transformers itself gives for one text alone: (layer, token, dim)."""
    ids = torch.tensor([encoder.tokenizer(text)["input_ids"]])
    with torch.inference_mode():
        hidden = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states
    return torch.cat(hidden).numpy()


def hooks_of(encoder: Encoder) -> list[tuple[str, int]]:
    """Every hook on the model; transformers leaves some of its own after hidden states."""
    return [
        (name, key)
        for name, module in encoder.model.named_modules()
        for hooks in (module._forward_pre_hooks, module._forward_hooks)
        for key in hooks
    ]


@contextmanager
def counted_blocks(encoder: Encoder) -> Iterator[list[int]]:
    """The numbers of the blocks that ran to their end, in order."""
    ran: list[int] = []
    handles = [
        block.register_forward_hook(lambda *_, number=number: ran.append(number))
        for number, block in enumerate(encoder.model.encoder.layer)
    ]
    try:
        yield ran
    finally:
        for handle in handles:
            handle.remove()


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_every_layer_of_every_token_is_that_of_transformers(architecture):
    encoder = tiny.encoder(architecture)
    for text in TEXTS:
        found = token_vectors(encoder, text)
        expected = reference(encoder, text)
        assert found.hidden.shape == expected.shape == (4, len(found.ids), tiny.DIM)
        np.testing.assert_allclose(found.hidden, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("budget", [16, 4096])
@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_every_layer_is_pooled_as_one_text_alone_is(architecture, budget, monkeypatch):
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: budget)
    encoder = tiny.encoder(architecture)
    found = extract(encoder, TEXTS, layers=ALL, poolings=("mean",)).arrays["mean"]
    expected = np.stack([reference(encoder, text).mean(1) for text in TEXTS], 1)
    assert np.ptp(expected, axis=1).min() > 1e-3  # else a mix-up of texts would not be seen
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("layers", [(0,), (1,), (0, 2), (3,), (1, 3)])
@pytest.mark.parametrize("architecture", ["bert", "albert", "gpt2", "modernbert"])
def test_some_layers_are_the_same_as_when_all_are_asked_for(architecture, layers):
    encoder = tiny.encoder(architecture)
    every = extract(encoder, TEXTS, layers=ALL, poolings=("max",)).arrays["max"]
    some = extract(encoder, TEXTS, layers=layers, poolings=("max",))
    assert some.layers == layers
    np.testing.assert_allclose(some.arrays["max"], every[list(layers)], rtol=0, atol=1e-6)


@pytest.mark.parametrize(("layers", "expected"), [((0,), set()), ((1,), {0}), ((3,), {0, 1, 2})])
def test_no_block_runs_beyond_the_highest_layer(bert, layers, expected):
    extract(bert, ["a cat"], layers=layers, poolings=("mean",))  # a first use may try the model
    with counted_blocks(bert) as ran:
        extract(bert, TEXTS, layers=layers, poolings=("mean",))
    assert set(ran) == expected


def test_all_layers_and_poolings_take_one_pass(bert):
    extract(bert, ["a cat"], layers=ALL, poolings=("mean",))
    with counted_blocks(bert) as ran:
        extract(bert, ["a cat", "a dog"], layers=ALL, poolings=("mean", "cls", "max"))
    assert ran == [0, 1, 2]


@pytest.mark.parametrize("layers", [(1,), ALL])
@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_no_hook_is_left_on_the_model(architecture, layers):
    encoder = tiny.encoder(architecture)
    reference(encoder, "a cat")
    before = hooks_of(encoder)
    extract(encoder, TEXTS, layers=layers, poolings=("mean",))
    token_vectors(encoder, TEXTS[0])
    assert hooks_of(encoder) == before


def test_no_hook_is_left_after_an_exception(bert):
    reference(bert, "a cat")
    before = hooks_of(bert)

    def fail(*_):
        raise RuntimeError("a block failed")

    handle = bert.model.encoder.layer[1].register_forward_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="a block failed"):
            extract(bert, TEXTS, layers=ALL, poolings=("mean",))
        with pytest.raises(RuntimeError, match="a block failed"):
            token_vectors(bert, TEXTS[0])
    finally:
        handle.remove()
    assert hooks_of(bert) == before
    # The lock was given back too: another thread can run the model.
    thread = threading.Thread(target=token_vectors, args=(bert, TEXTS[0]), daemon=True)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_threads_with_different_settings_do_not_disturb_each_other(bert):
    asked = [
        (TokenSettings(max_tokens=5), (1,)),
        (TokenSettings(pool_special=False), (0, 3)),
        (TokenSettings(max_tokens=7, windows=True), (2,)),
        (TokenSettings(prefix="the cat: "), ALL),
    ]

    def vectors(number: int) -> np.ndarray:
        settings, layers = asked[number]
        return extract(bert, TEXTS, layers=layers, poolings=("mean",), settings=settings).arrays[
            "mean"
        ]

    serial = [vectors(number) for number in range(4)]
    start = threading.Barrier(4)
    right: list[int] = []

    def work(number: int) -> None:
        start.wait(timeout=30)
        if all(np.array_equal(vectors(number), serial[number]) for _ in range(15)):
            right.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(right) == [0, 1, 2, 3]
