import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.errors import OptionError
from embedlib.keywords import _scores, distinguishing, group_names, terms
from embedlib.reading import sample_corpus

CARDS = ["I lost my card", "my card was stolen", "card not working", "The card is lost"]
RATES = ["What is the exchange rate", "The rate of my transfer", "is the rate good", "rates"]


def words(texts, rows, n=5):
    return [keyword.word for keyword in distinguishing(terms(texts), rows, n)]


def test_the_word_that_a_selection_shares_stands_first():
    assert words(CARDS + RATES, range(4))[0] == "card"
    assert words(CARDS + RATES, range(4, 8))[0] == "rate"


def test_a_word_that_is_common_everywhere_does_not_set_apart():
    texts = [f"the {word}" for word in ("cat", "cat", "cat", "dog", "dog", "dog")]
    assert words(texts, [0, 1, 2]) == ["cat"]


def test_texts_are_counted_inside_and_outside():
    (keyword, *_) = distinguishing(terms([*CARDS, "card", *RATES]), range(4))
    assert (keyword.word, keyword.n_inside, keyword.n_outside) == ("card", 4, 1)


def test_a_word_counts_once_a_text_however_often_it_is_repeated():
    found = terms(["spam " * 50 + "ham", "ham", "eggs", "eggs"])
    assert found.matrix.max() == 1
    assert distinguishing(found, [0, 1])[0].word == "ham"


def test_scores_are_those_of_the_formula():
    """Monroe et al. 2008, equations 16, 19 and 22, term by term."""
    inside, outside = np.array([4.0, 1.0, 0.0]), np.array([1.0, 3.0, 5.0])
    n_i, n_j = inside.sum(), outside.sum()
    expected = []
    for a, b in zip(inside, outside, strict=True):
        prior = n_i * (a + b) / (n_i + n_j)
        odds_i = (a + prior) / (n_i + n_i - a - prior)
        odds_j = (b + prior) / (n_j + n_i - b - prior)
        deviation = (1 / (a + prior) + 1 / (b + prior)) ** 0.5
        expected.append((np.log(odds_i) - np.log(odds_j)) / deviation)
    np.testing.assert_allclose(_scores(inside, outside), expected)


def test_chinese_words_are_found_as_runs_that_are_put_together():
    texts = [
        "我的信用卡丢了",
        "信用卡被偷了",
        "信用卡不能用",
        "今天汇率多少",
        "汇率是多少",
        "看汇率",
    ]
    assert words(texts, [0, 1, 2])[0] == "信用卡"
    assert words(texts, [3, 4, 5])[0] == "汇率"


def test_pieces_of_a_run_do_not_stand_beside_it():
    found = words(["信用卡丢了", "信用卡没了", "汇率", "多少"], [0, 1], n=10)
    assert "信用卡" in found and not {"信用", "用卡"} & set(found)


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (["بطاقة ضائعة", "بطاقة مسروقة", "سعر الصرف", "سعر اليوم"], "بطاقة"),
        (["हिन्दी कविता", "हिन्दी गीत", "मराठी नाटक", "मराठी लेख"], "हिन्दी"),
        (["Straße frei", "Straße zu", "Haus", "Haus frei"], "straße"),
    ],
)
def test_words_of_any_script_are_whole(texts, word):
    assert words(texts, [0, 1])[0] == word


def test_accents_written_in_two_ways_are_one_word():
    assert terms(["caf\u00e9", "cafe\u0301"]).names == ("caf\u00e9",)


@pytest.mark.parametrize("rows", [[], range(8)])
def test_nothing_sets_none_or_all_apart(rows):
    assert words(CARDS + RATES, rows) == []


def test_a_row_that_is_none_is_refused():
    with pytest.raises(OptionError, match="from 0 to 7, got 3 to 8"):
        words(CARDS + RATES, [3, 8])


def test_groups_are_named_by_what_sets_them_apart():
    names = group_names(terms([*CARDS, *RATES, "?!"]), [0] * 4 + [1] * 4 + [-1], n=1)
    assert names == ("card", "rate")


def test_a_sample_names_its_topics():
    corpus = sample_corpus("service")
    found = terms(corpus.texts)
    for label in set(corpus.labels):
        rows = [row for row, own in enumerate(corpus.labels) if own == label]
        assert distinguishing(found, rows)[0].n_inside > 1


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8), st.data())
def test_any_texts_give_words_that_stand_in_them(texts, data):
    rows = data.draw(st.sets(st.integers(0, len(texts) - 1)))
    found = terms(texts)
    for keyword in distinguishing(found, list(rows)):
        assert keyword.score > 0
        assert any(keyword.word in found.texts[row] for row in rows)
        assert 1 <= keyword.n_inside <= len(rows)
