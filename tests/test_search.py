import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.errors import OptionError
from embedlib.search import by_meaning, by_words

TEXTS = [
    "Where is my card?",
    "My CARD was stolen",
    "من أين أحصل على بطاقة؟",
    "我的信用卡在哪里",
    "Ｆｕｌｌ width card",
    "a.*b (card)",
    "Discard this",
]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("card", [0, 1, 4, 5, 6]),
        ("my card", [0, 1]),
        ("card my", [0, 1]),
        ('"my card"', [0, 1]),
        ('"card was"', [1]),
        ("“card was”", [1]),
        ("بطاقة", [2]),
        ("信用卡", [3]),
        ("full", [4]),
        ("ＣＡＲＤ", [0, 1, 4, 5, 6]),
        (".*", [5]),
        ("(card)", [5]),
        ("[a-z]", []),
        ("nothing of this", []),
        ("", []),
        ("  ", []),
        ('""', []),
        ('"', []),
    ],
)
def test_words_are_found_as_they_are_written_in_any_script(query, rows):
    assert by_words(TEXTS, query).tolist() == rows


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=12))
def test_any_query_gives_rows_in_order(texts, query):
    rows = by_words(texts, query).tolist()
    assert rows == sorted(set(rows)) and all(0 <= row < len(texts) for row in rows)


@given(st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=20), st.data())
def test_every_part_of_a_text_finds_it(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    assert by_words(["other", text], f'"{part}"').tolist()[-1:] == [1]


def test_by_meaning_is_a_plain_cosine():
    generator = np.random.default_rng(0)
    vectors, query = generator.standard_normal((30, 8)), generator.standard_normal(8)
    cosines = vectors @ query / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)
    rows, found = by_meaning(vectors, query, 5)
    assert rows.tolist() == np.argsort(-cosines)[:5].tolist()
    np.testing.assert_allclose(found, np.sort(cosines)[::-1][:5], atol=1e-6)


def test_equal_vectors_come_in_the_order_of_rows_and_zero_has_no_meaning():
    rows, cosines = by_meaning([[1, 0], [0, 0], [2, 0], [1, 0]], [1, 0], 9)
    assert rows.tolist() == [0, 2, 3, 1] and cosines.tolist() == [1, 1, 1, 0]


def test_a_query_of_another_model_is_refused():
    with pytest.raises(OptionError, match="must have 2 dimensions as the vectors have, got 3"):
        by_meaning([[1.0, 0.0]], [1.0, 0.0, 0.0], 1)
