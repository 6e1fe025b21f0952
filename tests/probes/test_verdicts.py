"""What a probe that never saw a text says of its label."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from embedlib.errors import Cancelled, OptionError
from embedlib.probes import problem, verdicts
from embedlib.probes.logistic import scaled
from embedlib.probes.verdicts import NOT_JUDGED
from tests.probes.made import clusters, posed


def test_probabilities_are_those_of_scikit_learn_on_the_other_folds() -> None:
    vectors, labels = clusters(120, 4, spread=1.2)
    posed_ = posed(labels, n_folds=5)
    found = verdicts(vectors, posed_)
    rows, codes = scaled(vectors), posed_.codes
    for fold in range(5):
        tested = posed_.folds == fold
        theirs = LogisticRegression(C=10, max_iter=2_000, tol=1e-8)
        chances = theirs.fit(rows[~tested], codes[~tested]).predict_proba(rows[tested])
        own = chances[np.arange(len(chances)), codes[tested]]
        np.testing.assert_allclose(found.confidence[tested], own, atol=0.03)
        np.testing.assert_allclose(found.certainty[tested], chances.max(axis=1), atol=0.03)
        assert (found.predicted[tested] == chances.argmax(axis=1)).mean() > 0.95


def test_a_wrong_label_is_doubted_first_and_named() -> None:
    vectors, labels = clusters(90, 3, spread=0.3)
    right = labels[7]
    labels[7] = next(label for label in set(labels) if label != right)
    found = verdicts(vectors, posed(labels))
    assert found.doubted[0] == 7 and found.names[7] == right
    assert found.confidence[7] < 0.2 < 0.8 < found.certainty[7]
    assert not found.right[7] and found.accuracy == pytest.approx(89 / 90)


def test_a_text_says_nothing_of_its_duplicate() -> None:
    """Every vector is its own but for its twin: a probe that saw the twin would be right."""
    vectors = np.repeat(np.eye(30, dtype=np.float32), 2, axis=0)
    twins = [f"text {row // 2}" for row in range(60)]
    labels = np.random.default_rng(0).permutation(["a", "b"] * 15).repeat(2).tolist()
    found = verdicts(vectors, problem(labels, twins))
    assert found.accuracy < 0.65


def test_texts_that_take_no_part_have_no_verdict() -> None:
    vectors, labels = clusters(40, 2)
    labels[3], labels[5] = "", "only once"
    found = verdicts(vectors, posed(labels))
    for row in (3, 5):
        assert found.predicted[row] == NOT_JUDGED and found.names[row] == ""
        assert np.isnan(found.confidence[row]) and np.isnan(found.certainty[row])
        assert row not in found.doubted and not found.right[row]
    assert np.isfinite(np.delete(found.confidence, [3, 5])).all()


def test_progress_does_not_change_the_verdicts_and_each_fold_is_told() -> None:
    vectors, labels = clusters(60, 3, spread=1.0)
    made, told = posed(labels, n_folds=6), []
    one = verdicts(vectors, made, progress=lambda now: told.append((now.done, now.total)))
    np.testing.assert_allclose(one.confidence, verdicts(vectors, made).confidence, atol=0.02)
    assert told == [(fold, 6) for fold in range(6)]


def test_it_stops_when_asked_and_refuses_a_problem_of_other_texts() -> None:
    vectors, labels = clusters(30, 2)
    with pytest.raises(Cancelled):
        verdicts(vectors, posed(labels), cancelled=lambda: True)
    with pytest.raises(OptionError, match="The rows must be those of the 5 texts, got row 29"):
        verdicts(vectors[:5], posed(labels))


@pytest.mark.parametrize("vectors", [np.ones((12, 4)), np.full((12, 4), 1e30)])
def test_equal_and_huge_vectors_have_verdicts_too(vectors: np.ndarray) -> None:
    found = verdicts(vectors.astype(np.float32), posed(["a", "b"] * 6))
    assert np.isfinite(found.confidence).all() and (found.certainty >= 0.5 - 1e-6).all()
