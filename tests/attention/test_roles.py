"""The passport of a head: its role, how sure that is, and whether random weights show it too."""

import numpy as np
import pytest

from embedlib.attention import (
    ATTENTION_MEASURES,
    ROLES,
    attention,
    head_roles,
    measure,
    random_twin,
)
from embedlib.attention import roles as module
from embedlib.errors import Cancelled, LimitError, OptionError, TextError, UnknownNameError
from embedlib.models import load
from tests import tiny
from tests.attention import made, others

TEXTS = ["the river bank, x9", "a dog runs fast.", "money was slow", "the cat and the dog"]


def roles_of(monkeypatch, weights, texts=("a", "b", "c"), **fields):
    """Roles when the texts in turn have these maps."""
    waiting = iter([made.maps(rows, **fields) for rows in weights])
    monkeypatch.setattr(module, "attention", lambda *_, **__: next(waiting))
    return head_roles(tiny.encoder(), list(texts))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("previous", made.shifted(8, -1)),
        ("next", made.shifted(8, 1)),
        ("self", made.shifted(8, 0)),
        ("broad", made.uniform(8)),
        ("first", np.eye(8)[np.zeros(8, dtype=int)][None, None]),
    ],
)
def test_a_head_that_does_one_thing_has_that_role(monkeypatch, name, rows):
    found = roles_of(monkeypatch, [rows] * 3)
    assert found.roles == ((name,),)
    assert found.score[0, 0] == pytest.approx(1)
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx((1, 1))
    assert found.stability[0, 0] == 1


def test_a_head_that_does_nothing_clear_is_mixed(monkeypatch):
    rows = 0.25 * sum(made.shifted(20, offset) for offset in (-3, -2, 2, 3))
    found = roles_of(monkeypatch, [rows] * 3)
    assert found.roles == (("mixed",),)


def test_separators_are_a_role(monkeypatch):
    rows = np.eye(6)[np.full(6, 5)][None, None]
    found = roles_of(monkeypatch, [rows] * 3, special=np.array([1, 0, 0, 0, 0, 1], dtype=bool))
    assert found.roles == (("separator",),)


def test_a_head_that_changes_its_mind_is_unstable_and_its_interval_wide(monkeypatch):
    texts = [made.shifted(8, -1), made.shifted(8, -1), made.shifted(8, 1), made.shifted(8, -1)]
    found = roles_of(monkeypatch, texts, "abcd")
    assert found.roles == (("previous",),)
    assert found.score[0, 0] == pytest.approx(0.75, abs=0.01)
    assert found.low[0, 0] < 0.5 < 0.99 < found.high[0, 0]
    assert 0.6 < found.stability[0, 0] < 0.99


def test_the_strongest_text_is_named(monkeypatch):
    weak = 0.5 * made.shifted(8, -1) + 0.5 * made.uniform(8)
    found = roles_of(monkeypatch, [weak, made.shifted(8, -1), weak])
    assert found.strongest.tolist() == [[1]]


def test_measures_are_means_over_the_texts_that_can_show_them():
    encoder = others.lively("bert")
    found = head_roles(encoder, TEXTS)
    assert set(found.measures) == set(ATTENTION_MEASURES)
    maps = [attention(encoder, text) for text in TEXTS]
    entropies = np.mean([measure(one, "entropy") for one in maps], axis=0)
    assert np.allclose(found.measures["entropy"], entropies, atol=1e-6)
    only = measure(maps[0], "same_word")  # "x9" is the only word in pieces
    assert np.allclose(found.measures["same_word"], only, atol=1e-6)
    assert np.isnan(found.measures["other_text"]).all()


@pytest.mark.parametrize("model_type", others.ALL)
@pytest.mark.parametrize("kind", ["weight", "contribution"])
def test_every_architecture_has_passports(model_type, kind):
    found = head_roles(others.lively(model_type), TEXTS[:2], kind=kind)
    assert {role for layer in found.roles for role in layer} <= {*ROLES, "mixed"}
    assert found.lifts.shape == (len(ROLES), tiny.N_LAYERS, tiny.N_HEADS)
    assert (found.low <= found.score + 1e-6).all() and (found.score <= found.high + 1e-6).all()
    assert ((found.stability >= 0) & (found.stability <= 1)).all()
    assert found.n_texts == 2


def test_the_same_seed_gives_the_same_passport():
    encoder = others.lively("bert")
    first, again = head_roles(encoder, TEXTS, seed=5), head_roles(encoder, TEXTS, seed=5)
    assert np.array_equal(first.low, again.low)
    assert np.array_equal(first.stability, again.stability)


def test_the_bundled_model_has_a_previous_token_head_that_random_weights_have_not():
    encoder = load()
    texts = ["The dog ran over the field because it was happy.", "My card has not arrived yet."]
    found = head_roles(encoder, texts)
    chance = head_roles(random_twin(encoder, seed=1), texts)
    above = found.above(chance)
    assert found.roles[0][2] == "previous"
    assert found.score[0, 2] > 0.9
    assert above[0, 2]
    assert not chance.above(chance).any()


def test_measuring_can_be_watched_and_stopped():
    seen = []
    head_roles(tiny.encoder(), TEXTS, progress=seen.append)
    assert [(step.done, step.total, step.unit) for step in seen] == [
        (number, 4, "texts") for number in (1, 2, 3, 4)
    ]
    with pytest.raises(Cancelled):
        head_roles(tiny.encoder(), TEXTS, cancelled=lambda: True)


def test_wrong_arguments_are_refused_in_words(monkeypatch):
    with pytest.raises(TextError, match="at least one text"):
        head_roles(tiny.encoder(), [])
    with pytest.raises(UnknownNameError, match="kind of map"):
        head_roles(tiny.encoder(), TEXTS, kind="norm")
    with pytest.raises(
        OptionError, match=r"seed must be a whole number from 0 to 2.63 - 1, got -1"
    ):
        head_roles(tiny.encoder(), TEXTS, seed=-1)
    monkeypatch.setenv("EMBEDLIB_PASSPORT_TEXTS", "3")
    with pytest.raises(LimitError, match="number of texts must be at most 3 texts, got 4"):
        head_roles(tiny.encoder(), TEXTS)
