"""Folds: whole groups, even categories, the same every time; and what is left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.errors import OptionError, UnknownNameError
from embedlib.probes import problem
from tests.probes.made import posed


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 12)), min_size=12, max_size=60),
    st.integers(0, 5),
)
def test_a_text_and_its_duplicate_never_stand_on_both_sides(rows, seed):
    labels = [label for label, _ in rows]
    texts = [f"text {number}" for _, number in rows]
    try:
        made = problem(labels, texts, seed=seed)
    except OptionError:
        return
    folds_of = {}
    for row, fold in zip(made.rows, made.folds, strict=True):
        folds_of.setdefault(texts[row], set()).add(int(fold))
    assert all(len(folds) == 1 for folds in folds_of.values())
    assert {labels[row] for row in made.rows} == set(made.labels)
    assert [made.labels[code] for code in made.codes] == [labels[row] for row in made.rows]


def test_case_and_white_space_make_no_other_text():
    texts = ["A  bank", "a bank ", "river", "RIVER", "sea", "x", "y", "z"]
    made = problem(list("ababbaab"), texts, n_folds=2)
    assert made.folds[0] == made.folds[1]
    assert made.folds[2] == made.folds[3]


def test_categories_are_spread_evenly_over_folds():
    made = posed([f"{row % 7}" for row in range(700)])
    assert made.n_folds == 10
    table = np.zeros((7, 10))
    np.add.at(table, (made.codes, made.folds), 1)
    assert table.min() == table.max() == 10


def test_many_rows_have_five_folds_and_few_texts_no_more_than_they_can_fill():
    assert posed(["a", "b"] * 1100).n_folds == 10
    assert posed([str(row % 150) for row in range(1800)]).n_folds == 5
    assert posed(["a", "b"] * 3).n_folds == 3
    assert posed(["a", "b"] * 50, n_folds=4).n_folds == 4


def test_one_seed_deals_alike_and_another_does_not():
    labels = ["a", "b"] * 40
    assert (posed(labels, seed=3).folds == posed(labels, seed=3).folds).all()
    assert (posed(labels, seed=3).folds != posed(labels, seed=4).folds).any()


def test_rows_without_a_label_and_single_texts_are_left_out_and_said():
    made = posed(["a", "b", "", "a", "b", "c"])
    assert made.rows.tolist() == [0, 1, 3, 4]
    assert made.notes[0] == "1 rows without a label are left out."
    assert "1 categories with a single text are left out" in made.notes[1]


def test_a_category_of_one_text_twice_cannot_be_learned_and_tested():
    with pytest.raises(OptionError, match="2 different texts each, got 1"):
        problem(["a", "a", "b", "b"], ["one", "one", "two", "three"])


def test_too_many_rows_are_sampled_in_whole_groups_and_said(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_PROBE_ROWS", "50")
    texts = [f"text {row // 2}" for row in range(200)]
    made = problem(["a", "b"] * 100, texts)
    assert 40 <= made.n_rows <= 50
    assert (np.unique(made.groups, return_counts=True)[1] == 2).all()
    assert f"A random {made.n_rows} of 200 labelled rows" in made.notes[0]


def test_shuffled_labels_keep_their_numbers_and_equal_texts_their_likeness():
    labels = ["a"] * 30 + ["b"] * 10
    texts = [f"text {row // 2}" for row in range(40)]
    made = problem(labels, texts)
    shuffled = made.shuffled()
    assert (np.bincount(shuffled.codes) == np.bincount(made.codes)).all()
    assert (shuffled.codes[::2] == shuffled.codes[1::2]).all()
    assert (shuffled.codes != made.codes).any()


def test_one_category_and_an_unknown_measure_are_refused():
    with pytest.raises(OptionError, match="at least 2 categories"):
        posed(["a"] * 10)
    with pytest.raises(UnknownNameError, match="macro_f1"):
        posed(["a", "b"] * 5, measure="f2")
