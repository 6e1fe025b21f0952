"""Curves over layers against plain loops."""

import itertools

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import cosine_matrix, mean_pair_similarity, similarity_by_layer

HIDDEN = np.random.default_rng(5).standard_normal((4, 12, 6)).astype(np.float32) + 0.5


def test_the_curve_of_two_texts_is_their_cosine_at_each_layer():
    curve = similarity_by_layer(HIDDEN[:, 2], HIDDEN[:, 7])
    assert curve.dtype == np.float32
    np.testing.assert_allclose(curve, [cosine_matrix(layer)[2, 7] for layer in HIDDEN], atol=1e-6)


def test_a_text_is_like_itself_at_every_layer():
    assert similarity_by_layer(HIDDEN[:, 0], HIDDEN[:, 0]).tolist() == [1, 1, 1, 1]


def test_a_zero_vector_is_like_nothing():
    first = HIDDEN[:, 0].copy()
    first[2] = 0
    assert similarity_by_layer(first, first).tolist() == [1, 1, 0, 1]


def test_texts_of_different_models_are_refused():
    with pytest.raises(OptionError, match=r"same layers and dimensions, got \(4, 6\) and \(3, 6\)"):
        similarity_by_layer(HIDDEN[:, 0], HIDDEN[:3, 0])


def test_the_baseline_is_the_mean_over_all_pairs():
    for layer, mean in zip(HIDDEN, mean_pair_similarity(HIDDEN), strict=True):
        matrix = cosine_matrix(layer)
        pairs = [matrix[i, j] for i, j in itertools.combinations(range(12), 2)]
        assert mean == pytest.approx(np.mean(pairs), abs=1e-6)


def test_the_baseline_of_vectors_in_one_direction_is_one():
    one_way = np.ones((1, 9, 4)) * np.arange(1, 10)[None, :, None]
    assert mean_pair_similarity(one_way).tolist() == [1]


def test_the_baseline_of_opposite_vectors_is_minus_one():
    assert mean_pair_similarity([[[1.0, 0.0], [-2.0, 0.0]]]).tolist() == [-1]


def test_the_baseline_leaves_zero_vectors_out():
    padded = np.concatenate([HIDDEN, np.zeros((4, 3, 6))], axis=1)
    np.testing.assert_allclose(mean_pair_similarity(padded), mean_pair_similarity(HIDDEN))


@pytest.mark.parametrize("n_texts", [0, 1])
def test_without_a_pair_there_is_no_baseline(n_texts):
    assert np.isnan(mean_pair_similarity(HIDDEN[:, :n_texts])).all()


def test_a_baseline_needs_every_text_at_every_layer():
    with pytest.raises(OptionError, match=r"shape \(layer, text, dim\), got \(12, 6\)"):
        mean_pair_similarity(HIDDEN[0])


def test_numbers_that_are_not_finite_are_refused():
    broken = HIDDEN.copy()
    broken[1, 3, 0] = np.nan
    with pytest.raises(OptionError, match="finite numbers, got nan in row 3"):
        mean_pair_similarity(broken)


def test_a_mapped_file_is_read(tmp_path):
    path = tmp_path / "vectors.npy"
    np.save(path, HIDDEN)
    mapped = np.load(path, mmap_mode="r")
    np.testing.assert_array_equal(mean_pair_similarity(mapped), mean_pair_similarity(HIDDEN))
    del mapped
