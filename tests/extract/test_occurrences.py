"""A word's occurrences agree with the tokens that they are made of."""

import numpy as np
import pytest

from embedlib.errors import Cancelled, TextError
from embedlib.extract import token_vectors
from embedlib.extract.occurrences import occurrences
from embedlib.geometry import cosine_matrix, mean_pair_similarity
from tests import tiny

TEXTS = ["the river bank", "a dog runs", "the savings bank of money", "Bank, bank!"]


def test_every_occurrence_is_the_mean_of_its_pieces():
    found = occurrences(tiny.encoder(), TEXTS, "bank")
    assert found.rows.tolist() == [0, 2, 3, 3]
    assert [TEXTS[r][a:b] for r, (a, b) in zip(found.rows, found.spans, strict=True)] == [
        *["bank"] * 2,
        "Bank",
        "bank",
    ]
    tokens = token_vectors(tiny.encoder(), TEXTS[0])
    place = tokens.pieces.index("bank")
    np.testing.assert_allclose(found.hidden[:, 0], tokens.hidden[:, place])


def test_the_baseline_is_of_all_tokens_but_special_ones():
    found = occurrences(tiny.encoder(), TEXTS, "bank")
    tokens = []
    for row in (0, 2, 3):
        made = token_vectors(tiny.encoder(), TEXTS[row])
        tokens.append(made.hidden[:, ~made.special])
    expected = mean_pair_similarity(np.concatenate(tokens, axis=1))
    np.testing.assert_allclose(found.baseline, expected)
    np.testing.assert_allclose(found.adjusted, found.raw - expected)


def test_a_word_of_several_pieces_is_their_mean():
    found = occurrences(tiny.encoder(), ["dogs", "the dogs"], "dogs")
    tokens = token_vectors(tiny.encoder(), "dogs")
    inner = [place for place, special in enumerate(tokens.special) if not special]
    assert len(inner) > 1
    np.testing.assert_allclose(found.hidden[:, 0], tokens.hidden[:, inner].mean(axis=1), rtol=1e-5)


def test_the_nearest_words_are_those_of_highest_cosine():
    found = occurrences(tiny.encoder(), TEXTS, "bank")
    assert set(found.other_words) == {"the", "river", "savings", "of", "money"}
    for layer, nearest in enumerate(found.nearest_words(2)):
        stack = np.concatenate([found.hidden[layer].mean(axis=0)[None], found.others[layer]])
        cosines = cosine_matrix(stack)[0, 1:]
        assert nearest[0][0] == found.other_words[int(cosines.argmax())]
        assert nearest[0][1] == pytest.approx(float(cosines.max()), abs=1e-5)
        assert len({name for name, _ in nearest}) == 2


def test_only_so_many_texts_are_read_and_it_is_said(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_JOURNEY_TEXTS", "2")
    found = occurrences(tiny.encoder(), TEXTS, "bank")
    assert (found.n_texts, found.n_found) == (2, 3)


def test_a_word_that_is_read_once_or_never_is_refused():
    with pytest.raises(TextError, match="at least twice, got 'dog' 1 times"):
        occurrences(tiny.encoder(), TEXTS, "dog")
    with pytest.raises(Cancelled):
        occurrences(tiny.encoder(), TEXTS, "bank", cancelled=lambda: True)


def test_a_word_alone_has_no_other_words():
    found = occurrences(tiny.encoder(), ["bank", "bank"], "bank")
    assert found.nearest_words() == ((),) * 4
    np.testing.assert_allclose(found.raw, 1, rtol=1e-6)
