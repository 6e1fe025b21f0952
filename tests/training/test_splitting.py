"""Splits keep shares and copies together, and refuse what cannot be split."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.errors import OptionError
from embedlib.training.examples import PARTS, Examples, read_examples, write_examples
from embedlib.training.splitting import Shares, parts_of_column, split
from tests.training import made


def rows(texts, labels, **more) -> Examples:
    return Examples(tuple(texts), tuple(labels), tuple(range(len(texts))), **more)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=30, max_size=200),
    st.integers(0, 5),
)
def test_rows_that_say_the_same_are_on_one_side(pairs, seed):
    whole = rows([f"text {number}" for number, _ in pairs], [label for _, label in pairs])
    try:
        parts = split(whole, seed).parts
    except OptionError:
        return  # so many copies that a part would be empty
    by_text: dict[str, set[str]] = {}
    for text, part in zip(whole.texts, parts, strict=True):
        by_text.setdefault(text, set()).add(part)
    same_label = Counter(zip(whole.texts, whole.labels, strict=True))
    for text, found in by_text.items():
        if len({label for other, label in same_label if other == text}) == 1:
            assert len(found) == 1


def test_each_label_is_divided_in_the_same_shares():
    whole = rows([f"t{i}" for i in range(1_000)], ["often"] * 900 + ["rare"] * 100)
    parts = split(whole, 3).parts
    for label, n_test, n_validation in (("often", 180, 72), ("rare", 20, 8)):
        found = Counter(p for p, x in zip(parts, whole.labels, strict=True) if x == label)
        assert abs(found["test"] - n_test) <= 1 and abs(found["validation"] - n_validation) <= 1
    assert split(whole, 3).parts == parts != split(whole, 4).parts


def test_many_labels_with_few_rows_still_give_each_part_its_share():
    whole = rows([f"t{i}" for i in range(300)], [f"l{i // 3}" for i in range(300)])
    parts = split(whole, 0).parts
    assert abs(parts.count("test") - 60) <= 2
    trained = {x for x, p in zip(whole.labels, parts, strict=True) if p == "train"}
    assert len(trained) == 100


def test_given_parts_stay_and_only_the_rest_is_drawn():
    given_parts = ("train",) * 80 + ("test",) * 20
    whole = rows([f"t{i}" for i in range(100)], ["a", "b"] * 50, parts=given_parts)
    parts = split(whole, 0, Shares(validation=0.25)).parts
    assert parts[80:] == ("test",) * 20
    assert Counter(parts[:80]) == {"train": 60, "validation": 20}


def test_what_cannot_be_split_is_refused():
    with pytest.raises(OptionError, match="validation part must have at least one row"):
        split(rows(["a", "b"], ["x", "y"]), 0)
    with pytest.raises(OptionError, match="test share must be above 0"):
        Shares(test=0)
    with pytest.raises(OptionError, match="must say train, validation or test"):
        parts_of_column(["train", "maybe"])
    assert parts_of_column(["训练集", " DEV ", "Test"]) == PARTS


def test_examples_come_back_from_disk_as_they_were(tmp_path):
    whole = made.examples()
    digest = write_examples(tmp_path, whole)
    again = read_examples(tmp_path, digest)
    for name in ("texts", "labels", "rows", "parts", "name"):
        assert getattr(again, name) == getattr(whole, name)
