"""Batches: every window once, within the budget, unpadded where lengths allow; no vector moves."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.extract import extract
from embedlib.extract.batches import padded, plan, token_budget
from embedlib.models.encoder import Encoder
from embedlib.records import TokenSettings
from embedlib.tokens import tokenise
from tests import tiny

ALL = tuple(range(tiny.N_LAYERS + 1))
POOLINGS = ("mean", "cls", "max", "last")


@pytest.fixture(scope="module")
def bert() -> Encoder:
    return tiny.encoder("bert")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Different texts of 1 to 20 words, three of each length, in a fixed random order."""
    chance = random.Random(3)
    made = [" ".join(chance.choices(tiny.WORDS, k=n)) for n in range(1, 21) for _ in range(3)]
    unique = list(dict.fromkeys(made))
    chance.shuffle(unique)
    return unique


def arrays(encoder: Encoder, texts: list[str], settings: TokenSettings | None = None):
    asked = settings or TokenSettings()
    return extract(encoder, texts, layers=ALL, poolings=POOLINGS, settings=asked).arrays


def assert_close(found, expected):
    assert found.keys() == expected.keys()
    for name in found:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-5)


def padded_tokens(lengths, batch) -> int:
    return int(len(batch) * lengths[batch].max())


@given(
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=120).map(np.array),
    budget=st.integers(1, 2_000),
)
def test_every_window_is_in_one_batch_within_the_budget(lengths, budget):
    found = plan(lengths, np.arange(len(lengths)), budget)
    assert sorted(np.concatenate(found).tolist()) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or padded_tokens(lengths, batch) <= budget


@given(length=st.integers(1, 300), n=st.integers(1, 200), budget=st.integers(1, 5_000))
def test_equal_lengths_fill_the_budget_without_padding(length, n, budget):
    lengths = np.full(n, length)
    found = plan(lengths, np.arange(len(lengths)), budget)
    assert all(padded_tokens(lengths, batch) == lengths[batch].sum() for batch in found)
    assert len(found) == -(-n // max(1, budget // length))


def test_lengths_with_many_windows_each_are_never_mixed():
    lengths = np.repeat([5, 9, 30], 400)
    np.random.default_rng(0).shuffle(lengths)
    found = plan(lengths, np.arange(len(lengths)), 1_024)
    padding = sum(padded_tokens(lengths, b) - int(lengths[b].sum()) for b in found)
    assert padding < 0.02 * lengths.sum()


def test_a_batch_holds_its_windows_and_padding_is_neither_real_nor_pooled(bert):
    tokens = tokenise(bert, ["a cat", "the river bank flows"], TokenSettings())
    pooled = ~tokens.special
    batch = padded(tokens, np.array([1, 0]), padding=0)
    found = batch.of(pooled)
    assert batch.ids.tolist() == [tokens.ids[4:].tolist(), [*tokens.ids[:4].tolist(), 0, 0]]
    assert batch.real.tolist() == [[True] * 6, [True] * 4 + [False] * 2]
    assert found.sum(1).tolist() == [4, 2]
    assert not (found & ~batch.real).any()


def test_the_budget_of_a_processor_is_fixed(bert):
    assert token_budget(bert) == 1_024


@pytest.mark.parametrize("budget", [16, 64, 4096])
@pytest.mark.parametrize("settings", [TokenSettings(), TokenSettings(max_tokens=9, windows=True)])
def test_the_size_of_batches_moves_no_vector(bert, texts, budget, settings, monkeypatch):
    expected = arrays(bert, texts, settings)
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: budget)
    assert_close(arrays(bert, texts, settings), expected)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_neighbours_in_the_batch_move_no_vector(architecture, texts):
    encoder = tiny.encoder(architecture)
    together = arrays(encoder, texts[:12])
    alone = [arrays(encoder, [text]) for text in texts[:12]]
    expected = {name: np.concatenate([one[name] for one in alone], 1) for name in together}
    assert_close(together, expected)


@pytest.mark.parametrize("settings", [TokenSettings(), TokenSettings(max_tokens=9, windows=True)])
def test_the_order_of_the_texts_is_the_order_of_the_vectors(bert, texts, settings):
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = arrays(bert, [texts[row] for row in order], settings)
    expected = {name: found[:, order] for name, found in arrays(bert, texts, settings).items()}
    assert_close(shuffled, expected)


def test_equal_texts_get_equal_vectors_to_the_bit_and_move_no_other(bert, texts):
    repeated = [*texts, *reversed(texts), texts[0]]
    n = len(texts)
    for name, found in arrays(bert, repeated).items():
        assert np.array_equal(found[:, n : 2 * n], found[:, :n][:, ::-1])
        assert np.array_equal(found[:, -1], found[:, 0])
        np.testing.assert_allclose(found[:, :n], arrays(bert, texts)[name], rtol=0, atol=1e-5)


def test_equal_texts_are_read_once(bert):
    rows: list[int] = []

    def count(_module, _args, named):
        rows.append(len(named["input_ids"]))

    handle = bert.model.register_forward_pre_hook(count, with_kwargs=True)
    try:
        arrays(bert, ["a cat"] * 50 + ["the river"])
    finally:
        handle.remove()
    assert sum(rows) == 2
