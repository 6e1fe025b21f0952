"""Scores against plain loops, and laws for every row."""

import numpy as np
import pytest

from embedlib.probes import SCORES, problem
from embedlib.probes.scores import NEIGHBOURS
from tests.probes.made import clusters, posed

VECTORS, LABELS = clusters(80, 4, spread=0.9)
PROBLEM = posed(LABELS, n_folds=4)
EACH = pytest.mark.parametrize("name", list(SCORES))


def cosines(vectors):
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return directions @ directions.T


@EACH
def test_clear_categories_score_high_and_shuffled_ones_low(name):
    vectors, labels = clusters(120, 4, spread=0.1)
    made = posed(labels)
    clear = SCORES[name].folds(vectors, made).mean()
    nothing = SCORES[name].folds(vectors, made.shuffled()).mean()
    assert clear > 0.85
    assert nothing < 0.5


@EACH
def test_scale_changes_nothing_and_inputs_stay(name):
    before = VECTORS.copy()
    scores = SCORES[name].folds(VECTORS, PROBLEM)
    np.testing.assert_allclose(SCORES[name].folds(7 * VECTORS, PROBLEM), scores, atol=1e-4)
    assert (before == VECTORS).all()
    assert scores.shape == (4,) and scores.dtype == np.float32


@EACH
def test_a_duplicate_is_no_witness(name):
    """Labels at random, every text twice: who lets a twin speak scores 1."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.standard_normal((60, 50)), 2, axis=0).astype(np.float32)
    labels = np.repeat(rng.permutation(["a", "b"] * 30), 2).tolist()
    made = problem(labels, [f"text {row // 2}" for row in range(120)])
    assert SCORES[name].folds(vectors, made).mean() < 0.7


@EACH
def test_equal_vectors_and_zero_vectors_give_finite_scores(name):
    for vectors in (np.ones((80, 3)), np.zeros((80, 3))):
        assert np.isfinite(SCORES[name].folds(vectors.astype(np.float32), PROBLEM)).all()


def test_purity_is_the_share_among_neighbours_of_other_folds():
    table = cosines(VECTORS)
    found = SCORES["knn"].function(VECTORS, PROBLEM)
    for row in range(80):
        others = np.flatnonzero(PROBLEM.folds != PROBLEM.folds[row])
        nearest = others[np.argsort(-table[row, others])[:NEIGHBOURS]]
        same = (PROBLEM.codes[nearest] == PROBLEM.codes[row]).mean()
        assert found[row] == pytest.approx(same, abs=1e-6)


def test_the_silhouette_is_that_of_plain_loops():
    far = 1 - cosines(VECTORS)
    found = SCORES["silhouette"].function(VECTORS, PROBLEM)
    for row in range(80):
        other = PROBLEM.folds != PROBLEM.folds[row]
        means = [far[row, other & (PROBLEM.codes == code)].mean() for code in range(4)]
        a = means.pop(PROBLEM.codes[row])
        assert found[row] == pytest.approx((min(means) - a) / max(a, min(means)), abs=1e-5)


def test_with_every_text_a_fold_the_silhouette_is_scikit_learns():
    from dataclasses import replace

    from sklearn.metrics import silhouette_samples

    alone = replace(PROBLEM, folds=np.arange(80), n_folds=80)
    expected = silhouette_samples(VECTORS, PROBLEM.codes, metric="cosine")
    np.testing.assert_allclose(SCORES["silhouette"].function(VECTORS, alone), expected, atol=1e-5)


def test_the_nearest_centroid_is_of_the_other_folds():
    directions = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    found = SCORES["centroid"].function(VECTORS, PROBLEM)
    for fold in range(4):
        learned = PROBLEM.folds != fold
        means = [directions[learned & (PROBLEM.codes == code)].mean(axis=0) for code in range(4)]
        means = np.stack([mean / np.linalg.norm(mean) for mean in means])
        tested = PROBLEM.folds == fold
        assert (found[tested] == (directions[tested] @ means.T).argmax(axis=1)).all()
