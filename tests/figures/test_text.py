"""Strings of people: cleaned, escaped, shortened and broken."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.figures.text import broken, clean, escaped, plain, quoted, shorten, width, wrapped

ANY = st.text(st.characters(exclude_categories=()), max_size=300)
WORDS = st.lists(st.sampled_from(["a", "word", "银行", "ضفة", "👩‍🔬", "🇨🇳", "é", "—", "x" * 90]))
ISOLATES = "\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\n\tb\u2028c\u00a0d  e", "a b c d e"),
        ("  edges  ", "edges"),
        ("a\u200bb\ufeffc\u00add\u200ee\u200ff\u061cg", "abcdefg"),
        ("\u202eabc\u202c \u2066d\u2069", "\ufffdabc\ufffd \ufffdd\ufffd"),
        ("nul\x00 bell\x07 del\x7f c1\x9b", "nul\ufffd bell\ufffd del\ufffd c1\ufffd"),
        ("lone \ud800", "lone \ufffd"),
        ("Z" + "\u0300" * 40 + "algo", "Z" + "\u0300" * 4 + "algo"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("", ""),
    ],
)
def test_cleaning_shows_or_drops_what_hides(text, wanted):
    assert clean(text) == wanted


@given(ANY)
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_plain_text_holds_nothing_that_is_read_as_markup(text):
    shown = plain(text)
    assert not re.search(r"[<>\"'$\n\r\t]|%\{", shown)
    assert not re.search(r"&(?!(amp|lt|gt|#\d+);)", shown)
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in shown)
    shown.encode("utf-8")


@given(ANY)
def test_plain_text_changes_direction_only_within_itself(text):
    shown = plain(text)
    assert shown.count("\u2068") == shown.count("\u2069") <= 1
    assert not re.search("[\u202a-\u202e\u2066\u2067]", shown)


@pytest.mark.parametrize("text", ["a & b", "<b>", "\"q\" 'q'", "$x$", "%{y}", "100 %", "&lt;"])
def test_escapes_are_read_back_as_they_were(text):
    import html

    assert html.unescape(plain(text)) == text


def test_only_names_that_plotly_knows_are_used():
    assert "&quot;" not in plain('"') and "&apos;" not in plain("'")
    assert plain("\"'") == "&#34;&#39;"


def test_right_to_left_text_is_closed_off():
    assert plain("مرحبا") == "\u2068مرحبا\u2069"
    assert plain("hello") == "hello" and plain("你好") == "你好"


@given(ANY, st.integers(2, 60))
def test_short_text_is_never_wider_than_asked(text, columns):
    cut = shorten(text, columns)
    assert width(cut) <= columns
    assert cut == clean(text) or cut.endswith("…")


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        ("Where is my new card?", 40, "Where is my new card?"),
        ("Where is my new card?", 14, "Where is my…"),
        ("Where is my new card?", 12, "Where is my…"),
        ("one, two, three", 9, "one, two…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("我把钱存进了银行", 9, "我把钱存…"),
        ("我把钱存进了银行", 16, "我把钱存进了银行"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦 x", 9, "👨‍👩‍👧‍👦…"),
        ("🇨🇳🇩🇪🇫🇷", 4, "🇨🇳…"),
        ("宽宽", 2, "…"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"),
        (" " * 5000 + "late", 10, "late"),
    ],
)
def test_texts_are_cut_at_a_word_or_a_whole_character(text, columns, wanted):
    cut = shorten(text, columns)
    assert cut == wanted


def test_only_the_beginning_of_a_long_text_is_read():
    import time

    text = "字" * 5_000_000
    begun = time.perf_counter()
    shorten(text, 30), wrapped(text), plain(shorten(text))
    assert time.perf_counter() - begun < 0.5


@given(WORDS)
def test_lines_keep_every_character(words):
    text = clean(" ".join(words))
    lines = list(broken(text, 20))
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(line == line.strip() and line for line in lines)


@given(WORDS, st.integers(8, 60))
def test_lines_fit(words, columns):
    assert all(width(line) <= columns for line in broken(clean(" ".join(words)), columns))


def test_lines_break_at_spaces_and_between_ideographs():
    assert list(broken("one two three", 8)) == ["one two", "three"]
    assert list(broken("我把钱存进了银行。", 8)) == ["我把钱存", "进了银", "行。"]
    assert list(broken("他买了“三本书”和笔", 7)) == ["他买了", "“三本", "书”和笔"]
    assert list(broken("abcdefghij", 4)) == ["abcd", "efgh", "ij"]


@given(ANY, st.integers(4, 60), st.integers(1, 5))
def test_wrapped_text_has_no_more_lines_than_asked(text, columns, lines):
    rows = wrapped(text, columns, lines).split("<br>")
    assert len(rows) <= lines
    for row in rows:
        assert sum(row.count(mark) for mark in ISOLATES[:3]) == row.count("\u2069")
        assert not re.search(r"[<>\"'$]", row)


def test_wrapped_text_says_that_it_goes_on():
    assert wrapped("word " * 500, 20, 3).endswith("…")
    assert wrapped("short") == "short"
    assert wrapped("a < b") == "a &lt; b"


def test_lines_of_right_to_left_text_all_read_from_the_right():
    rows = wrapped("جلسنا على ضفة النهر نراقب الماء. " * 6, 30, 9).split("<br>")
    assert len(rows) > 3 and all(row[0] == "\u2067" and row[-1] == "\u2069" for row in rows)


def test_quotes_hold_a_direction_of_their_own():
    assert quoted("hello") == "“hello”"
    assert quoted("مرحبا") == "“\u2068مرحبا\u2069”"


def test_escaping_leaves_clean_text_alone():
    assert escaped("nothing to do") == "nothing to do"
