"""The probe of all folds at once against scikit-learn, fold by fold."""

import numpy as np
import pytest
import torch

from embedlib.probes import logistic
from embedlib.probes.logistic import minimised, predicted, scaled
from tests.probes.made import clusters, posed


@pytest.fixture
def exact(monkeypatch):
    monkeypatch.setattr(logistic, "TOLERANCE", 1e-9)
    monkeypatch.setattr(logistic, "MOST_ITERATIONS", 500)


@pytest.mark.parametrize(("n_rows", "n_labels", "dim"), [(90, 3, 8), (60, 4, 100), (200, 12, 20)])
def test_it_predicts_what_scikit_learn_does(exact, n_rows, n_labels, dim):
    from sklearn.linear_model import LogisticRegression

    vectors, labels = clusters(n_rows, n_labels, dim, spread=1.2)
    made = posed(labels, n_folds=5)
    rows = scaled(vectors)
    ours = predicted(rows, made.codes, made.folds, n_labels)
    for fold in range(5):
        tested = made.folds == fold
        theirs = LogisticRegression(C=1 / logistic.PENALTY, tol=1e-8, max_iter=5000)
        theirs.fit(rows[~tested], made.codes[~tested])
        agree = theirs.predict(rows[tested]) == ours[tested]
        assert agree.mean() >= 0.97, (fold, agree.mean())


def test_the_usual_tolerance_scores_alike():
    vectors, labels = clusters(600, 10, 30, spread=1.5)
    made = posed(labels)
    rows = scaled(vectors)
    usual = (predicted(rows, made.codes, made.folds, 10) == made.codes).mean()
    logistic_tolerance = logistic.TOLERANCE
    try:
        logistic.TOLERANCE = 1e-9
        exact_score = (predicted(rows, made.codes, made.folds, 10) == made.codes).mean()
    finally:
        logistic.TOLERANCE = logistic_tolerance
    assert abs(usual - exact_score) < 0.01


def test_folds_in_turns_and_one_fold_alone_predict_the_same(exact, monkeypatch):
    vectors, labels = clusters(120, 4, 6, spread=1.0)
    made = posed(labels, n_folds=5)
    rows = scaled(vectors)
    whole = predicted(rows, made.codes, made.folds, 4)
    alone = predicted(rows, made.codes, made.folds, 4, only=2)
    assert (alone[made.folds == 2] == whole[made.folds == 2]).mean() > 0.95  # rounding aside
    monkeypatch.setattr(logistic, "_MOST_SCORES", 120 * 4 * 2)
    assert (predicted(rows, made.codes, made.folds, 4) == whole).mean() > 0.98


def test_a_row_never_helps_its_own_prediction():
    """A label that only the row itself could tell: with leakage all would be right."""
    vectors = np.eye(40, dtype=np.float32)
    made = posed(["a", "b"] * 20, n_folds=10)
    found = predicted(scaled(vectors), made.codes, made.folds, 2)
    assert (found == made.codes).mean() <= 0.6


def test_scaling_brings_every_layer_to_one_size():
    vectors = 100 * np.random.default_rng(0).standard_normal((50, 6)).astype(np.float32) + 9
    rows = scaled(vectors)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
    assert (rows**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)
    assert not scaled(np.ones((4, 3), dtype=np.float32)).any()


def test_equal_vectors_are_all_given_one_category():
    made = posed(["a", "b", "a"] * 10)
    found = predicted(scaled(np.ones((30, 3), np.float32)), made.codes, made.folds, 2)
    assert (found == 0).all()


def test_the_minimum_of_a_quadratic_is_found(exact):
    matrix = torch.diag(torch.tensor([1.0, 10.0, 100.0]))
    goal = torch.tensor([3.0, -2.0, 0.5])

    def objective(point):
        away = point - goal
        return float(0.5 * away @ matrix @ away), matrix @ away

    torch.testing.assert_close(minimised(objective, torch.zeros(3)), goal, atol=1e-3, rtol=0)
