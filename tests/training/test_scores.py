"""Scores against scikit-learn, tests and intervals against SciPy and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from embedlib.geometry import wilson
from embedlib.training.calibration import (
    LEAST_WRONG,
    N_BINS,
    calibration,
    temperature,
    trusted_temperature,
)
from embedlib.training.scores import (
    bootstrap,
    confusion,
    difference,
    label_scores,
    log_loss,
    macro_f1,
    mcnemar,
    scores,
    softmax,
)

codes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(codes)
def test_every_score_is_scikit_learns(pairs):
    truth, predicted = map(np.array, zip(*pairs, strict=True))
    assert macro_f1(truth, predicted, 5) == pytest.approx(
        metrics.f1_score(truth, predicted, average="macro", zero_division=0)
    )
    np.testing.assert_array_equal(
        confusion(truth, predicted, 5),
        metrics.confusion_matrix(truth, predicted, labels=range(5)),
    )
    expected = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(5), zero_division=0
    )
    rows = label_scores(truth, predicted, tuple("abcde"))
    found = np.array([[r.precision, r.recall, r.f1, r.rows] for r in rows]).T
    np.testing.assert_allclose(found, np.array(expected, dtype=float))


def test_intervals_agree_with_the_normal_approximation_and_a_plain_bootstrap():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 2_000)
    predicted = np.where(random.random(2_000) < 0.8, truth, random.integers(0, 3, 2_000))
    right, f1 = scores(truth, predicted, 3)
    spread = 1.96 * np.sqrt(right.value * (1 - right.value) / 2_000)
    assert right.low == pytest.approx(right.value - spread, abs=0.003)
    assert right.high == pytest.approx(right.value + spread, abs=0.003)
    low, high = bootstrap(lambda rows: macro_f1(truth[rows], predicted[rows], 3), 2_000)
    assert (f1.low, f1.high) == pytest.approx((low, high), abs=0.005)
    assert scores(truth, predicted, 3) == (right, f1)


@pytest.mark.parametrize("n", [10, 36, 500])
def test_equal_accuracies_have_equal_intervals_whichever_rows_are_right(n):
    truth = np.arange(n) % 3
    wrong = np.where(np.arange(n) < n // 4, (truth + 1) % 3, truth)
    others = np.where(np.arange(n) >= n - n // 4, (truth + 2) % 3, truth)
    first, second = (scores(truth, guess, 3, seed)[0] for seed, guess in ((0, wrong), (1, others)))
    assert first == second
    low, high = bootstrap(lambda rows: float((truth == wrong)[rows].mean()), n)
    assert (first.low, first.high) == pytest.approx((low, high), abs=max(1.01 / n, 0.008))


def test_a_gain_has_a_paired_interval_that_is_narrower_than_an_unpaired_one():
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 1_000)
    first = np.where(random.random(1_000) < 0.8, truth, 1 - truth)
    second = np.where(random.random(1_000) < 0.3, truth, first)
    gain = difference(truth, first, second)
    assert gain.low < gain.value < gain.high and gain.low > 0
    unpaired = 1.96 * np.sqrt(0.8 * 0.2 / 1_000 + 0.86 * 0.14 / 1_000)
    assert (gain.high - gain.low) / 2 < unpaired
    assert difference(truth, first, first).value == 0


def test_mcnemar_is_the_exact_binomial_test():
    truth = np.zeros(30, dtype=int)
    first, second = truth.copy(), truth.copy()
    first[:12], second[10:15] = 1, 1  # only the second right: 10, only the first: 3
    found = mcnemar(truth, first, second)
    assert (found.only_first, found.only_second) == (3, 10)
    assert found.p == pytest.approx(2 * stats.binom.cdf(3, 13, 0.5))
    assert mcnemar(truth, first, first).p == 1.0


def test_the_calibration_error_is_what_its_definition_says():
    # Ten rows at confidence 0.8 of which 6 are right, ten at 0.6 of which 6 are right.
    logits = np.log(np.array([[0.8, 0.2]] * 10 + [[0.6, 0.4]] * 10, dtype=np.float32))
    truth = np.array(([0] * 6 + [1] * 4) * 2)
    found = calibration(logits, truth)
    assert found.ece == pytest.approx(0.5 * 0.2 + 0.5 * 0.0, abs=1e-6)
    assert sum(one.rows for one in found.bins) == 20 and len(found.bins) == N_BINS
    assert found.log_loss == pytest.approx(metrics.log_loss(truth, softmax(logits)))
    assert log_loss(logits, truth) == pytest.approx(found.log_loss)


def test_the_temperature_undoes_a_factor_and_chooses_no_other_label():
    random = np.random.default_rng(2)
    honest = random.normal(size=(20_000, 4)).astype(np.float32)
    truth = np.array([random.choice(4, p=row) for row in softmax(honest)])
    loud = honest * 3
    heat = temperature(loud, truth)
    assert heat == pytest.approx(3, rel=0.05)
    before, after = calibration(loud, truth), calibration(loud / np.float32(heat), truth)
    assert after.ece < 0.02 < before.ece and after.log_loss < before.log_loss


def test_few_mistakes_tell_no_temperature():
    drawn = np.random.default_rng(0)
    truth = drawn.integers(0, 3, 60)
    logits = (np.eye(3)[truth] * 2 + drawn.normal(0, 0.1, (60, 3))).astype(np.float32)
    assert temperature(logits, truth) < 0.1  # all are right: ever surer is ever likelier
    assert trusted_temperature(logits, truth) == 1
    for row in range(LEAST_WRONG):
        logits[row] = np.roll(logits[row], 1)
    assert trusted_temperature(logits, truth) == temperature(logits, truth) > 0.1


@pytest.mark.parametrize("n_right", [0, 5])
def test_five_rows_alike_have_wilsons_interval_rather_than_none(n_right):
    truth = np.zeros(5, np.int64)
    predicted = truth + (n_right == 0)
    for score in scores(truth, predicted, 2):
        assert score.value == (n_right > 0)
        assert (score.low, score.high) == wilson(n_right, 5)
        assert score.high - score.low > 0.4
