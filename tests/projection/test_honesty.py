"""Honesty against scikit-learn's trustworthiness and a count over all pairs."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from embedlib.errors import OptionError
from embedlib.geometry import pca
from embedlib.projection import honesty
from tests.projection.made import groups


def made(n_points=90, seed=0):
    random = np.random.default_rng(seed)
    vectors = groups(n_points, dim=10, spread=0.4, seed=seed)[0]
    return vectors, pca(vectors).points + 0.3 * random.normal(size=(n_points, 2)).astype(np.float32)


def ranks(distances):
    """(point, point) the rank of each other point, from 1; 0 on the diagonal."""
    np.fill_diagonal(distances, -1)
    return distances.argsort(axis=1).argsort(axis=1)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 5, 15])
def test_scores_are_those_of_scikit_learn_and_of_a_count_over_all_pairs(metric, k):
    vectors, points = made()
    found = honesty(vectors, points, k, metric=metric)
    reference = trustworthiness(vectors, points, n_neighbors=k, metric=metric)
    assert found.trustworthiness == pytest.approx(reference, abs=1e-9)

    true, near = ranks(cdist(vectors, vectors, metric)), ranks(cdist(points, points))
    falsely = (near <= k) & (true > k)
    torn = (near > k) & (true <= k)
    scale = 2 / (k * (2 * 90 - 3 * k - 1))
    np.testing.assert_array_equal(found.false, falsely.sum(axis=1))
    np.testing.assert_array_equal(found.torn, torn.sum(axis=1))
    np.testing.assert_array_equal(found.kept + found.torn, k)
    own = 1 - scale * np.where(torn, near - k, 0).sum(axis=1)
    np.testing.assert_allclose(found.point_continuity, own, atol=1e-6)
    assert found.continuity == pytest.approx(own.mean())
    assert found.knn_preservation == pytest.approx(1 - torn.sum() / (90 * k))
    assert found.point_trustworthiness.mean() == pytest.approx(found.trustworthiness)


def test_a_perfect_map_scores_one_and_a_random_one_a_half():
    points = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    found = honesty(points, points, metric="euclidean")
    assert found.map.trustworthiness == found.map.continuity == found.map.knn_preservation == 1
    assert found.pca.trustworthiness == pytest.approx(1, abs=1e-6)
    assert found.random.trustworthiness == pytest.approx(0.5, abs=0.05)
    assert found.random.knn_preservation == pytest.approx(15 / 399, abs=0.02)
    assert not found.sampled and found.map.margins == (0, 0, 0)


def test_a_sample_of_rows_is_said_and_near_the_whole(monkeypatch):
    vectors, points = made(600)
    whole = honesty(vectors, points)
    monkeypatch.setenv("EMBEDLIB_HONESTY_POINTS", "599")
    monkeypatch.setenv("EMBEDLIB_HONESTY_ROWS", "200")
    found = honesty(vectors, points)
    assert found.sampled and len(found.rows) == 200 == len(np.unique(found.rows))
    for name, margin in zip(
        ("trustworthiness", "continuity", "knn_preservation"), found.map.margins, strict=True
    ):
        assert 0 < margin < 0.05
        assert abs(getattr(found, name) - getattr(whole, name)) < 2 * margin
    np.testing.assert_array_equal(found.kept, whole.kept[found.rows])
    spread = found.over_all_points(found.kept)
    assert spread.shape == (600,) and np.isnan(spread).sum() == 400
    assert not honesty(vectors, points, rows="all").sampled


def test_chosen_rows_are_measured_against_all():
    vectors, points = made()
    whole, some = honesty(vectors, points), honesty(vectors, points, rows=[5, 2, 80])
    np.testing.assert_array_equal(some.rows, [2, 5, 80])
    np.testing.assert_array_equal(some.torn, whole.torn[[2, 5, 80]])


def test_ties_never_count_against_a_map():
    vectors = np.repeat(groups(3)[0], 20, axis=0)
    points = np.repeat(np.array([[0, 0], [5, 0], [0, 5]], np.float32), 20, axis=0)
    found = honesty(vectors, points, 5)
    assert (found.trustworthiness, found.continuity, found.knn_preservation) == (1, 1, 1)


def test_few_points_lower_k():
    assert honesty(groups(3)[0], np.eye(3, 2)).k == 1
    assert honesty(groups(12)[0], np.random.default_rng(0).random((12, 2))).k == 5


@pytest.mark.parametrize(
    ("points", "rows", "words"),
    [
        (np.zeros((9, 2)), None, "one point a vector, got 9 points for 60 vectors"),
        (np.zeros((60, 4)), None, "must have 1 to 3 dimensions, got 4"),
        (np.zeros((60, 2)), [1, 60], "two or more from 0 to 59"),
        (np.zeros((60, 2)), [3], "two or more from 0 to 59"),
    ],
)
def test_bad_questions_are_refused_in_words(points, rows, words):
    with pytest.raises(OptionError, match=words):
        honesty(groups()[0], points, rows=rows)


def test_two_points_cannot_be_judged():
    with pytest.raises(OptionError, match="at least 3 points to be judged, got 2"):
        honesty(groups(2)[0], np.eye(2))
