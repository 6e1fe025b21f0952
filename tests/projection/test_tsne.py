"""t-SNE: affinities are scikit-learn's, the tree's sums those over all pairs."""

import numpy as np
import pytest
from scipy.spatial.distance import squareform
from sklearn.manifold import _utils as sklearn_tsne

from embedlib.projection import neighbours, project
from embedlib.projection import tree as trees
from embedlib.projection.tsne import affinities
from tests.projection.made import groups


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("perplexity", [3.0, 12.0])
def test_affinities_are_those_of_scikit_learn(metric, perplexity):
    vectors = groups(50, spread=0.4)[0]
    found = affinities(neighbours(vectors, 49, metric=metric), perplexity).toarray()
    if metric == "cosine":
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    squares = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    one_way = sklearn_tsne._binary_search_perplexity(squares.astype(np.float32), perplexity, 0)
    np.fill_diagonal(one_way, 0)
    expected = (one_way + one_way.T) / (one_way + one_way.T).sum()
    np.testing.assert_allclose(found, expected, atol=2e-6)
    assert squareform(found - np.diag(np.diag(found)), checks=True).sum() == pytest.approx(0.5)


def summed(points, nearness, begin=0):
    room = trees.empty_tree(*points.shape)
    n_nodes = trees.grow(points, room)
    out, totals = np.empty_like(points), np.empty(len(points), np.float32)
    trees.pushes(room, n_nodes, np.float32(nearness), out, totals, begin, len(points))
    return out, totals, n_nodes


def over_all_pairs(points):
    gaps = points[:, None].astype(np.float64) - points
    near = 1 / (1 + (gaps**2).sum(axis=2))
    return (near[:, :, None] ** 2 * gaps).sum(axis=1), near.sum(axis=1) - 1


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("n_points", [1, 7, 9, 400])
def test_a_tree_that_opens_every_cell_sums_over_all_pairs(n_dims, n_points):
    points = np.random.default_rng(0).normal(size=(n_points, n_dims)).astype(np.float32) * 5
    out, totals, _ = summed(points, 0)
    expected, total = over_all_pairs(points)
    np.testing.assert_allclose(out, expected, atol=1e-4)
    np.testing.assert_allclose(totals, total, rtol=1e-4, atol=1e-5)


def test_far_cells_as_one_are_near_enough():
    points = np.random.default_rng(0).normal(size=(2000, 2)).astype(np.float32) * 20
    out, totals, n_nodes = summed(points, 0.5)
    expected, total = over_all_pairs(points)
    assert np.abs(out - expected).max() < 0.03 * np.abs(expected).max()
    np.testing.assert_allclose(totals, total, rtol=0.03)
    assert n_nodes < 2000


def test_equal_points_fit_into_a_tree():
    points = np.repeat(np.float32([[0, 0], [1, 1]]), 50, axis=0)
    out, totals, _ = summed(points, 0.5)
    expected, total = over_all_pairs(points)
    np.testing.assert_allclose(out, expected, atol=1e-4)
    np.testing.assert_allclose(totals, total, rtol=1e-5)
    assert summed(np.zeros((60, 3), np.float32), 0.5)[1] == pytest.approx(59)


def test_a_perplexity_that_is_too_large_is_lowered_and_said():
    made = project(groups(20)[0], "tsne", options={"epochs": 20})
    assert made.notes == ("The perplexity was lowered to 6.33: a third of the other texts.",)
    assert made.options["perplexity"] == 30
