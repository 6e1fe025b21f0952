"""Health of spaces against closed forms and plain loops."""

import itertools
import math

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import (
    HEALTH,
    cosine_matrix,
    dominant_dimensions,
    health,
    hubness,
    neighbour_rows,
    transformed,
)

VECTORS = np.random.default_rng(4).standard_normal((80, 12)).astype(np.float32) + 0.4


@pytest.mark.parametrize("name", list(HEALTH))
def test_a_turn_or_a_scale_changes_no_measure_but_that_of_single_dimensions(name):
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((12, 12)))[0]
    lengths = np.arange(80) % 9
    before = health(VECTORS, lengths)[name]
    assert health(3 * VECTORS, lengths)[name] == pytest.approx(before, abs=1e-4)
    if name != "dominant_share":
        assert health(VECTORS @ turn, lengths)[name] == pytest.approx(before, abs=1e-4)


def test_the_mean_cosine_is_that_of_all_pairs():
    matrix = cosine_matrix(VECTORS)
    pairs = [matrix[i, j] for i, j in itertools.combinations(range(80), 2)]
    assert health(VECTORS)["mean_cosine"] == pytest.approx(np.mean(pairs), abs=1e-6)


def test_vectors_of_one_direction_have_mean_cosine_one_and_rank_one():
    one_way = np.outer(np.arange(1, 11), [1.0, 2.0, 2.0])
    found = health(one_way)
    assert found["mean_cosine"] == pytest.approx(1)
    assert found["effective_rank"] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_n_equal_directions_have_effective_rank_n(n):
    crossed = np.concatenate([np.eye(n), -np.eye(n)])
    assert health(np.pad(crossed, ((0, 0), (0, 3))))["effective_rank"] == pytest.approx(n)


def test_effective_rank_is_the_entropy_of_singular_values():
    values = np.linalg.svd(VECTORS - VECTORS.mean(axis=0), compute_uv=False)
    shares = values / values.sum()
    expected = math.exp(-(shares * np.log(shares)).sum())
    assert health(VECTORS)["effective_rank"] == pytest.approx(expected, rel=1e-5)


def test_few_texts_of_many_dimensions_give_the_same_rank():
    wide = np.random.default_rng(0).standard_normal((6, 40))
    values = np.linalg.svd(wide - wide.mean(axis=0), compute_uv=False)[:5]
    shares = values / values.sum()
    expected = math.exp(-(shares * np.log(shares)).sum())
    assert health(wide)["effective_rank"] == pytest.approx(expected, rel=1e-5)


def test_equal_texts_have_no_direction_of_their_own():
    found = health(np.ones((5, 3)), range(5))
    assert found["effective_rank"] == 0
    assert found["norm_spread"] == 0
    assert math.isnan(found["length_confound"])


def test_a_rogue_dimension_is_found_and_standardising_tames_it():
    rogue = np.random.default_rng(8).standard_normal((200, 20))
    rogue[:, 7] += 30
    assert dominant_dimensions(rogue)[0] == 7
    assert health(rogue)["dominant_share"] > 0.98
    assert health(transformed(rogue, "standardised"))["dominant_share"] < 0.8


def test_the_shares_of_dimensions_are_means_over_pairs():
    u = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    loop = np.mean([u[i] * u[j] for i, j in itertools.combinations(range(80), 2)], axis=0)
    sizes = np.sort(np.abs(loop))[::-1]
    share = sizes[:3].sum() / sizes.sum()
    assert health(VECTORS)["dominant_share"] == pytest.approx(share, abs=1e-5)


def test_hubness_is_that_of_ten_neighbours():
    assert health(VECTORS)["hubness"] == pytest.approx(hubness(neighbour_rows(VECTORS, 10)))


def test_an_axis_of_length_is_seen():
    vectors = np.random.default_rng(2).standard_normal((100, 6))
    lengths = np.arange(100)
    vectors[:, 3] += lengths
    assert health(vectors, lengths)["length_confound"] > 0.99
    assert health(vectors, np.random.default_rng(5).permutation(100))["length_confound"] < 0.4


def test_texts_of_one_length_confound_nothing():
    assert math.isnan(health(VECTORS, np.full(80, 7))["length_confound"])


def test_zero_vectors_are_left_out_of_the_mean_cosine():
    padded = np.concatenate([VECTORS, np.zeros((5, 12))])
    assert health(padded)["mean_cosine"] == pytest.approx(health(VECTORS)["mean_cosine"], abs=1e-6)


def test_one_text_is_no_space_and_lengths_must_fit():
    with pytest.raises(OptionError, match="at least 2 texts to say what it is like, got 1"):
        health(VECTORS[:1])
    with pytest.raises(OptionError, match="one length a text"):
        health(VECTORS, [1, 2])
