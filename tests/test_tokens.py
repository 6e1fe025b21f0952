"""Texts as tokens: the same as the tokenizer's own, cut or in windows, with every token counted."""

import copy
import dataclasses
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from embedlib.errors import OptionError, TextError
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.records import Tokens, TokenSettings
from embedlib.tokens import ledger, max_tokens, pieces, tokenise
from tests import tiny

LONG = "the river bank flows slow to the sea " * 12
TEXTS = ["a cat", LONG, "the bank of the river, not a savings bank!", "sea", "dogs run"]


@pytest.fixture(scope="module")
def bert() -> Encoder:
    return tiny.encoder("bert")


@pytest.fixture(scope="module")
def real() -> Encoder:
    return load()


def window(tokens: Tokens, number: int) -> slice:
    return slice(tokens.bounds[number], tokens.bounds[number + 1])


def windows_of(tokens: Tokens, text: int) -> list[slice]:
    return [window(tokens, int(number)) for number in np.flatnonzero(tokens.window_text == text)]


def rust_windows(encoder: Encoder, text: str, bound: int):
    """What the Rust tokenizer's own truncation makes of a text: the first window and the rest."""
    rust = copy.deepcopy(encoder.tokenizer.backend_tokenizer)
    rust.enable_truncation(bound, stride=0)
    rust.no_padding()
    first = rust.encode(text)
    return [first, *first.overflowing]


@pytest.mark.parametrize("bound", [3, 4, 7, 64])
@pytest.mark.parametrize("text", TEXTS)
def test_windows_are_those_of_the_rust_tokenizers_own_truncation(bert, text, bound):
    tokens = tokenise(bert, [text], TokenSettings(max_tokens=bound, windows=True))
    expected = rust_windows(bert, text, bound)
    assert tokens.n_windows == len(expected)
    for place, encoding in zip(windows_of(tokens, 0), expected, strict=True):
        assert tokens.ids[place].tolist() == encoding.ids
        assert tokens.special[place].tolist() == [bool(b) for b in encoding.special_tokens_mask]
        assert [tuple(span) for span in tokens.spans[place].tolist()] == encoding.offsets
        assert tokens.words[place].tolist() == [-1 if w is None else w for w in encoding.word_ids]


def test_without_windows_only_the_first_is_kept_and_the_rest_counted(bert):
    cut = tokenise(bert, TEXTS, TokenSettings(max_tokens=10))
    whole = tokenise(bert, TEXTS, TokenSettings(max_tokens=10, windows=True))
    assert cut.window_text.tolist() == list(range(len(TEXTS)))
    for text in range(len(TEXTS)):
        first = windows_of(whole, text)[0]
        assert cut.ids[window(cut, text)].tolist() == whole.ids[first].tolist()
    assert cut.n_all.tolist() == whole.n_all.tolist() == whole.n_kept.tolist()
    assert cut.n_kept.tolist() == np.minimum(cut.n_all, 8).tolist()


def test_the_ledger_says_what_was_cut(bert):
    bound = TokenSettings(max_tokens=10)
    cut = ledger(bert, tokenise(bert, TEXTS, bound), 10)
    assert cut.cut.tolist() == [False, True, True, False, False]
    assert cut.n_all[1] == 96 and cut.n_kept[1] == 8
    assert 0 < cut.share_lost < 1
    whole = tokenise(bert, TEXTS, dataclasses.replace(bound, windows=True))
    windowed = ledger(bert, whole, 10)
    assert windowed.n_windows[1] == 12
    assert windowed.share_lost == 0 and not windowed.cut.any()


def test_the_ledger_counts_what_the_model_does_not_know_among_what_it_read(bert):
    texts = ["the river", "the ☃ river ☃ ☃", "[UNK] ☃"]
    read = ledger(bert, tokenise(bert, texts, TokenSettings()), 64)
    assert read.n_unknown.tolist() == [0, 3, 2]
    assert read.share_unknown == 5 / read.n_kept.sum()
    cut = ledger(bert, tokenise(bert, texts, TokenSettings(max_tokens=4)), 4)
    assert cut.n_unknown.tolist() == [0, 1, 2]
    assert read.take(np.array([1, 1])).n_unknown.tolist() == [3, 3]


@settings(deadline=None, max_examples=150)
@given(
    texts=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4),
    bound=st.integers(3, 12),
    windows=st.booleans(),
)
def test_any_text_is_counted_exactly_and_its_spans_lie_in_it(texts, bound, windows):
    encoder = tiny.encoder("bert")
    tokens = tokenise(encoder, texts, TokenSettings(max_tokens=bound, windows=windows))
    sizes = np.diff(tokens.bounds)
    assert tokens.bounds[0] == 0 and tokens.bounds[-1] == len(tokens.ids) == sizes.sum()
    assert sizes.min() >= 2 and sizes.max() <= bound
    assert (np.diff(tokens.window_text) >= 0).all()
    kept = np.bincount(tokens.window_text, sizes - 2, len(texts))
    assert kept.tolist() == tokens.n_kept.tolist()
    owner = np.repeat(tokens.window_text, sizes)
    ends = np.array([len(text) for text in texts])[owner]
    assert (tokens.spans[:, 0] <= tokens.spans[:, 1]).all() and (tokens.spans[:, 1] <= ends).all()
    assert ((tokens.words >= 0) == ~tokens.special).all()


@pytest.mark.parametrize(
    "text", ["a\x00cat", "\x00", "a \ud800 cat", "\udfff\ud800", "\U0001f600 a"]
)
def test_odd_characters_never_crash_and_keep_the_spans(bert, text):
    tokens = tokenise(bert, [text], TokenSettings())
    assert tokens.special.sum() == 2
    for start, end in tokens.spans[~tokens.special]:
        assert 0 <= start < end <= len(text)


def test_spans_and_words_point_into_the_text(bert):
    text = "The River-bank flows"
    tokens = tokenise(bert, [text], TokenSettings())
    found = [text[start:end] for start, end in tokens.spans if end]
    assert "".join(found) == text.replace(" ", "")
    words = {number: "" for number in tokens.words.tolist() if number >= 0}
    for (start, end), word in zip(tokens.spans.tolist(), tokens.words.tolist(), strict=True):
        if word >= 0:
            words[word] += text[start:end]
    assert list(words.values()) == ["The", "River", "-", "bank", "flows"]


def test_a_prefix_is_read_but_spans_and_words_are_of_the_text(bert):
    plain = tokenise(bert, ["river bank"], TokenSettings())
    prefixed = tokenise(bert, ["river bank"], TokenSettings(prefix="cat: "))
    assert (
        prefixed.ids.tolist() == tokenise(bert, ["cat: river bank"], TokenSettings()).ids.tolist()
    )
    assert prefixed.n_all[0] == plain.n_all[0] + 2
    assert prefixed.spans[1:3].tolist() == [[0, 0], [0, 0]]
    assert prefixed.words[:3].tolist() == [-1, -1, -1]
    assert prefixed.spans[3:].tolist() == plain.spans[1:].tolist()
    assert prefixed.words[3:].tolist() == plain.words[1:].tolist()


def test_a_token_that_begins_in_the_prefix_belongs_to_the_text(bert):
    tokens = tokenise(bert, ["ver"], TokenSettings(prefix="ri"))
    assert pieces(bert, tokens.ids) == ("[CLS]", "river", "[SEP]")
    assert tokens.spans.tolist() == [[0, 0], [0, 3], [0, 0]]
    assert tokens.words.tolist() == [-1, 0, -1]


def test_spans_can_be_left_out(bert):
    full = tokenise(bert, TEXTS, TokenSettings(windows=True, max_tokens=9))
    lean = tokenise(bert, TEXTS, TokenSettings(windows=True, max_tokens=9), with_spans=False)
    for name in ("ids", "special", "bounds", "window_text", "n_all", "n_kept"):
        np.testing.assert_array_equal(getattr(lean, name), getattr(full, name))
    assert lean.spans.shape == (0, 2) and lean.words.shape == (0,)


def test_many_texts_are_tokenised_in_chunks_with_the_same_result(bert, monkeypatch):
    expected = tokenise(bert, TEXTS * 3, TokenSettings())
    monkeypatch.setattr("embedlib.tokens._CHUNK_CHARACTERS", 50)
    np.testing.assert_array_equal(tokenise(bert, TEXTS * 3, TokenSettings()).ids, expected.ids)


def test_a_special_token_written_in_the_text_is_a_token_of_the_text(real):
    tokens = tokenise(real, ["hello [SEP] world"], TokenSettings())
    assert pieces(real, tokens.ids) == ("[CLS]", "hello", "[SEP]", "world", "[SEP]")
    assert tokens.special.tolist() == [True, False, False, False, True]


def test_the_bundled_tokenizer_gives_its_own_ids(real):
    texts = ["How do I top up?", "我想取消我的卡", "naïve café — 100% 🙂", "a" * 300]
    tokens = tokenise(real, texts, TokenSettings())
    for number, text in enumerate(texts):
        expected = real.tokenizer(text, truncation=True, max_length=256)["input_ids"]
        assert tokens.ids[window(tokens, number)].tolist() == expected


def test_the_shared_tokenizer_is_never_changed_and_its_state_never_read(real):
    shared = copy.deepcopy(real.tokenizer)
    shared.backend_tokenizer.enable_truncation(5)
    shared.backend_tokenizer.enable_padding(length=30)
    encoder = Encoder(real.card, real.model, shared, real.device)
    tokens = tokenise(encoder, ["how do I top up my card today"], TokenSettings())
    assert len(tokens.ids) == 10
    assert shared.backend_tokenizer.truncation["max_length"] == 5
    assert shared.backend_tokenizer.padding["length"] == 30


def test_threads_with_different_settings_do_not_disturb_each_other(bert):
    bounds = [4, 9, 17, 64]
    expected = {b: tokenise(bert, TEXTS, TokenSettings(max_tokens=b)).ids.tolist() for b in bounds}
    wrong: list[int] = []

    def work(bound: int) -> None:
        for _ in range(60):
            if (
                tokenise(bert, TEXTS, TokenSettings(max_tokens=bound)).ids.tolist()
                != expected[bound]
            ):
                wrong.append(bound)

    threads = [threading.Thread(target=work, args=(bound,)) for bound in bounds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("bound", [0, 2, -5, 65, 10**9, True, 3.5, "16"])
def test_a_bound_outside_the_model_is_refused(bert, bound):
    with pytest.raises(OptionError, match=r"max_tokens must be .* from 3 to 64 .*got .*own 64"):
        tokenise(bert, ["a cat"], TokenSettings(max_tokens=bound))


def test_the_bound_is_the_models_own_unless_given(bert):
    assert max_tokens(bert, TokenSettings()) == bert.card.max_tokens
    assert max_tokens(bert, TokenSettings(max_tokens=7)) == 7


def test_blank_texts_are_refused_before_any_work(bert):
    with pytest.raises(TextError, match=r"texts\[1\] must not be blank"):
        tokenise(bert, ["a", " "], TokenSettings(max_tokens=10**9))


def test_a_text_without_any_token_is_refused_with_its_index(bert):
    rust = Tokenizer(models.BPE({"a": 0, "b": 1}, []))
    rust.pre_tokenizer = pre_tokenizers.Whitespace()
    bare = PreTrainedTokenizerFast(tokenizer_object=rust)
    encoder = Encoder(bert.card, bert.model, bare, bert.device)
    assert tokenise(encoder, ["a z b"], TokenSettings()).ids.tolist() == [0, 1]
    with pytest.raises(TextError, match=r"texts\[1\] must give at least one token, got none from"):
        tokenise(encoder, ["a", "z"], TokenSettings())


def test_pieces_are_written_as_in_the_vocabulary(bert):
    assert pieces(bert, [2, 8, 10**6, 3]) == ("[CLS]", "savings", "", "[SEP]")
