"""Terms of a cosine and pulls of tokens: they add up, for every linear pooling."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.errors import OptionError
from embedlib.geometry import cosine_terms, maximum_pulls, pulls
from embedlib.pooling import POOLINGS

LINEAR = [name for name, row in POOLINGS.items() if row.weights is not None]


def pooled(tokens, name):
    mask = torch.ones(1, len(tokens), dtype=torch.bool)
    return POOLINGS[name].function(torch.from_numpy(tokens)[None], mask)[0].numpy()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**16), st.sampled_from(LINEAR))
def test_terms_add_up_to_the_cosine_of_the_pooled_texts(n_a, n_b, seed, name):
    rng = np.random.default_rng(seed)
    a, b = (rng.standard_normal((n, 32)).astype(np.float32) + 0.2 for n in (n_a, n_b))
    terms = cosine_terms(a, POOLINGS[name].weights(n_a), b, POOLINGS[name].weights(n_b))
    first, second = pooled(a, name).astype(float), pooled(b, name).astype(float)
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    assert terms.shape == (n_a, n_b)
    assert terms.astype(float).sum() == pytest.approx(cosine, abs=1e-5)


@pytest.mark.parametrize("name", LINEAR)
def test_pulls_add_up_to_one(name):
    tokens = np.random.default_rng(2).standard_normal((9, 6)).astype(np.float32) + 1
    assert pulls(tokens, POOLINGS[name].weights(9)).sum() == pytest.approx(1, abs=1e-6)


def test_a_token_that_points_away_pulls_back():
    found = pulls([[4.0, 0.0], [-1.0, 0.0]], [0.5, 0.5])
    assert found.tolist() == pytest.approx([4 / 3, -1 / 3])


def test_the_pull_on_a_maximum_is_where_a_token_decides():
    tokens = [[3.0, 0.0], [1.0, 4.0], [9.0, 9.0]]
    found = maximum_pulls(tokens, [True, True, False])
    assert found.tolist() == pytest.approx([9 / 25, 16 / 25, 0])


def test_opposite_tokens_leave_no_direction_and_no_terms():
    nothing = [[1.0, 0.0], [-1.0, 0.0]]
    assert not cosine_terms(nothing, [0.5, 0.5], [[1.0, 1.0]], [1.0]).any()
    assert not pulls(nothing, [0.5, 0.5]).any()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(OptionError, match="same dimensions, got 2 and 1"):
        cosine_terms([[1.0, 0.0]], [1.0], [[1.0]], [1.0])
    with pytest.raises(OptionError, match="one finite weight a token"):
        pulls([[1.0, 0.0]], [1.0, 2.0])
    with pytest.raises(OptionError, match="At least one of 1 tokens must be pooled"):
        maximum_pulls([[1.0, 0.0]], [False])
