"""MDS: distances of a plane come back; ranks decide, not sizes."""

import numpy as np
from scipy.stats import spearmanr

from embedlib.projection import project
from embedlib.projection.mds import ordinal


def distances(points):
    return np.linalg.norm(points[:, None] - points, axis=2)[np.triu_indices(len(points), 1)]


def test_points_of_a_plane_come_back_in_the_order_of_their_distances():
    points = np.random.default_rng(0).uniform(-1, 1, size=(150, 2))
    for bent in (points, np.hstack([points, 0.3 * (points**2)])):
        made = project(bent, "mds", metric="euclidean")
        assert spearmanr(distances(made.points), distances(bent)).statistic > 0.98


def test_only_the_order_of_distances_counts():
    found = np.random.default_rng(0).random((40, 10)).astype(np.float32)
    np.testing.assert_array_equal(ordinal(found, 2), ordinal(found**3 * 7, 2))
    assert (np.argsort(ordinal(found, 3).ravel()) == np.argsort(found.ravel())).all()
    assert ordinal(found, 2).min() > 0 and ordinal(found, 2).max() < 2


def test_equal_distances_stay_equal():
    assert len(np.unique(ordinal(np.ones((30, 5), np.float32), 2))) == 1
