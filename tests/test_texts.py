"""What may be embedded at all."""

import numpy as np
import pandas as pd
import pytest

from embedlib.errors import LimitError, TextError
from embedlib.texts import checked_texts


def test_texts_come_back_unmodified_as_a_tuple():
    assert checked_texts(text for text in [" a", "a\x00", "\ud800"]) == (" a", "a\x00", "\ud800")


@pytest.mark.parametrize("texts", ["a river", b"a river", [], (), None, 3])
def test_no_list_of_texts_is_refused(texts):
    with pytest.raises(TextError, match=r"list of at least one text, got .*into a list, and"):
        checked_texts(texts)


@pytest.mark.parametrize(
    "texts",
    [
        pd.DataFrame({"text": ["a", "b"]}),
        np.array([["a"], ["b"]]),
        np.array("a"),
        {"a": 1},
        {"a", "b"},
    ],
)
def test_tables_mappings_and_sets_are_refused(texts):
    with pytest.raises(TextError, match=r"(?s)list of at least one text.*one column of a table\."):
        checked_texts(texts)


@pytest.mark.parametrize("text", ["", " ", "\n\t\r", "\u3000\u00a0\u2003"])
def test_a_blank_text_is_refused_with_its_index_and_value(text):
    with pytest.raises(TextError, match=r"texts\[2\] must not be blank, got '.*'\. Leave it out\."):
        checked_texts(["a", "b", text])


@pytest.mark.parametrize("value", [None, 3, float("nan"), b"a", ["a"]])
def test_what_is_no_string_is_refused_with_its_index_and_value(value):
    with pytest.raises(TextError, match=r"texts\[1\] must be a string, got .*missing values"):
        checked_texts(["a", value])


def test_a_text_over_the_bound_is_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_TEXT_CHARACTERS", "5")
    assert checked_texts(["12345"])
    with pytest.raises(LimitError, match=r"texts\[1\] must be at most 5 characters, got 6\."):
        checked_texts(["a", "123456"])


def test_too_many_texts_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ROWS", "2")
    with pytest.raises(LimitError, match=r"number of texts must be at most 2 rows, got 3\."):
        checked_texts(["a", "b", "c"])
