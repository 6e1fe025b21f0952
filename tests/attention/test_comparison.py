"""Two texts are compared over the tokens that they share, and gaps count as change."""

import numpy as np
import pytest

from embedlib.attention import KINDS, attention, compare, vector_change
from embedlib.errors import OptionError
from embedlib.geometry import cosine_matrix
from tests import tiny
from tests.attention import made, others


def read(text: str, pair: str | None = None):
    return attention(others.lively("bert"), text, pair)


@pytest.mark.parametrize("model_type", others.ALL)
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_does_not_differ_from_itself(model_type, kind):
    maps = attention(others.lively(model_type), "the river bank, x9")
    found = compare(maps, maps, kind)
    assert found.aligned.tolist() == [[token, token] for token in range(maps.n_tokens)]
    assert (found.change == 0).all()
    assert (found.difference(0, 1) == 0).all()


def test_a_changed_word_stands_against_its_counterpart():
    found = compare(read("the river bank"), read("the savings bank"))
    assert found.aligned.tolist() == [[token, token] for token in range(5)]
    assert (found.change > 0).all()
    exact = found.second.weights[2, 1] - found.first.weights[2, 1]
    assert np.array_equal(found.difference(2, 1), exact)


def test_pieces_left_over_and_new_words_stand_against_gaps():
    found = compare(read("a x9y bank"), read("a dog bank was slow"))
    # [CLS] a x ##9 ##y bank [SEP] / [CLS] a dog bank was slow [SEP]
    assert found.aligned.tolist() == [
        [0, 0], [1, 1], [2, 2], [3, -1], [4, -1], [5, 3], [-1, 4], [-1, 5], [6, 6],
    ]  # fmt: skip
    difference = found.difference(0, 0)
    assert np.isnan(difference[3]).all() and np.isnan(difference[:, 7]).all()
    assert not np.isnan(difference[5, 8])


def test_the_words_of_a_pair_are_not_mistaken_for_those_of_the_text():
    found = compare(read("a dog", "the cat"), read("the cat", "a dog"))
    first, second = found.first.segment, found.second.segment
    for a, b in found.aligned.tolist():
        assert a == -1 or b == -1 or first[a] == second[b]


def test_change_is_half_the_sum_of_differences():
    first = made.maps(np.array([[[[1.0, 0.0], [0.5, 0.5]]]]))
    second = made.maps(np.array([[[[0.0, 1.0], [0.5, 0.5]]]]))
    assert compare(first, second).change.tolist() == [[0.5]]


def test_attention_to_a_gap_is_change_in_full():
    rows = np.array([[[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]])
    second = made.maps(rows)
    first = made.maps(np.eye(2)[None, None])
    found = compare(first, second)
    assert found.aligned.tolist() == [[0, 0], [1, 1], [-1, 2]]
    assert found.change.tolist() == [[1.0]]


def test_heads_are_ranked_by_change():
    found = compare(read("the river bank"), read("the savings bank"))
    changes = [float(found.change[place]) for place in found.ranked]
    assert changes == sorted(changes, reverse=True)
    assert sorted(found.ranked) == [(layer, head) for layer in range(3) for head in range(2)]


def test_vectors_of_a_text_do_not_differ_from_themselves():
    found = vector_change(compare(read("the river bank"), read("the river bank")))
    assert np.allclose(found.text, 0, atol=1e-6)
    assert np.allclose(found.tokens, 0, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
def test_vectors_move_by_one_minus_their_cosine(pooling):
    first, second = read("a x9y bank"), read("a dog bank was slow")
    found = vector_change(compare(first, second), pooling, pool_special=False)
    tokens = {"mean": slice(1, -1), "cls": slice(1, 2), "last": slice(-2, -1)}[pooling]
    for layer in range(4):
        ends = [maps.hidden[layer, tokens].mean(axis=0) for maps in (first, second)]
        assert found.text[layer] == pytest.approx(1 - cosine_matrix(ends)[0, 1], abs=1e-5)
        bank = cosine_matrix([first.hidden[layer, 5], second.hidden[layer, 3]])[0, 1]
        assert found.tokens[layer, 5] == pytest.approx(1 - bank, abs=1e-5)
    assert np.isnan(found.tokens[:, [3, 4, 6, 7]]).all()


def test_texts_of_two_models_are_refused():
    with pytest.raises(OptionError, match="same model, got tiny-bert and tiny-gpt2"):
        compare(attention(tiny.encoder(), "a dog"), attention(tiny.encoder("gpt2"), "a dog"))
