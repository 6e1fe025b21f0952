"""Vectors against plain loops: windows, special and chosen tokens, `out`, and the real model."""

import numpy as np
import pytest
import torch

from embedlib.errors import OptionError
from embedlib.extract import extract, token_vectors
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.models.places import find
from embedlib.records import TokenSettings
from tests import tiny

LONG = "the river bank flows slow to the sea " * 3
ALL = tuple(range(tiny.N_LAYERS + 1))
VARIED = [
    *(f"How do I top up card number {n}?" for n in range(12)),
    *("我想取消我的卡", "今天天气很好。", "河边的银行", "🙂", "🙂🙃 naïve café — 100%", "a"),
    *("e = mc^2", "<b>bold</b>", "line\nbreak\tand tab", "ALL CAPITALS!", "1,234.50 €"),
    *(f"{word} " * n for n, word in enumerate(("bank", "river", "sea", "money"), 2)),
    *(f"The {w} runs to the sea, and then it is not there." for w in tiny.WORDS[:13]),
    " ".join(tiny.WORDS[n % 19] for n in range(400)),
]


@pytest.fixture(scope="module")
def bert() -> Encoder:
    return tiny.encoder("bert")


def hidden_of(encoder: Encoder, ids: list[int]) -> np.ndarray:
    with torch.inference_mode():
        output = encoder.model(input_ids=torch.tensor([ids]), output_hidden_states=True)
    return torch.cat(output.hidden_states).numpy()  # (layer, token, dim)


def windows_by_hand(encoder: Encoder, text: str, bound: int) -> list[list[int]]:
    first, *content, last = encoder.tokenizer(text)["input_ids"]
    room = bound - 2
    parts = [content[start : start + room] for start in range(0, len(content), room)]
    return [[first, *part, last] for part in parts]


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def chosen_vectors(encoder, texts, chosen, poolings=("chosen",), **options):
    return extract(encoder, texts, layers=ALL, poolings=poolings, chosen=chosen, **options).arrays


@pytest.mark.parametrize("pool_special", [True, False])
def test_a_long_text_is_the_mean_of_its_windows_weighted_by_tokens(bert, pool_special):
    asked = TokenSettings(max_tokens=10, windows=True, pool_special=pool_special)
    found = extract(bert, ["a cat", LONG], layers=ALL, poolings=("mean", "max"), settings=asked)
    edge = slice(None) if pool_special else slice(1, -1)
    parts = [hidden_of(bert, w)[:, edge] for w in windows_by_hand(bert, LONG, 10)]
    weights = [part.shape[1] for part in parts]
    for name, pool in (("mean", np.mean), ("max", np.max)):
        expected = np.average([pool(p, axis=1) for p in parts], axis=0, weights=weights)
        close(found.arrays[name][:, 1], expected)
    assert found.ledger.n_windows.tolist() == [1, len(parts)]
    assert not found.ledger.cut.any()


def test_the_last_window_weighs_less_when_it_is_shorter(bert):
    text = LONG + "dog"
    windows = windows_by_hand(bert, text, 10)
    assert len(windows[-1]) == 3
    asked = TokenSettings(max_tokens=10, windows=True)
    found = extract(bert, [text], layers=ALL, poolings=("mean",), settings=asked).arrays["mean"]
    means = [hidden_of(bert, window).mean(1) for window in windows]
    close(found[:, 0], np.average(means, axis=0, weights=[len(w) for w in windows]))


def test_without_windows_a_text_is_cut_as_by_hand(bert):
    found = extract(
        bert, [LONG], layers=ALL, poolings=("mean",), settings=TokenSettings(max_tokens=10)
    )
    close(found.arrays["mean"][:, 0], hidden_of(bert, windows_by_hand(bert, LONG, 10)[0]).mean(1))
    assert found.ledger.cut.tolist() == [True] and found.ledger.n_windows.tolist() == [1]


def test_special_tokens_can_be_left_out_of_the_pool(bert):
    asked = TokenSettings(pool_special=False)
    found = extract(bert, ["a cat", LONG], layers=ALL, poolings=("mean",), settings=asked)
    for row, text in enumerate(["a cat", LONG]):
        hidden = hidden_of(bert, bert.tokenizer(text)["input_ids"])
        close(found.arrays["mean"][:, row], hidden[:, 1:-1].mean(1))


def test_a_text_of_special_tokens_only_has_these_pooled():
    real, texts = load(), ["\u200b", "a river"]
    assert token_vectors(real, texts[0]).special.all()
    with_special, without = (
        extract(real, texts, layers=(6,), poolings=("mean",), settings=asked).arrays["mean"]
        for asked in (TokenSettings(), TokenSettings(pool_special=False))
    )
    close(without[:, 0], with_special[:, 0])
    assert np.isfinite(without).all() and not np.allclose(without[:, 1], with_special[:, 1])


def test_chosen_tokens_are_averaged_and_a_text_without_choice_is_nan(bert):
    texts = ["the river bank", "a cat", "the river bank"]
    found = chosen_vectors(bert, texts, {0: [2, 3], 2: [1]})["chosen"]
    hidden = token_vectors(bert, texts[0]).hidden
    close(found[:, 0], hidden[:, [2, 3]].mean(1))
    close(found[:, 2], hidden[:, 1])
    assert np.isnan(found[:, 1]).all()


def test_chosen_tokens_are_numbered_over_all_windows(bert):
    asked = TokenSettings(max_tokens=10, windows=True)
    hidden = np.concatenate([hidden_of(bert, w) for w in windows_by_hand(bert, LONG, 10)], 1)
    found = chosen_vectors(bert, [LONG], {0: [1, 2, 15]}, settings=asked)["chosen"]
    close(found[:, 0], hidden[:, [1, 2, 15]].mean(1))


def test_chosen_and_other_poolings_do_not_disturb_each_other(bert):
    texts = ["the river bank", "a cat"]
    both = chosen_vectors(bert, texts, {0: [1]}, ("mean", "chosen"))
    close(both["mean"], extract(bert, texts, layers=ALL, poolings=("mean",)).arrays["mean"])
    close(both["chosen"][:, 0], chosen_vectors(bert, texts, {0: [1]})["chosen"][:, 0])


@pytest.mark.parametrize("number", [-1, 4])
def test_a_chosen_token_that_there_is_not_is_refused(bert, number):
    words = rf"chosen token of texts\[1\] must be from 0 to 3, got {number}\."
    with pytest.raises(OptionError, match=words):
        chosen_vectors(bert, ["the river", "a cat"], {1: [number]})


@pytest.mark.parametrize(("poolings", "chosen"), [(("chosen",), None), (("mean",), {0: [1]})])
def test_a_choice_comes_with_its_pooling_and_only_then(bert, poolings, chosen):
    with pytest.raises(OptionError, match="chosen must be given with the pooling 'chosen'"):
        chosen_vectors(bert, ["a cat"], chosen, poolings)


def test_given_arrays_are_filled_and_released(bert, monkeypatch):
    texts = [f"a cat {n}" for n in range(30)] * 2
    expected = extract(bert, texts, layers=ALL, poolings=("mean", "max")).arrays
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: 32)
    monkeypatch.setattr("embedlib.extract.passes._RELEASE_BYTES", 100)
    out = {name: np.full(expected[name].shape, np.nan, np.float32) for name in expected}
    calls: list[int] = []
    extract(
        bert, texts, layers=ALL, poolings=("mean", "max"), out=out, release=lambda: calls.append(1)
    )
    assert len(calls) > 2
    for name in expected:
        close(out[name], expected[name])


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return (first * second).sum(1) / norms


def last_layer(encoder: Encoder, texts: list[str]) -> np.ndarray:
    layers = (encoder.card.n_layers,)
    return extract(encoder, texts, layers=layers, poolings=("mean",)).arrays["mean"][0]


def sentence_transformers_vectors(texts: list[str]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    rival = SentenceTransformer(str(find().folder), device="cpu")
    rival.max_seq_length = load().card.max_tokens
    return rival.encode(texts, show_progress_bar=False)


def test_vectors_are_those_of_sentence_transformers():
    found = last_layer(load(), VARIED)
    assert cosines(found, sentence_transformers_vectors(VARIED)).min() >= 0.99999


def test_bfloat16_is_near_float32():
    half = load(dtype="bfloat16")
    assert half.model.dtype == torch.bfloat16
    assert cosines(last_layer(half, VARIED[::4]), last_layer(load(), VARIED[::4])).min() >= 0.999
