"""Intervals and tests against their formulas."""

import numpy as np
import pytest
from scipy import stats

from embedlib.probes import interval, p_value, unbeaten


def test_what_is_lower_than_one_that_is_worse_is_worse_however_its_folds_differ():
    best, worse = [0.9, 0.91, 0.92, 0.9], [0.8, 0.81, 0.82, 0.8]
    wild = [0.99, 0.1, 0.95, 0.2]  # alone it could not be told apart
    assert unbeaten([best, wild]) == (0, 1)
    assert unbeaten([best, worse, wild]) == (0,)
    assert unbeaten([best, worse, [0.99, 0.7, 0.95, 0.8]]) == (0, 3 - 1)


def test_a_handful_of_rows_tells_nothing_apart_however_alike_the_folds():
    same = [[1.0, 1.0, 1.0], [0.5, 0.5, 0.5]]
    assert unbeaten(same, n_rows=6) == (0, 1)  # three rows made all the difference
    assert unbeaten(same, n_rows=60) == (0,)
    assert p_value([1.0, 1.0], [0.5, 0.5]) == 1
    assert np.isnan(interval([1.0, 1.0])).all()


def test_of_equal_means_the_first_is_the_best():
    folds = np.array([0.7, 0.8, 0.9, 0.6])
    assert unbeaten([folds - 0.1, folds, folds[::-1]])[0] == 1
    assert unbeaten([folds, folds[::-1] + 1e-7])[0] == 0


def test_the_interval_is_the_corrected_one():
    scores = np.array([0.8, 0.82, 0.79, 0.85, 0.81])
    error = np.sqrt((1 / 5 + 1 / 4) * scores.var(ddof=1))
    reach = stats.t.ppf(0.975, 4) * error
    assert interval(scores) == pytest.approx((scores.mean() - reach, scores.mean() + reach))


def test_the_correction_makes_the_plain_test_more_careful():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.8, 0.02, 10), rng.normal(0.78, 0.02, 10)
    plain = stats.ttest_rel(a, b)
    t = plain.statistic * np.sqrt(1 / 10) / np.sqrt(1 / 10 + 1 / 9)
    assert p_value(a, b) == pytest.approx(2 * stats.t.sf(abs(t), 9))
    assert p_value(a, b) > plain.pvalue
    assert p_value(a, b) == p_value(b, a)


def test_a_constant_difference_is_beyond_noise_and_none_is_not():
    assert p_value([0.5, 0.6, 0.7], [0.25, 0.35, 0.45]) == pytest.approx(0, abs=1e-6)
    assert p_value([0.5, 0.6], [0.5, 0.6]) == 1


def test_only_what_is_worse_beyond_noise_is_left_out():
    rng = np.random.default_rng(2)
    good = [0.9 + 0.01 * rng.standard_normal(10) for _ in range(3)]
    bad = [0.6 + 0.01 * rng.standard_normal(10) for _ in range(4)]
    assert set(unbeaten([*bad, *good])) == {4, 5, 6}
    assert unbeaten([*bad, *good])[0] == 4 + int(np.argmax([np.mean(one) for one in good]))


def test_equal_cells_are_rarely_called_worse():
    rng = np.random.default_rng(3)
    wrong = sum(
        len(unbeaten(list(0.8 + 0.02 * rng.standard_normal((20, 10))))) < 20 for _ in range(100)
    )
    assert wrong <= 5


def test_nothing_and_folds_without_a_score_are_allowed():
    assert unbeaten([]) == ()
    assert unbeaten([[np.nan, np.nan]]) == ()
    assert np.isnan(interval([0.5])).all()
    assert p_value([0.5, np.nan], [0.4, 0.3]) == 1
