"""Words of sentences agree with the tokens that they are made of."""

import numpy as np
import pytest

from embedlib.errors import Cancelled, OptionError
from embedlib.extract import token_vectors
from embedlib.extract.word_vectors import word_vectors
from embedlib.words import tokens_of_spans
from tests import tiny

SENTENCES = [
    ["the", "river", "flows"],
    ["a", "dogs", "bank", "!"],
    ["money"],
    ["the", "cat", "of", "xylophones", "runs", "fast", "to", "sea"],
]


@pytest.mark.parametrize("model", ["bert", "gpt2", "roberta"])
def test_first_last_and_mean_are_of_the_words_own_pieces(model):
    encoder = tiny.encoder(model)
    found = word_vectors(encoder, SENTENCES)
    assert len(found.sentence) == 16 and found.n_cut == 0
    for number, (row, place) in enumerate(zip(found.sentence, found.place, strict=True)):
        words = SENTENCES[row]
        tokens = token_vectors(encoder, " ".join(words))
        start = len(" ".join(words[:place])) + (place > 0)
        own = tokens_of_spans(tokens.spans.tolist(), [(start, start + len(words[place]))])
        pieces = tokens.hidden[:, own]
        arrays = found.vectors.arrays
        np.testing.assert_allclose(arrays["first"][:, number], pieces[:, 0], atol=1e-5)
        np.testing.assert_allclose(arrays["last"][:, number], pieces[:, -1], atol=1e-5)
        np.testing.assert_allclose(arrays["mean"][:, number], pieces.mean(axis=1), atol=1e-5)


def test_other_sentences_change_nothing():
    whole = word_vectors(tiny.encoder(), SENTENCES).vectors.arrays["mean"]
    alone = word_vectors(tiny.encoder(), SENTENCES[:1]).vectors.arrays["mean"]
    np.testing.assert_allclose(whole[:, :3], alone, atol=1e-5)


def test_words_that_do_not_fit_are_counted():
    found = word_vectors(tiny.encoder(), [["the"] * 100])
    assert (len(found.sentence), found.n_cut) == (62, 38)
    assert "38 words were cut" in found.notes[0]


def test_many_words_are_sampled_by_sentences(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_WORD_ROWS", "9")
    found = word_vectors(tiny.encoder(), SENTENCES)
    assert len(found.sentence) <= 9
    assert "of 4 sentences are used (seed 0)" in found.notes[0]


def test_blank_words_and_no_sentence_are_refused_and_it_stops_when_asked():
    with pytest.raises(OptionError, match="none of them blank"):
        word_vectors(tiny.encoder(), [["a", " "]])
    with pytest.raises(OptionError, match="must have words"):
        word_vectors(tiny.encoder(), [])
    with pytest.raises(Cancelled):
        word_vectors(tiny.encoder(), SENTENCES, cancelled=lambda: True)
