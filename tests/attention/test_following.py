"""A token that is followed shows the numbers of the picture."""

import numpy as np
import pytest

from embedlib.attention import Filters, attention, follow, shown
from embedlib.errors import OptionError
from tests.attention import others


@pytest.mark.parametrize("kind", ["weight", "contribution"])
def test_rows_and_columns_are_those_of_the_map(kind):
    maps = attention(others.lively("bert"), "the river bank")
    view = shown(maps, kind)
    found = follow(view, 2, head=1)
    assert np.array_equal(found.looks_at, view.values[:, 1, 2, :])
    assert np.array_equal(found.looked_at, view.values[:, 1, :, 2])
    mean = follow(view, 2)
    assert np.allclose(mean.looks_at, view.values[:, :, 2, :].mean(axis=1))
    assert np.allclose(mean.looked_at, view.values[:, :, :, 2].mean(axis=1))


def test_filters_hold_for_a_followed_word():
    maps = attention(others.lively("bert"), "a x9y bank")
    view = shown(maps, "weight", Filters(unit="words", special="left_out"))
    found = follow(view, 1)
    assert view.labels[1] == "x9y"
    assert found.looks_at.shape == (3, 3)
    assert (found.looks_at.sum(axis=1) < 1).all()


def test_in_a_causal_model_nothing_before_looks_at_a_token():
    view = shown(attention(others.lively("gpt2"), "the river bank flows"))
    found = follow(view, 2)
    assert (found.looks_at[:, 3:] == 0).all()
    assert (found.looked_at[:, :2] == 0).all()


def test_a_token_or_head_that_there_is_not_is_refused():
    view = shown(attention(others.lively("bert"), "a dog"))
    with pytest.raises(OptionError, match="The token must be a number from 0 to 3, got 4"):
        follow(view, 4)
    with pytest.raises(OptionError, match="The head must be a number from 0 to 1, got -1"):
        follow(view, 0, head=-1)
