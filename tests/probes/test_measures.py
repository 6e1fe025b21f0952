"""Measures against scikit-learn and seqeval."""

import numpy as np
import pytest

from embedlib.probes import MEASURES

RNG = np.random.default_rng(1)
TRUE, FOUND = RNG.integers(0, 4, 200), RNG.integers(0, 4, 200)
LABELS = ("O", "B-place", "I-place", "B-name")


def test_accuracy_and_macro_f1_are_those_of_scikit_learn():
    from sklearn.metrics import accuracy_score, f1_score

    assert MEASURES["accuracy"].function(TRUE, FOUND, LABELS, None) == accuracy_score(TRUE, FOUND)
    expected = f1_score(TRUE, FOUND, average="macro")
    assert MEASURES["macro_f1"].function(TRUE, FOUND, LABELS, None) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_entity_f1_is_that_of_seqeval(seed):
    seqeval = pytest.importorskip("seqeval.metrics", reason="seqeval is not installed")
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 4, 120)
    found = np.where(rng.random(120) < 0.7, true, rng.integers(0, 4, 120))
    sequences = np.repeat(np.arange(12), 10)

    def tags(codes):
        return [[LABELS[code] for code in codes[sequences == s]] for s in range(12)]

    ours = MEASURES["span_f1"].function(true, found, LABELS, sequences)
    assert ours == pytest.approx(seqeval.f1_score(tags(true), tags(found)))


def test_an_entity_ends_with_its_sentence():
    codes = np.array([1, 2])
    measure = MEASURES["span_f1"].function
    assert measure(codes, codes, LABELS, np.array([0, 1])) == 1
    assert measure(codes, np.array([1, 0]), LABELS, np.array([0, 1])) == pytest.approx(2 / 3)
    assert measure(codes, np.array([1, 0]), LABELS, np.array([0, 0])) == 0


def test_no_entity_anywhere_is_all_right():
    nothing = np.zeros(5, dtype=int)
    assert MEASURES["span_f1"].function(nothing, nothing, LABELS, None) == 1
