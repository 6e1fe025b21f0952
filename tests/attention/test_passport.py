"""Passports hold the roles of a model against those of its random twin."""

import dataclasses

import numpy as np
import pytest

from embedlib.attention import (
    ATTENTION_MEASURES,
    HEAD_NUMBERS,
    ROLES,
    Passports,
    head_roles,
    passports,
    random_twin,
)
from embedlib.errors import Cancelled
from tests.attention import others

TEXTS = ["the river bank, x9", "a dog runs fast.", "money was slow"]


@pytest.fixture(scope="module")
def found():
    return passports(others.lively("bert"), TEXTS)


def test_both_are_what_head_roles_gives(found):
    encoder = others.lively("bert")
    own, chance = head_roles(encoder, TEXTS), head_roles(random_twin(encoder), TEXTS)
    assert found.own.roles == own.roles
    assert np.array_equal(found.own.score, own.score)
    assert np.array_equal(found.chance.score, chance.score)
    assert found.own.encoder.fingerprint != found.chance.encoder.fingerprint


def test_a_margin_is_above_zero_just_where_a_role_stands_out(found):
    assert np.array_equal(found.margin > 0, found.above)
    best = found.random_best()
    assert set(best) == set(ROLES)
    for name, row in ROLES.items():
        scores = found.chance.measures[row.measure]
        assert best[name] == pytest.approx(float(np.nan_to_num(scores, nan=-1.0).max()))


def test_a_margin_is_counted_from_the_best_random_head(found):
    own = dataclasses.replace(
        found.own,
        roles=(("previous", "mixed"), *found.own.roles[1:]),
        low=np.full_like(found.own.low, 0.9),
    )
    score = found.random_best()["previous"]
    margin = Passports(own, found.chance).margin
    assert margin[0].tolist() == pytest.approx([0.9 - score, 0])


def test_a_role_that_random_weights_could_not_show_is_exceeded_by_all(found):
    measures = found.chance.measures | {"same_word": np.full((3, 2), np.nan, dtype=np.float32)}
    changed = Passports(found.own, dataclasses.replace(found.chance, measures=measures))
    assert changed.random_best()["same_word"] == -1


@pytest.mark.parametrize("name", HEAD_NUMBERS)
def test_every_number_is_one_a_head(found, name):
    values = HEAD_NUMBERS[name].function(found)
    assert values.shape == (3, 2)
    assert HEAD_NUMBERS[name].unit in {"share", "tokens", "nats"}


def test_numbers_named_as_a_measure_are_its_mean(found):
    for name in set(HEAD_NUMBERS) & set(ATTENTION_MEASURES):
        assert np.array_equal(
            HEAD_NUMBERS[name].function(found), found.own.measures[name], equal_nan=True
        )


def test_a_passport_knows_its_size(found):
    n_arrays = 2 * (len(ATTENTION_MEASURES) + 4)  # measures, score, low, high, stability
    floats = n_arrays * 6 + 2 * 6 * len(ROLES)  # and lifts
    assert found.n_bytes == 4 * floats + 2 * 8 * 6  # and strongest


def test_progress_counts_both_and_either_can_be_stopped():
    seen = []
    passports(others.lively("bert"), TEXTS, progress=seen.append)
    assert [step.done for step in seen] == [1, 2, 3, 4, 5, 6]
    assert {step.total for step in seen} == {6}
    assert [step.note for step in seen[2:4]] == ["The model", "Random weights"]
    asked = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        passports(others.lively("bert"), TEXTS, cancelled=lambda: next(asked))
