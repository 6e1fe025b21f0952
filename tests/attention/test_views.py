"""Views change what is shown, never the maps, and say what they do to the sums of rows."""

import numpy as np
import pytest

from embedlib.attention import (
    SEGMENT_FILTERS,
    attention,
    averaged,
    between,
    by_word,
    cropped,
    from_token,
    head_mean,
    merged,
    strongest,
    to_token,
    without,
)
from embedlib.errors import OptionError, UnknownNameError
from tests import tiny
from tests.attention import made, others

ROWS = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.25, 0.5, 0.25]], dtype=np.float32)
HIDE_FIRST = np.array([True, False, False])


def test_hidden_tokens_lose_row_and_column():
    found = without(ROWS, HIDE_FIRST, renormalise=False)
    assert np.allclose(found, [[0, 0, 0], [0, 0.1, 0.8], [0, 0.5, 0.25]])
    assert ROWS[0, 0] == np.float32(0.5)


def test_renormalised_rows_keep_their_sum():
    found = without(ROWS, HIDE_FIRST, renormalise=True)
    assert np.allclose(found, [[0, 0, 0], [0, 1 / 9, 8 / 9], [0, 2 / 3, 1 / 3]])
    doubled = without(2 * ROWS, HIDE_FIRST, renormalise=True)
    assert np.allclose(doubled, 2 * found)


def test_a_row_with_nothing_left_stays_zero():
    rows = np.array([[1, 0], [1, 0]], dtype=np.float32)
    assert (without(rows, np.array([True, False]), renormalise=True) == 0).all()


def test_cropped_tokens_are_gone():
    assert np.array_equal(cropped(ROWS, HIDE_FIRST), ROWS[1:, 1:])


@pytest.mark.parametrize("name", SEGMENT_FILTERS)
def test_a_segment_filter_shows_its_quarter(name):
    segment = np.array([0, 1, 1])
    row = SEGMENT_FILTERS[name]
    found = between(ROWS, segment, name)
    for query in range(3):
        for key in range(3):
            shown = row.query in (None, segment[query]) and row.key in (None, segment[key])
            assert found[query, key] == (ROWS[query, key] if shown else 0)


def test_a_segment_filter_can_renormalise():
    found = between(ROWS, np.array([0, 1, 1]), "a_to_b", renormalise=True)
    assert np.allclose(found, [[0, 0.6, 0.4], [0, 0, 0], [0, 0, 0]])


def test_the_four_filters_together_are_everything():
    maps = attention(others.lively("bert"), "a dog", "the cat runs")
    parts = [between(maps.weights, maps.segment, name) for name in list(SEGMENT_FILTERS)[1:]]
    assert np.array_equal(sum(parts), maps.weights)


def test_merging_sums_to_a_word_and_averages_from_it():
    found, groups = merged(ROWS, np.array([0, 0, 1]))
    assert np.allclose(found, [[0.5, 0.5], [0.75, 0.25]])
    assert groups.tolist() == [0, 0, 1]


def test_special_tokens_are_never_merged():
    found, groups = merged(ROWS, np.array([-1, -1, 0]))
    assert np.array_equal(found, ROWS)
    assert groups.tolist() == [0, 1, 2]


@pytest.mark.parametrize("model_type", others.ALL)
def test_merging_keeps_the_sums_of_rows(model_type):
    maps = attention(others.lively(model_type), "x9y8 unslow bank, zz", "w9 dog")
    words = by_word(maps, maps.weights)
    assert np.allclose(words.weights.sum(axis=-1), 1, atol=1e-5)
    expected = ("x9y8", "unslow", "bank", ",", "zz", "w9", "dog")
    assert tuple(label for label in words.labels if not label.startswith("[")) == expected


def test_averages_are_over_the_layers_and_heads_asked_for():
    weights = attention(others.lively("bert"), "a river bank").weights
    assert np.allclose(averaged(weights), weights.mean(axis=(0, 1)), atol=1e-6)
    assert np.allclose(
        averaged(weights, layers=[0, -1], heads=[1]), weights[[0, 2], 1].mean(axis=0), atol=1e-6
    )


@pytest.mark.parametrize(
    ("mass", "expected"),
    [
        (0.0, [0, 0, 0, 0]),
        (0.4, [0, 0.4, 0, 0]),
        (0.5, [0, 0.4, 0.3, 0]),
        (0.7, [0, 0.4, 0.3, 0]),
        (0.71, [0, 0.4, 0.3, 0.2]),
        (1.0, [0.1, 0.4, 0.3, 0.2]),
    ],
)
def test_the_fewest_keys_that_hold_the_mass_stay(mass, expected):
    rows = np.tile(np.array([0.1, 0.4, 0.3, 0.2], dtype=np.float32), (4, 1))
    assert np.allclose(strongest(rows, mass)[2], expected)


def test_of_equal_weights_the_first_stay():
    assert np.allclose(strongest(np.full((2, 2), 0.5, dtype=np.float32), 0.5)[0], [0.5, 0])


def test_a_token_is_followed_through_all_layers():
    maps = attention(others.lively("bert"), "a river bank")
    assert np.array_equal(from_token(maps, 2), maps.weights[:, :, 2, :])
    assert np.array_equal(to_token(maps, -1), maps.weights[:, :, :, -1])


def test_wrong_arguments_are_refused_in_words():
    maps = made.maps(made.uniform(3))
    with pytest.raises(OptionError, match=r"hidden must have one entry for each of 3 tokens"):
        without(ROWS, [True], renormalise=False)
    with pytest.raises(OptionError, match=r"shape \(..., query, key\), got \(3, 2\)"):
        cropped(ROWS[:, :2], HIDE_FIRST)
    with pytest.raises(OptionError, match=r"shape \(layer, head, query, key\), got \(3, 3\)"):
        averaged(ROWS)
    with pytest.raises(OptionError, match="layers must be a list of at least one number"):
        averaged(maps.weights, layers=[])
    with pytest.raises(OptionError, match=r"heads must be numbers from 0 to 0, got .1."):
        averaged(maps.weights, heads=[1])
    with pytest.raises(OptionError, match=r"attention mass must be a number from 0 to 1, got 1.5"):
        strongest(ROWS, 1.5)
    with pytest.raises(OptionError, match="The token must be a whole number from 0 to 2, got 3"):
        from_token(maps, 3)
    with pytest.raises(UnknownNameError, match="segment filter must be one of all, a_to_a"):
        between(ROWS, np.zeros(3), "a-to-b")


def test_views_never_write_into_the_maps():
    maps = attention(tiny.encoder(), "a river bank", "a dog")
    before = maps.weights.copy()
    without(maps.weights, maps.special, renormalise=True)
    between(maps.weights, maps.segment, "a_to_b", renormalise=True)
    merged(maps.weights, maps.words)
    strongest(maps.weights, 0.5)
    assert np.array_equal(maps.weights, before)


def test_the_mean_of_some_heads_is_theirs_alone():
    weights = np.random.default_rng(0).random((2, 3, 4, 4)).astype(np.float32)
    found = head_mean(weights, [(0, 2), (1, 0)])
    np.testing.assert_allclose(found, (weights[0, 2] + weights[1, 0]) / 2, atol=1e-7)
    every = [(layer, head) for layer in range(2) for head in range(3)]
    np.testing.assert_allclose(head_mean(weights, every), averaged(weights), atol=1e-7)


@pytest.mark.parametrize("heads", [[], [(2, 0)], [(0, 3)], [(-1, 0)]])
def test_the_mean_of_a_head_that_there_is_not_is_refused(heads):
    with pytest.raises(OptionError, match="head must be"):
        head_mean(np.zeros((2, 3, 4, 4), dtype=np.float32), heads)
