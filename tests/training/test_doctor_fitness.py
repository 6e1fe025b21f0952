"""What the doctor finds in rows for one model and in one split."""

import numpy as np

from embedlib.training.doctor import (
    diagnosis,
    examine,
    few_steps,
    token_counts,
    too_long,
    unknown_tokens,
    untested,
)
from embedlib.training.examples import Examples
from tests import tiny


def rows(texts, labels=(), parts=(), **more) -> Examples:
    return Examples(tuple(texts), tuple(labels), tuple(range(len(texts))), tuple(parts), **more)


def test_tokens_that_the_model_does_not_know_are_counted_with_the_rows_they_are_in():
    texts = ["the dog", "the 河 银 行", "a 猫"]
    counts = token_counts(tiny.encoder(), rows(texts, "abc"))
    assert counts.content.tolist() == [2, 4, 2] and counts.unknown.tolist() == [0, 3, 1]
    (finding,) = unknown_tokens(counts)
    assert "does not know 50% of the tokens (4 of 8)" in finding.words
    assert finding.rows == (1, 2) and not finding.remedy and finding.severity == "warn"
    pairs = token_counts(tiny.encoder(), rows(texts, "abc", pairs=tuple(texts[::-1])))
    assert pairs.unknown.tolist() == [1, 6, 1]


def test_unknown_tokens_beyond_the_bound_of_the_model_count_and_few_are_no_finding():
    long = token_counts(tiny.encoder(), rows(["dog " * 100 + "河"], "a"))
    assert long.content.tolist() == [101] and long.unknown.tolist() == [1]
    assert long.lengths.tolist() == [103] and unknown_tokens(long) == []
    worse = token_counts(tiny.encoder(), rows(["dog " * 95 + "河 " * 5], "a"))
    assert len(unknown_tokens(worse)) == 1


def test_a_special_token_is_never_an_unknown_one():
    counts = token_counts(tiny.encoder(), rows(["the dog"] * 3, "abc"))
    assert not np.any(counts.unknown)


def test_labels_without_a_test_row_are_named_and_counted():
    parts = ["train", "test", "train", "train", "validation"]
    (finding,) = untested(rows("vwxyz", ["a", "a", "b", "c", ""], parts))
    assert finding.words.startswith("2 of 3 labels have no test row ('b', 'c'): ")
    assert finding.rows == (2, 3)
    assert untested(rows("vw", ["a", "a"], ["train", "test"])) == []
    assert untested(rows("vw", ["a", "b"])) == []


def test_kinds_of_entity_without_a_test_row_are_counted_as_labels_are():
    tags = (("B-x", "I-x"), ("O", "B-y"), ("B-x", "O"))
    words = (("a", "b"),) * 3
    (finding,) = untested(rows("uvw", parts=["train", "train", "test"], words=words, tags=tags))
    assert finding.words.startswith("1 of 2 labels has no test row ('y')") and finding.rows == (1,)


def test_long_texts_are_counted_with_what_they_lose():
    (finding,) = too_long(np.array([10] * 58 + [200, 148]), 128)
    assert finding.rows == (58, 59) and "128 tokens, whose end is cut (9.9% of" in finding.words
    assert too_long(np.array([10, 128]), 128) == []


def test_a_diagnosis_has_all_that_is_known_the_gravest_first():
    parts = ["train", "train", "test", "train"]
    made = rows(["the 河 银 行", "dog " * 20, "a dog", "the dog"], ["a", "b", "a", ""], parts)
    alone, counts = examine(made), token_counts(tiny.encoder(), made)
    told = [one.check for one in diagnosis(alone, counts, made, 8)]
    assert told == ["unlabelled", "unknown_tokens", "untested", "few_rows", "too_long"]
    assert [one.check for one in diagnosis(alone, counts, None, None)][-1] == "few_rows"
    assert diagnosis(alone) == alone


def test_so_few_steps_that_nothing_is_learned_are_said_with_what_would_be_enough():
    made = rows("abcdefgh", "xy" * 4, ["train"] * 7 + ["test"])
    (finding,) = few_steps(made, {"epochs": 5, "batch_size": 4})
    assert "7 training rows in 5 epochs are 10 steps" in finding.words
    assert "50 epochs would be 100 steps" in finding.words
    assert few_steps(made, {"epochs": 50, "batch_size": 4}) == few_steps(made, {}) == []
