import numpy as np
import pytest
from scipy.stats import spearmanr

from embedlib.errors import OptionError
from embedlib.geometry import confound

POINTS = np.random.default_rng(0).standard_normal((200, 2))


def test_the_correlation_with_an_axis_is_spearmans():
    values = POINTS[:, 0] ** 3 + np.random.default_rng(1).standard_normal(200)
    found = confound(POINTS, values)
    for axis in range(2):
        assert found.along[axis] == pytest.approx(spearmanr(POINTS[:, axis], values)[0], abs=1e-6)


def test_a_map_of_the_value_itself_has_a_share_of_one_however_it_is_scaled():
    assert confound(POINTS, np.exp(POINTS[:, 0])).share == pytest.approx(1.0)


def test_the_share_survives_mirroring_and_swapping_the_axes():
    values = POINTS[:, 0] + POINTS[:, 1]
    turned = np.stack([-POINTS[:, 1], POINTS[:, 0]], axis=1)
    assert confound(turned, values).share == pytest.approx(confound(POINTS, values).share)


def test_what_has_nothing_to_do_with_the_map_has_a_share_near_none():
    assert confound(POINTS, np.random.default_rng(2).standard_normal(200)).share < 0.05


def test_true_and_false_count():
    assert confound(POINTS, POINTS[:, 0] > 0).share > 0.5


@pytest.mark.parametrize("values", [np.ones(200), np.zeros(200, dtype=bool)])
def test_equal_values_say_nothing(values):
    assert confound(POINTS, values) is None


def test_too_few_texts_say_nothing():
    assert confound(POINTS[:4], [1, 2, 3, 4]) is None


def test_three_axes_and_constant_axes_are_no_matter():
    flat = np.concatenate([POINTS, np.zeros((200, 1))], axis=1)
    found = confound(flat, POINTS[:, 0])
    assert found.along[2] == 0 and found.share == pytest.approx(1.0)


def test_numbers_of_rows_must_agree():
    with pytest.raises(OptionError, match="got 3 values for 200 points"):
        confound(POINTS, [1, 2, 3])
