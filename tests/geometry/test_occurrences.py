"""Measures of a word's occurrences against plain loops."""

import itertools

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import (
    intra_similarity,
    maximum_explained,
    mean_pair_similarity,
    self_similarity,
)

HIDDEN = np.random.default_rng(9).standard_normal((3, 6, 5)) + 0.5


def cosine(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def test_self_similarity_is_the_mean_over_pairs():
    loop = [
        np.mean([cosine(layer[i], layer[j]) for i, j in itertools.combinations(range(6), 2)])
        for layer in HIDDEN
    ]
    np.testing.assert_allclose(self_similarity(HIDDEN), loop, atol=1e-6)


def test_equal_occurrences_have_self_similarity_one():
    same = np.repeat(HIDDEN[:, :1], 4, axis=1)
    np.testing.assert_allclose(self_similarity(same), 1)
    np.testing.assert_allclose(intra_similarity(same), 1, rtol=1e-6)
    np.testing.assert_allclose(maximum_explained(same), 1)


def test_adjusted_is_raw_minus_the_baseline():
    others = np.random.default_rng(1).standard_normal((3, 40, 5)) + 1
    baseline = mean_pair_similarity(others)
    adjusted = self_similarity(HIDDEN, baseline)
    np.testing.assert_allclose(adjusted, self_similarity(HIDDEN) - baseline)


def test_a_word_that_is_like_any_other_token_is_adjusted_to_zero():
    baseline = mean_pair_similarity(HIDDEN)
    np.testing.assert_allclose(self_similarity(HIDDEN, baseline), 0, atol=1e-7)


def test_intra_similarity_is_the_mean_cosine_to_the_mean():
    loop = [np.mean([cosine(t, layer.mean(axis=0)) for t in layer]) for layer in HIDDEN]
    np.testing.assert_allclose(intra_similarity(HIDDEN), loop, atol=1e-6)


def test_maximum_explained_is_the_first_share_of_squares():
    loop = []
    for layer in HIDDEN:
        values = np.linalg.eigvalsh(layer @ layer.T)
        loop.append(values.max() / values.sum())
    np.testing.assert_allclose(maximum_explained(HIDDEN), loop, rtol=1e-5)
    assert np.isnan(maximum_explained(np.zeros((1, 2, 3)))).all()


def test_one_occurrence_and_wrong_baselines_are_refused():
    with pytest.raises(OptionError, match="at least 2 occurrences"):
        self_similarity(HIDDEN[:, :1])
    with pytest.raises(OptionError, match="one baseline a layer"):
        self_similarity(HIDDEN, [0.1])
    with pytest.raises(OptionError, match="must be"):
        intra_similarity(HIDDEN[0])
    with pytest.raises(OptionError, match="must be"):
        maximum_explained(HIDDEN[0])
