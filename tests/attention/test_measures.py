"""Every measure of a head, held against values calculated by hand."""

import numpy as np
import pytest

from embedlib.attention import ATTENTION_MEASURES, attention, measure, punctuation_tokens
from embedlib.errors import UnknownNameError
from tests import tiny
from tests.attention import made, others

SHARES = [name for name, row in ATTENTION_MEASURES.items() if row.unit == "share"]


def value(maps, name: str) -> float:
    return float(measure(maps, name)[0, 0])


@pytest.mark.parametrize("model_type", others.ALL)
def test_shares_lie_between_zero_and_one(model_type):
    maps = attention(others.lively(model_type), "x9 the bank, the river.", "a bank")
    for name in SHARES:
        for kind in ("weight", "contribution"):
            found = measure(maps, name, kind)
            known = found[~np.isnan(found)]
            assert found.shape == (tiny.N_LAYERS, tiny.N_HEADS), name
            assert ((known >= -1e-6) & (known <= 1 + 1e-6)).all(), name


@pytest.mark.parametrize("n", [1, 2, 7])
def test_uniform_attention_has_known_values(n):
    maps = made.maps(made.uniform(n))
    assert value(maps, "entropy") == pytest.approx(np.log(n), abs=1e-6)
    assert value(maps, "entropy_share") == pytest.approx(1.0 if n > 1 else 0.0)
    assert value(maps, "broad") == pytest.approx(1)
    assert value(maps, "confidence") == pytest.approx(1 / n)
    assert value(maps, "distance") == pytest.approx((n * n - 1) / (3 * n))
    assert value(maps, "self") == pytest.approx(1 / n)
    if n > 1:
        for name in ("previous", "next", "first"):
            assert value(maps, name) == pytest.approx(1 / n)


def test_uniform_attention_of_a_causal_model_has_known_values():
    maps = made.maps(made.uniform(3, causal=True), causal=True)
    assert value(maps, "entropy") == pytest.approx((np.log(1) + np.log(2) + np.log(3)) / 3)
    assert value(maps, "entropy_share") == pytest.approx(1)
    assert value(maps, "broad") == pytest.approx(1)
    assert value(maps, "previous") == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert value(maps, "next") == 0
    assert value(maps, "self") == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert value(maps, "first") == pytest.approx((1 / 2 + 1 / 3) / 2)


@pytest.mark.parametrize(("offset", "name"), [(-1, "previous"), (1, "next"), (0, "self")])
def test_one_hot_attention_has_known_values(offset, name):
    maps = made.maps(made.shifted(5, offset))
    assert value(maps, name) == 1
    assert value(maps, "entropy") == value(maps, "entropy_share") == 0
    assert value(maps, "broad") == pytest.approx(1 / 5)
    assert value(maps, "confidence") == 1
    assert value(maps, "distance") == pytest.approx(0.8 if offset else 0.0)


def test_entropy_is_what_is_calculated_by_hand():
    rows = np.array([[[[0.5, 0.25, 0.25], [1, 0, 0], [0, 0.5, 0.5]]]])
    expected = (1.5 * np.log(2) + 0 + np.log(2)) / 3
    assert value(made.maps(rows), "entropy") == pytest.approx(expected)
    assert value(made.maps(rows), "entropy_share") == pytest.approx(expected / np.log(3))


def test_separators_are_special_tokens_that_do_not_stand_first():
    rows = np.tile([0.1, 0.2, 0.3, 0.4], (1, 1, 4, 1))
    special = np.array([True, False, False, True])
    assert value(made.maps(rows, special=special), "separator") == pytest.approx(0.4)
    assert value(made.maps(rows, special=special), "first") == pytest.approx(0.1)
    assert np.isnan(value(made.maps(rows), "separator"))


def test_punctuation_is_told_by_its_characters_in_any_script():
    text = ".a,。？-x"
    spans = np.array([[i, i + 1] for i in range(6)] + [[5, 7]], dtype=np.int32)
    rows = np.tile([0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.1], (1, 1, 7, 1))
    maps = made.maps(rows, text=text, spans=spans)
    assert punctuation_tokens(maps).tolist() == [True, False, True, True, True, True, False]
    assert value(maps, "punctuation") == pytest.approx(0.8)
    assert np.isnan(value(made.maps(rows), "punctuation"))


def test_a_causal_query_that_cannot_see_a_key_is_not_asked_about_it():
    rows = np.array([[[[1, 0, 0], [0.5, 0.5, 0], [0.2, 0.6, 0.2]]]])
    special = np.array([False, True, False])
    maps = made.maps(rows, special=special, causal=True)
    assert value(maps, "separator") == pytest.approx((0.5 + 0.6) / 2)


def test_pieces_of_a_word_are_told_from_the_word_itself():
    rows = np.array([[[[0.2, 0.7, 0.1], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8]]]])
    maps = made.maps(rows, words=np.array([0, 0, 1], dtype=np.int32))
    assert value(maps, "same_word") == pytest.approx((0.7 + 0.3) / 2)
    assert np.isnan(value(made.maps(rows), "same_word"))
    causal = made.maps(rows, words=np.array([0, 0, 1], dtype=np.int32), causal=True)
    assert value(causal, "same_word") == pytest.approx(0.3)


def test_the_same_token_elsewhere_is_no_special_token():
    rows = np.tile([0.1, 0.2, 0.3, 0.4], (1, 1, 4, 1))
    ids = np.array([3, 7, 7, 3], dtype=np.int32)
    special = np.array([True, False, False, True])
    assert value(made.maps(rows, ids=ids, special=special), "same_token") == pytest.approx(0.25)


def test_attention_across_a_pair_leaves_special_tokens_out():
    rows = np.tile([0.1, 0.2, 0.3, 0.4], (1, 1, 4, 1))
    segment = np.array([0, 0, 1, 1], dtype=np.int32)
    special = np.array([True, False, False, False])
    maps = made.maps(rows, segment=segment, special=special, pair="w w")
    assert value(maps, "other_text") == pytest.approx((0.7 + 0.2 + 0.2) / 3)
    assert np.isnan(value(made.maps(rows), "other_text"))


def test_contributions_are_measured_as_shares():
    grams = np.array([1.0, 9.0]).reshape(1, 2, 1, 1).astype(np.float32)
    maps = made.maps(made.uniform(2), grams=grams)
    assert float(measure(maps, "next", "contribution")[0, 0]) == pytest.approx(0.75)


def test_every_measure_says_what_it_is():
    for name, row in ATTENTION_MEASURES.items():
        assert row.name == name
        assert row.label and row.help.endswith(".")
        assert row.unit in ("share", "nats", "tokens")


def test_an_unknown_measure_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match="attention measure must be one of entropy, "):
        measure(made.maps(made.uniform(2)), "entropi")
