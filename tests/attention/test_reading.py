"""Attention maps hold what the model did: rows sum to one, no future, no padding, nothing lost."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers
from transformers import PreTrainedTokenizerFast

from embedlib.attention import attention, token_bound, window_spans
from embedlib.errors import LimitError, OptionError, TextError
from embedlib.models import load
from embedlib.records import TokenSettings
from embedlib.tokens import tokenise
from tests import tiny
from tests.attention import others

TEXT = "the river bank flows to the sea, and was not slow."
PAIR = "a savings bank of money"


@pytest.fixture(scope="module")
def bundled():
    return load()


@pytest.mark.parametrize("model_type", others.ALL)
@pytest.mark.parametrize("pair", [None, PAIR])
def test_rows_sum_to_one_and_shapes_agree(model_type, pair):
    maps = attention(others.lively(model_type), TEXT, pair)
    layers, heads, n = tiny.N_LAYERS, tiny.N_HEADS, maps.n_tokens
    assert maps.weights.shape == (layers, heads, n, n)
    assert maps.weights.dtype == np.float32
    assert np.abs(maps.weights.sum(axis=-1) - 1).max() <= 1e-5
    assert maps.grams.shape == (layers, n, heads, heads)
    assert maps.mixing.shape == (layers, n)
    assert maps.hidden.shape == (layers + 1, n, tiny.DIM)
    assert maps.queries.shape == (layers, heads, n, tiny.DIM // heads)
    assert maps.keys.shape == maps.values.shape
    assert (maps.n_layers, maps.n_heads) == (layers, heads)
    assert len(maps.pieces) == len(maps.ids) == len(maps.words) == len(maps.segment) == n
    assert maps.n_lost == 0
    assert ((maps.mixing >= 0) & (maps.mixing <= 1)).all()


@pytest.mark.parametrize("model_type", others.ALL)
def test_only_causal_models_have_an_empty_future(model_type):
    maps = attention(others.lively(model_type), TEXT)
    future = np.triu(maps.weights, 1)
    if maps.causal:
        assert (future == 0).all()
        assert (maps.weights[..., 0, 0] == 1).all()
    else:
        assert (maps.weights > 0).any(axis=(0, 1)).all()


@pytest.mark.parametrize("model_type", others.ALL)
def test_weights_are_those_of_transformers_own_eager_model(model_type):
    encoder = others.lively(model_type)
    maps = attention(encoder, TEXT)
    config = copy.deepcopy(encoder.model.config)
    config._attn_implementation = "eager"
    reference = type(encoder.model)(config).eval()
    reference.load_state_dict(encoder.model.state_dict())
    with torch.inference_mode():
        found = reference(
            input_ids=torch.from_numpy(maps.ids.astype(np.int64))[None], output_attentions=True
        ).attentions
    expected = np.stack([layer[0].numpy() for layer in found])
    assert np.abs(maps.weights - expected).max() <= 1e-6


@pytest.mark.parametrize("model_type", others.ALL)
def test_tokens_of_one_text_are_those_that_are_embedded(model_type):
    encoder = others.encoder(model_type)
    tokens = tokenise(encoder, [TEXT], TokenSettings(max_tokens=9))
    maps = attention(encoder, TEXT, max_tokens=9)
    assert maps.ids.tolist() == tokens.ids.tolist()
    assert maps.special.tolist() == tokens.special.tolist()
    assert maps.spans.tolist() == tokens.spans.tolist()
    assert maps.n_lost == int(tokens.n_all[0] - tokens.n_kept[0]) > 0


def test_the_bundled_model_can_be_read_at_its_full_length(bundled):
    text = "The animal didn't cross the street because it was too tired. " * 60
    maps = attention(bundled, text, max_tokens=512)
    assert maps.n_tokens == 512
    assert maps.n_lost > 0
    assert np.abs(maps.weights.sum(axis=-1) - 1).max() <= 1e-5
    assert maps.n_bytes < 1.7 * maps.weights.nbytes
    given = torch.from_numpy(maps.ids.astype(np.int64))[None]
    with torch.inference_mode():
        expected = bundled.model(input_ids=given).last_hidden_state[0].numpy()
    assert np.abs(maps.hidden[-1] - expected).max() <= 1e-5


def test_a_pair_has_two_segments_with_their_special_tokens():
    maps = attention(tiny.encoder(), "a dog", "the cat runs")
    assert maps.pieces == ("[CLS]", "a", "dog", "[SEP]", "the", "cat", "runs", "[SEP]")
    assert maps.segment.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert maps.words.tolist() == [-1, 0, 1, -1, 2, 3, 4, -1]
    assert maps.special.tolist() == [True, False, False, True, False, False, False, True]
    assert maps.spans.tolist()[4:7] == [[0, 3], [4, 7], [8, 12]]
    assert [maps.written(token) for token in (0, 2, 6)] == ["[CLS]", "dog", "runs"]


def test_a_pair_is_read_with_its_token_types():
    encoder = others.lively("bert")
    pair = attention(encoder, "a dog", "the cat")
    given = torch.from_numpy(pair.ids.astype(np.int64))[None]
    types = torch.from_numpy(pair.segment.astype(np.int64))[None]
    with torch.inference_mode():
        expected = encoder.model(input_ids=given, token_type_ids=types).last_hidden_state[0]
    assert np.abs(pair.hidden[-1] - expected.numpy()).max() <= 1e-5


def test_a_decoder_reads_a_pair_as_one_text_after_the_other():
    maps = attention(tiny.encoder("gpt2"), "a dog", "the cat")
    assert maps.pieces == ("a", "dog", "the", "cat")
    assert maps.segment.tolist() == [0, 0, 1, 1]


def test_the_longer_text_of_a_pair_is_cut_first():
    maps = attention(tiny.encoder(), "the dog runs to the sea and the bank", "a cat", max_tokens=9)
    assert maps.pieces == ("[CLS]", "the", "dog", "runs", "to", "[SEP]", "a", "cat", "[SEP]")
    assert maps.n_lost == 5
    both = attention(tiny.encoder(), "a dog runs fast", "a cat was slow and fast", max_tokens=8)
    assert both.segment.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert both.n_lost == 5


def test_pieces_of_a_word_share_its_number():
    maps = attention(tiny.encoder(), "x9 sea")
    assert maps.pieces == ("[CLS]", "x", "##9", "sea", "[SEP]")
    assert maps.words.tolist() == [-1, 0, 0, 1, -1]


def test_words_are_told_apart_by_spaces_where_the_tokenizer_sees_only_one():
    letters = {letter: number + 5 for number, letter in enumerate("▁adgo")}
    rust = Tokenizer(models.BPE(letters | {"[UNK]": 1}, [], unk_token="[UNK]"))
    rust.normalizer = normalizers.Replace(" ", "▁")
    known = tiny.encoder("llama")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=rust, model_max_length=tiny.MOST)
    maps = attention(dataclasses.replace(known, tokenizer=tokenizer), "a dog go")
    assert maps.pieces == ("a", "▁", "d", "o", "g", "▁", "g", "o")
    assert maps.words.tolist() == [0, 1, 1, 1, 1, 2, 2, 2]


def test_a_text_has_at_least_one_token():
    maps = attention(tiny.encoder("gpt2"), "dog")
    assert maps.weights.tolist() == [[[[1.0]]] * tiny.N_HEADS] * tiny.N_LAYERS
    assert (maps.mixing == 0).all()


def test_any_script_and_any_broken_text_can_be_read(bundled):
    for text in ("打电话", "مرحبا بالعالم", "👩‍👩‍👧 é\u0301", "\ud800 lone", "<script>x</script>"):
        maps = attention(bundled, text)
        assert np.abs(maps.weights.sum(axis=-1) - 1).max() <= 1e-5
        assert all(maps.written(token) for token in range(maps.n_tokens))


def test_arrays_cannot_be_written_into():
    maps = attention(tiny.encoder(), TEXT)
    for name in ("weights", "grams", "hidden", "keys", "ids", "words"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(maps, name)[:] = 0


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ((" ",), "must not be blank"),
        ((TEXT, "\n"), "must not be blank"),
        ((7,), "must be a string, got 7"),
    ],
)
def test_a_text_that_is_none_is_refused(texts, said):
    with pytest.raises(TextError, match=said):
        attention(tiny.encoder(), *texts)


def test_a_text_without_tokens_is_refused(bundled):
    with pytest.raises(TextError, match="at least one token, got none from '\\\\u200b"):
        attention(bundled, "a dog", "\u200b\u200d")


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (2, "max_tokens must be a whole number from 3 to 64"),
        (65, "from 3 to 64"),
        (True, "got True"),
    ],
)
def test_a_bound_outside_the_model_is_refused(bound, said):
    with pytest.raises(OptionError, match=said):
        attention(tiny.encoder(), TEXT, max_tokens=bound)


def test_a_bound_without_room_for_both_texts_is_refused():
    with pytest.raises(OptionError, match=r"room for a token of each text, got 4. Use at least 5"):
        attention(tiny.encoder(), TEXT, PAIR, max_tokens=4)


def test_the_limit_on_tokens_holds_and_can_be_raised(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ATTENTION_TOKENS", "8")
    assert token_bound(tiny.encoder()) == 8
    assert attention(tiny.encoder(), TEXT).n_tokens == 8
    with pytest.raises(LimitError, match="tokens in an attention map must be at most 8 tokens"):
        attention(tiny.encoder(), TEXT, max_tokens=9)


def test_the_limit_on_memory_holds(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ATTENTION_BYTES", "100")
    with pytest.raises(LimitError, match="memory for attention weights must be at most 100 bytes"):
        attention(tiny.encoder(), TEXT)


@pytest.mark.parametrize("max_tokens", [3, 5, 8, 64])
def test_windows_are_the_whole_text_and_fit(max_tokens):
    encoder = tiny.encoder()
    text = "the river bank  flows to x9y8z7w6 and the sea. was slow\n"
    spans = window_spans(encoder, text, max_tokens)
    assert "".join(text[first:last] for first, last in spans) == text
    for first, last in spans:
        assert attention(encoder, text[first:last], max_tokens=max_tokens).n_lost == 0


def test_windows_begin_where_words_begin():
    spans = window_spans(tiny.encoder(), "the dog x9y8 sea", 6)
    assert spans == ((0, 8), (8, 13), (13, 16))
