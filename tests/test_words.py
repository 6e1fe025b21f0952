"""Texts that differ in words: the likest of some, and a text without its last word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.words import likest_wording, without_last_word

TEXTS = ["the sea", "the river bank is muddy", "the savings bank", "打球"]


def test_the_text_with_the_largest_share_of_words_in_common_is_found():
    assert likest_wording("The river bank", TEXTS) == "the river bank is muddy"  # 3 of 5
    assert likest_wording("the money bank", TEXTS) == "the savings bank"  # 2 of 4
    assert likest_wording("打字", TEXTS) == "打球"  # 1 of 3


def test_the_same_words_and_too_few_in_common_are_passed_over():
    assert likest_wording("The SEA!", TEXTS) == "the savings bank"
    assert likest_wording("the river bank", TEXTS, 0.7) is None
    assert likest_wording("nothing alike", TEXTS) is None
    assert likest_wording("", TEXTS) is None


@given(text=st.text(max_size=60))
def test_what_is_left_is_a_beginning_and_an_end_of_the_text(text):
    left = without_last_word(text)
    assert len(left) < len(text) or text == left == ""
    assert any(
        text.startswith(left[:at]) and text.endswith(left[at:]) for at in range(len(left) + 1)
    )


@pytest.mark.parametrize("text", ["", "Go!", "🙂", "打", " \n"])
def test_of_one_word_or_none_nothing_is_left(text):
    assert without_last_word(text) == ""
