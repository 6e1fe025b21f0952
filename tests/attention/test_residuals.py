"""What a vector draws from is its part of the rollout, for every residual share."""

import numpy as np
import pytest

from embedlib.attention import (
    attention,
    dependence,
    drawn,
    elsewhere,
    mixed,
    mixed_as_measured,
    rollout,
    token_shares,
)
from embedlib.errors import OptionError, UnknownNameError
from embedlib.pooling import POOLINGS
from tests.attention import made, others

SWAP = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize("model_type", ["bert", "gpt2"])
@pytest.mark.parametrize("layer", [0, 1, -1])
def test_what_is_drawn_is_a_part_of_the_rollout(model_type, layer):
    maps = attention(others.lively(model_type), "the river bank flows to the sea")
    start = np.zeros(maps.n_tokens)
    start[[1, 4]] = 0.25, 0.75
    matrices = mixed(maps.weights, 0.4)
    assert np.allclose(drawn(matrices, start, layer=layer), start @ rollout(matrices)[layer])


def test_what_is_drawn_is_what_is_calculated_by_hand():
    matrices = mixed(SWAP[None, None], 0.75)  # keeps 0.75, takes 0.25 from the other
    assert drawn(matrices, [1.0, 0.0]).tolist() == pytest.approx([0.75, 0.25])
    assert drawn(matrices, [0.5, 0.5]).tolist() == pytest.approx([0.5, 0.5])
    twice = mixed(np.stack([SWAP, SWAP])[:, None], 0.75)
    assert drawn(twice, [1.0, 0.0]).tolist() == pytest.approx([0.625, 0.375])
    assert drawn(twice, [1.0, 0.0], layer=0).tolist() == pytest.approx([0.75, 0.25])


def test_a_dependence_goes_from_no_residual_to_nothing_else():
    maps = made.maps(SWAP[None, None])  # the measured share is 0.5 for every token
    found = dependence(maps, [1.0, 0.0])
    assert found.residuals[[0, -1]].tolist() == [0, 1]
    assert found.assumed[0].tolist() == pytest.approx([0, 1])
    assert found.assumed[-1].tolist() == pytest.approx([1, 0])
    assert found.measured.tolist() == pytest.approx([0.5, 0.5])
    assert found.nearest == pytest.approx(0.5)
    assert found.at(0.26).tolist() == pytest.approx([0.25, 0.75])


def test_a_dependence_is_said_in_a_sentence():
    found = dependence(made.maps(SWAP[None, None]), [1.0, 0.0])
    assert found.sentence(("river", "bank"), 0.75) == (
        "With a residual share of 0.75, 25 % lies elsewhere than with the measured one, to which "
        "0.50 comes nearest. From 0.2 to 0.8, 60 % moves and the strongest source changes from "
        "bank to river."
    )
    same = dependence(made.maps(np.eye(2)[None, None]), [1.0, 0.0])
    assert "strongest source stays river." in same.sentence(("river", "bank"), 0.5)


@pytest.mark.parametrize("layer", [0, -1])
def test_every_assumed_share_gives_its_rollout(layer):
    maps = attention(others.lively("bert"), "the river bank")
    start = token_shares("weighted_mean", ~maps.special)
    found = dependence(maps, start, layer=layer)
    for residual, row in zip(found.residuals.tolist(), found.assumed, strict=True):
        assert np.allclose(row, drawn(mixed(maps.weights, residual), start, layer=layer), atol=1e-6)


@pytest.mark.parametrize("model_type", others.ALL)
def test_the_measured_share_is_that_of_the_maps(model_type):
    maps = attention(others.lively(model_type), "the river bank")
    start = token_shares("mean", ~maps.special)
    found = dependence(maps, start)
    matrices = mixed_as_measured(maps.weights, maps.mixing)
    assert np.allclose(found.measured, start @ rollout(matrices)[-1], atol=1e-6)
    assert np.allclose(found.assumed.sum(axis=1), 1, atol=1e-5)


MASK = np.array([False, True, True, True, False])


@pytest.mark.parametrize(
    ("pooling", "shares"),
    [
        ("mean", [0, 1 / 3, 1 / 3, 1 / 3, 0]),
        ("mean_sqrt_len", [0, 1 / 3, 1 / 3, 1 / 3, 0]),
        ("max", [0, 1 / 3, 1 / 3, 1 / 3, 0]),
        ("cls", [0, 1, 0, 0, 0]),
        ("last", [0, 0, 0, 1, 0]),
        ("weighted_mean", [0, 1 / 6, 2 / 6, 3 / 6, 0]),
        ("chosen", [0, 1 / 3, 1 / 3, 1 / 3, 0]),
    ],
)
def test_poolings_say_how_much_of_each_token_they_take(pooling, shares):
    assert token_shares(pooling, MASK).tolist() == pytest.approx(shares)


def test_every_pooling_is_known_here():
    assert all(token_shares(name, MASK).sum() == pytest.approx(1) for name in POOLINGS)


def test_half_of_what_differs_lies_elsewhere():
    assert elsewhere([1.0, 0.0], [0.0, 1.0]) == 1
    assert elsewhere([0.25, 0.75], [0.5, 0.5]) == 0.25


def test_wrong_arguments_are_refused_in_words():
    maps = made.maps(SWAP[None, None])
    with pytest.raises(OptionError, match=r"2 shares that sum to 1, got the shape \(3,\)"):
        dependence(maps, [0.5, 0.5, 0.0])
    with pytest.raises(OptionError, match=r"sum to 1, got the shape \(2,\) and the sum 2"):
        dependence(maps, [1.0, 1.0])
    with pytest.raises(OptionError, match="number from 0 to 0, got 1"):
        dependence(maps, [0.5, 0.5], layer=1)
    with pytest.raises(OptionError, match="True for at least one token"):
        token_shares("mean", np.zeros(3, dtype=bool))
    with pytest.raises(UnknownNameError, match="pooling must be one of"):
        token_shares("average", MASK)
