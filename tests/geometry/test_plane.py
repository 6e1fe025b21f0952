"""PCA against scikit-learn, and what it does with nothing to show."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from embedlib.errors import OptionError
from embedlib.geometry import pca

SHAPES = [(300, 20), (20, 300), (50, 50), (3, 10), (600, 150), (120, 400)]


def vectors_of(n_texts: int, dim: int) -> np.ndarray:
    """Random vectors whose dimensions vary by different amounts, away from the origin."""
    random = np.random.default_rng(n_texts * dim)
    return (random.standard_normal((n_texts, dim)) * np.linspace(2, 0.1, dim) + 5).astype(
        np.float32
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_dims", [1, 2])
def test_the_plane_is_that_of_scikit_learn(shape, n_dims):
    vectors = vectors_of(*shape)
    ours, theirs = pca(vectors, n_dims), PCA(n_dims, svd_solver="full").fit(vectors)
    signs = np.sign((ours.components * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(ours.explained, theirs.explained_variance_ratio_, rtol=1e-4)
    np.testing.assert_allclose(
        ours.points, theirs.transform(vectors) * signs, atol=2e-4 * np.abs(ours.points).max()
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_axes_are_orthonormal_and_point_to_their_largest_entry(shape):
    plane = pca(vectors_of(*shape))
    np.testing.assert_allclose(plane.components @ plane.components.T, np.eye(2), atol=1e-5)
    largest = np.abs(plane.components).argmax(axis=1)
    assert (plane.components[[0, 1], largest] > 0).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_texts_fall_where_place_puts_them(shape):
    vectors = vectors_of(*shape)
    plane = pca(vectors)
    np.testing.assert_allclose(plane.place(vectors), plane.points, atol=1e-4)
    np.testing.assert_allclose(plane.place(plane.centre[None]), [[0, 0]], atol=1e-4)


def test_the_same_vectors_give_the_same_plane():
    vectors = vectors_of(600, 150)
    assert np.array_equal(pca(vectors).points, pca(vectors.copy()).points)


def test_a_mean_of_tokens_falls_on_the_mean_of_their_points():
    tokens = vectors_of(12, 40)
    plane = pca(tokens)
    pooled = tokens[3:7].mean(axis=0, keepdims=True)
    np.testing.assert_allclose(plane.place(pooled)[0], plane.points[3:7].mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 5), (7, 5), (5, 7), (400, 300), (300, 400)])
def test_texts_that_are_all_alike_fall_on_the_origin(shape):
    plane = pca(np.full(shape, 0.1, dtype=np.float32))
    assert not plane.points.any() and not plane.explained.any() and not plane.components.any()


def test_zero_vectors_fall_on_the_origin():
    assert not pca(np.zeros((4, 3))).points.any()


def test_two_texts_lie_on_one_axis():
    plane = pca([[0.0, 3.0, 0.0], [4.0, 0.0, 0.0]])
    np.testing.assert_allclose(np.abs(plane.points), [[2.5, 0], [2.5, 0]], atol=1e-6)
    np.testing.assert_allclose(plane.explained, [1, 0], atol=1e-6)
    assert not plane.components[1].any()


def test_more_axes_than_texts_are_filled_with_zeros():
    plane = pca(vectors_of(2, 6), n_dims=4)
    assert plane.points.shape == (2, 4) and not plane.points[:, 1:].any()


def test_many_equal_directions_come_to_an_end():
    plane = pca(np.eye(150))
    assert plane.explained.tolist() == pytest.approx([1 / 149] * 2)


def test_three_dimensions_hold_more_than_two():
    vectors = vectors_of(100, 20)
    assert pca(vectors, 3).explained.sum() > pca(vectors, 2).explained.sum()


def test_no_text_at_all_is_refused():
    with pytest.raises(OptionError, match="at least one text, got none"):
        pca(np.zeros((0, 3)))


@pytest.mark.parametrize("n_dims", [0, 21, 2.0])
def test_a_number_of_axes_out_of_range_is_refused(n_dims):
    with pytest.raises(OptionError, match="The number of axes must be a whole number from 1 to 20"):
        pca(vectors_of(30, 20), n_dims)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(OptionError, match="must be finite numbers, got nan in row 1"):
        pca([[1.0, 2.0], [3.0, np.nan]])


def test_vectors_of_another_model_are_refused():
    with pytest.raises(OptionError, match="must have 20 dimensions as the plane has, got 3"):
        pca(vectors_of(30, 20)).place(np.zeros((1, 3)))
