"""Laws that hold for every row of PROJECTIONS."""

import numpy as np
import pytest

from embedlib.projection import PROJECTIONS, project
from tests.projection.made import FEW, groups

EVERY = pytest.mark.parametrize("method", list(PROJECTIONS))


@EVERY
@pytest.mark.parametrize("n_dims", [2, 3])
def test_every_vector_has_a_finite_point(method, n_dims):
    vectors, _ = groups()
    made = project(vectors, method, n_dims=n_dims, options=FEW[method])
    assert made.points.shape == (60, n_dims) and made.points.dtype == np.float32
    assert np.isfinite(made.points).all()
    assert made.honesty.trustworthiness > 0.7


@EVERY
def test_the_same_seed_gives_the_same_points_and_inputs_stay_as_they_were(method):
    vectors, _ = groups()
    before = vectors.copy()
    first, second = (project(vectors, method, seed=3, options=FEW[method]) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(vectors, before)


@EVERY
def test_the_number_of_threads_does_not_matter(method, monkeypatch):
    monkeypatch.setattr("embedlib.projection.tsne._SHARE", 10)
    vectors, _ = groups()
    many = project(vectors, method, options=FEW[method])
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    np.testing.assert_array_equal(many.points, project(vectors, method, options=FEW[method]).points)


@EVERY
def test_equal_vectors_share_their_point(method):
    vectors, _ = groups()
    vectors[[7, 20]] = vectors[0]
    made = project(vectors, method, options=FEW[method])
    np.testing.assert_array_equal(made.points[[7, 20]], made.points[[0, 0]])
    assert len(np.unique(made.points, axis=0)) == 58
    assert made.notes == ("2 vectors equal another and share its point.",)


@EVERY
def test_rows_keep_their_order(method):
    """Each point stands among those of its group, whatever the order of rows."""
    vectors, of = groups(spread=0.05)
    order = np.random.default_rng(1).permutation(len(vectors))
    points = project(vectors[order], method, options=FEW[method]).points
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_array_equal(of[order][apart.argmin(axis=1)], of[order])


@EVERY
@pytest.mark.parametrize(
    "convert", [np.float64, np.float16, np.asfortranarray, lambda v: v[::-1][::-1]]
)
def test_formats_of_numbers_do_not_matter(method, convert):
    vectors = groups()[0].astype(np.float16).astype(np.float32)
    plain = project(vectors, method, options=FEW[method])
    np.testing.assert_array_equal(
        plain.points, project(convert(vectors), method, options=FEW[method]).points
    )


@EVERY
@pytest.mark.parametrize("n_points", [1, 2, 3, 4, 5, 9])
def test_few_points_are_laid_out(method, n_points):
    made = project(groups(n_points)[0], method, options=FEW[method])
    assert made.points.shape == (n_points, 2) and np.isfinite(made.points).all()
    assert (made.honesty is None) == (n_points < 3)


@EVERY
def test_equal_vectors_only_share_one_point(method):
    made = project(np.ones((9, 4)), method, options=FEW[method])
    np.testing.assert_array_equal(made.points, np.zeros((9, 2), np.float32))
    assert "All vectors are equal: they share one point." in made.notes


@EVERY
def test_one_dimension_is_laid_out(method):
    vectors = np.linspace(1, 2, 20)[:, None]
    made = project(vectors, method, metric="euclidean", options=FEW[method])
    assert made.points.shape == (20, 2) and np.isfinite(made.points).all()
