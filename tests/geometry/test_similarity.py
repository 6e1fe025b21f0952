"""Cosines, neighbours and orders against scikit-learn, scipy and closed forms."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from embedlib.errors import OptionError
from embedlib.geometry import cluster_order, cosine_matrix, nearest, norms, unit

RANDOM = np.random.default_rng(3).standard_normal((30, 8)).astype(np.float32)
DOORS = [
    pytest.param(norms, id="norms"),
    pytest.param(unit, id="unit"),
    pytest.param(cosine_matrix, id="cosine_matrix"),
    pytest.param(cluster_order, id="cluster_order"),
    pytest.param(lambda vectors: nearest(vectors, 0, 1), id="nearest"),
]


@pytest.mark.parametrize("measure", DOORS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_with_their_row(measure, bad):
    vectors = RANDOM.copy()
    vectors[4, 2] = bad
    with pytest.raises(OptionError, match=f"must be finite numbers, got {bad} in row 4"):
        measure(vectors)


@pytest.mark.parametrize("measure", DOORS)
def test_other_shapes_are_refused(measure):
    with pytest.raises(OptionError, match=r"must have the shape \(text, dim\).*got \(8,\)"):
        measure(RANDOM[0])
    with pytest.raises(OptionError, match=r"at least one dimension, got \(3, 0\)"):
        measure(np.zeros((3, 0)))


@pytest.mark.parametrize("measure", DOORS)
def test_what_is_no_number_is_refused(measure):
    with pytest.raises(OptionError, match="must be real numbers, got <U1"):
        measure([["a", "b"]])


@pytest.mark.parametrize("measure", DOORS)
def test_inputs_are_untouched(measure):
    vectors = (RANDOM @ RANDOM.T).astype(np.float64)
    kept = vectors.copy()
    measure(vectors)
    assert np.array_equal(vectors, kept)


def test_cosines_equal_those_of_scikit_learn():
    ours = cosine_matrix(RANDOM)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, cosine_similarity(RANDOM), atol=1e-6)


def test_a_text_is_exactly_like_itself_and_its_duplicate():
    vectors = np.repeat(RANDOM, 2, axis=0)
    ours = cosine_matrix(vectors)
    assert (ours.diagonal() == 1).all() and (ours[::2, 1::2].diagonal() == 1).all()
    assert np.array_equal(ours, ours.T) and ours.max() == 1 and ours.min() >= -1


def test_a_zero_vector_has_no_direction():
    vectors = RANDOM.copy()
    vectors[5] = 0
    ours = cosine_matrix(vectors)
    assert (ours[5] == 0).all() and (ours[:, 5] == 0).all()
    assert norms(vectors)[5] == 0 and (norms(vectors) == 0).sum() == 1


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e300])
def test_cosines_do_not_depend_on_lengths(scale):
    np.testing.assert_array_equal(
        cosine_matrix(RANDOM.astype(np.float64) * scale) == 1, np.eye(30, dtype=bool)
    )
    np.testing.assert_allclose(
        cosine_matrix(RANDOM.astype(np.float64) * scale), cosine_matrix(RANDOM), atol=1e-6
    )


def test_no_text_and_one_text_have_matrices_too():
    assert cosine_matrix(np.zeros((0, 4))).shape == (0, 0)
    assert cosine_matrix([[0.5, -2.0]]).tolist() == [[1.0]]
    assert norms(np.zeros((0, 4))).shape == (0,)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int32])
def test_other_number_formats_are_read(dtype):
    vectors = np.array([[3, 4], [4, 3]], dtype=dtype)
    assert norms(vectors).tolist() == [5, 5]
    assert cosine_matrix(vectors)[0, 1] == np.float32(0.96)


def test_neighbours_are_those_of_the_matrix():
    matrix = cosine_matrix(RANDOM)
    for row in range(len(RANDOM)):
        rows, cosines = nearest(RANDOM, row, 5)
        wanted = [other for other in np.argsort(-matrix[row], kind="stable") if other != row][:5]
        assert rows.tolist() == wanted
        np.testing.assert_allclose(cosines, matrix[row, rows], atol=1e-6)


def test_equal_neighbours_stand_in_the_order_of_rows():
    vectors = np.tile(RANDOM, (3, 1))
    rows, cosines = nearest(vectors, 31, 3)
    assert rows.tolist()[:2] == [1, 61] and cosines.tolist()[:2] == [1, 1]


def test_neighbours_of_a_zero_vector_are_all_rows_at_zero():
    rows, cosines = nearest([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]], 0, 9)
    assert rows.tolist() == [1, 2] and cosines.tolist() == [0, 0]


def test_one_text_has_no_neighbours():
    rows, cosines = nearest([[1.0, 2.0]], 0, 3)
    assert rows.shape == (0,) and cosines.shape == (0,)


@pytest.mark.parametrize("row", [-1, 30, 1.5, None, True])
def test_a_row_outside_the_texts_is_refused(row):
    with pytest.raises(OptionError, match="The row must be a whole number from 0 to 29, got"):
        nearest(RANDOM, row, 3)


def test_a_number_of_neighbours_below_one_is_refused():
    with pytest.raises(OptionError, match="The number of neighbours must be a whole number from 1"):
        nearest(RANDOM, 0, 0)


def test_the_order_is_a_permutation_that_brings_groups_together():
    centres = np.eye(6) * 5
    groups = np.arange(48) % 6
    vectors = centres[groups] + np.random.default_rng(0).normal(0, 0.1, (48, 6))
    order = cluster_order(cosine_matrix(vectors))
    assert sorted(order.tolist()) == list(range(48))
    assert (np.diff(groups[order]) != 0).sum() == 5


def test_the_order_is_no_worse_than_that_of_the_texts():
    matrix = cosine_matrix(RANDOM)
    order = cluster_order(matrix)
    steps = matrix[order[:-1], order[1:]].sum()
    assert steps > matrix.diagonal(1).sum()


def test_row_zero_stands_in_the_first_half_of_the_order():
    for seed in range(20):
        vectors = np.random.default_rng(seed).standard_normal((9, 4))
        assert cluster_order(cosine_matrix(vectors)).tolist().index(0) <= 4


@pytest.mark.parametrize("n_texts", [0, 1, 2])
def test_few_texts_keep_their_order(n_texts):
    assert cluster_order(np.eye(n_texts)).tolist() == list(range(n_texts))


def test_duplicates_and_zero_vectors_have_an_order():
    vectors = np.concatenate([RANDOM[:3], RANDOM[:3], np.zeros((2, 8))])
    order = cluster_order(cosine_matrix(vectors)).tolist()
    assert sorted(order) == list(range(8))
    assert all(abs(order.index(row) - order.index(row + 3)) == 1 for row in range(3))


def test_a_matrix_that_is_not_symmetric_is_refused():
    with pytest.raises(OptionError, match="must be square and symmetric"):
        cluster_order(RANDOM)
    with pytest.raises(OptionError, match="must be square and symmetric"):
        cluster_order([[1.0, 0.5], [0.2, 1.0]])
