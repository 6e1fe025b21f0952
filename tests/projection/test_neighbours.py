"""True neighbours against scikit-learn's; ties, zero vectors and small sets."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from embedlib.errors import Cancelled, OptionError, UnknownNameError
from embedlib.projection import neighbours
from tests.projection.made import groups


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("shift", [0.0, 300.0])
def test_neighbours_are_those_of_scikit_learn(metric, shift, monkeypatch):
    monkeypatch.setattr("embedlib.projection.nearest._BLOCK_BYTES", 4 * 200 * 30)
    vectors = groups(200, dim=12, spread=0.5)[0].astype(np.float64) + shift
    vectors = vectors.astype(np.float32)
    found = neighbours(vectors, 9, metric=metric)
    reference = NearestNeighbors(n_neighbors=10, metric=metric, algorithm="brute")
    distances, indices = reference.fit(vectors.astype(np.float64)).kneighbors()
    assert found.exact and found.method == "exact" and found.metric == metric
    if metric == "euclidean" or shift == 0:  # far from 0 the cosines of all are 1
        np.testing.assert_array_equal(found.indices, indices[:, :9])
    np.testing.assert_allclose(found.distances, distances[:, :9], rtol=1e-4, atol=1e-6)


def test_the_first_of_equally_near_rows_comes_first():
    found = neighbours(np.eye(6, dtype=np.float32), 5)
    np.testing.assert_array_equal(found.indices[0], [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(found.indices[3], [0, 1, 2, 4, 5])


def test_equal_rows_are_neighbours_at_no_distance():
    vectors = np.repeat(groups(5, n_groups=5)[0], 3, axis=0)
    found = neighbours(vectors, 3)
    np.testing.assert_array_equal(found.distances[:, :2], 0)
    np.testing.assert_array_equal(found.indices[4, :2], [3, 5])
    assert (found.distances[:, 2] > 0.1).all()


def test_a_zero_vector_is_at_a_right_angle_to_all():
    found = neighbours([[0.0, 0.0], [1.0, 0.0], [1.0, 0.1], [0.0, 0.0]], 3)
    np.testing.assert_array_equal(found.distances[0], [1, 1, 1])
    np.testing.assert_allclose(found.distances[1], [0.00496, 1, 1], atol=1e-5)


def test_more_neighbours_than_there_are_others_are_all_others():
    found = neighbours(groups(4)[0], 50)
    assert found.k == 3
    assert neighbours([[1.0, 2.0]], 5).indices.shape == (1, 0)


def test_huge_and_tiny_numbers_keep_their_neighbours():
    vectors = groups(40)[0]
    usual = neighbours(vectors, 4, metric="euclidean")
    for factor in (1e30, 1e-30):
        found = neighbours(vectors * np.float32(factor), 4, metric="euclidean")
        np.testing.assert_array_equal(found.indices, usual.indices)
        np.testing.assert_allclose(found.distances / factor, usual.distances, rtol=1e-3)


def test_the_approximate_search_finds_most_and_says_what_it_is(monkeypatch):
    vectors = groups(300, dim=6)[0]
    monkeypatch.setenv("EMBEDLIB_EXACT_POINTS", "299")
    found, exact = neighbours(vectors, 5), neighbours(vectors, 5, exact=True)
    assert not found.exact and found.method == "approximate" and exact.exact
    assert (found.indices != np.arange(300)[:, None]).all()
    same = (found.indices[:, :, None] == exact.indices[:, None]).any(axis=2)
    assert same.mean() > 0.9
    np.testing.assert_array_equal(np.sort(found.distances, axis=1), found.distances)


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([["a"]], "must be real numbers"),
        ([1.0, 2.0], r"must have the shape \(point, dim\), both at least 1, got \(2,\)"),
        (np.zeros((0, 3)), r"got \(0, 3\)"),
        ([[1.0], [np.nan], [2.0]], "must be finite numbers, got nan in row 1"),
        ([[1.0], [2.0], [-np.inf]], "got -inf in row 2"),
        ([[1.0], [1e300]], r"got 1e\+300 in row 1"),
    ],
)
def test_what_is_no_set_of_vectors_is_refused_in_words(vectors, words):
    with pytest.raises(OptionError, match=words):
        neighbours(vectors, 1)


def test_bad_questions_are_refused_in_words():
    with pytest.raises(OptionError, match="number of neighbours must be a whole number from 1"):
        neighbours(groups()[0], 0)
    with pytest.raises(UnknownNameError, match="must be one of cosine, euclidean, got 'cosin'"):
        neighbours(groups()[0], 3, metric="cosin")


def test_a_search_tells_and_can_be_stopped():
    said = []
    neighbours(groups()[0], 3, progress=said.append)
    assert (said[-1].done, said[-1].total, said[-1].note) == (60, 60, "Finding neighbours")
    with pytest.raises(Cancelled):
        neighbours(groups()[0], 3, cancelled=lambda: True)
