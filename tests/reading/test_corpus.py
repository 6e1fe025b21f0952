import unicodedata

import numpy as np
import pandas as pd
import pytest

from embedlib.errors import LimitError, OptionError, TextError, UnknownNameError
from embedlib.reading import SPLITS, corpus_from_sheet, corpus_from_text
from embedlib.records import Sheet
from tests.reading.inprocess import notes as said
from tests.reading.inprocess import read


def sheet(columns: dict[str, object], notes: tuple[str, ...] = ()) -> Sheet:
    return Sheet("a.csv", pd.DataFrame(columns), "csv", "utf-8", notes)


def test_texts_and_labels_are_unchanged_and_in_order():
    texts = ["  spaced ", "e\u0301", "\u00e9", "a\u200bb", "x"]
    corpus = corpus_from_sheet(sheet({"t": texts, "l": ["1", " 1", "b", "", "B"]}), "t", "l")
    assert corpus.texts == tuple(texts) and corpus.labels == ("1", " 1", "b", "", "B")
    assert (corpus.text_column, corpus.label_column, corpus.name) == ("t", "l", "a.csv")
    assert corpus.source_rows == (0, 1, 2, 3, 4) and corpus.left_out == ()


def test_blank_texts_are_left_out_and_recorded():
    table = {"t": ["one", "", " \n", "two", "\u200b\u00a0", None], "l": list("abcdef")}
    corpus = corpus_from_sheet(sheet(table, ("Read as GBK.",)), "t", "l")
    assert corpus.texts == ("one", "two") and corpus.labels == ("a", "d")
    assert corpus.source_rows == (0, 3) and corpus.left_out == (1, 2, 4, 5)
    assert corpus.frame["t"].tolist() == ["one", "two"] and list(corpus.frame.index) == [0, 1]
    assert corpus.notes == ("Read as GBK.", "Left out rows 2, 3, 5, 6: blank in 't'.")


def test_many_blank_rows_are_told_shortly():
    corpus = corpus_from_sheet(sheet({"t": ["a", *[""] * 9]}), "t")
    assert "Left out rows 2, 3, 4, 5, 6 and 4 more: blank in 't'." in corpus.notes
    assert corpus.labels is None


def test_a_sheet_without_a_blank_text_is_not_copied():
    whole = sheet({"t": ["a", "b"]})
    assert corpus_from_sheet(whole, "t").frame is whole.frame


def test_missing_labels_are_empty_and_counted():
    labels = ["a", None, np.nan, pd.NA, ""]
    corpus = corpus_from_sheet(sheet({"t": list("vwxyz"), "l": labels}), "t", "l")
    assert corpus.labels == ("a", "", "", "", "") and "4 texts without a label." in corpus.notes


@pytest.mark.parametrize(
    ("values", "written"),
    [([1, 2], ("1", "2")), ([0.5, 1.0], ("0.5", "1.0")), ([True, False], ("True", "False"))],
)
def test_what_is_no_text_is_written_as_one(values, written):
    assert corpus_from_sheet(sheet({"t": values}), "t").texts == written


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["pos", " pos"], "'pos' and ' pos'"),
        (["Pos", "pos"], "'Pos' and 'pos'"),
        (["é", "e\u0301"], r"'\xe9' and 'e\u0301'"),
        (["a", "\u0430"], r"'a' and '\u0430'"),
        (["no", "n\u200bo"], r"'no' and 'n\u200bo'"),
        (["１", "1"], r"'\uff11' and '1'"),
    ],
)
def test_labels_that_look_alike_are_kept_apart_and_told(labels, told):
    corpus = corpus_from_sheet(sheet({"t": ["x", "y"], "l": labels}), "t", "l")
    assert corpus.labels == tuple(labels)
    assert f"Labels that look alike are different and were kept apart: {told}." in corpus.notes


def test_labels_that_differ_are_not_told():
    labels = ["a", "b", unicodedata.normalize("NFC", "é"), "e"]
    assert corpus_from_sheet(sheet({"t": list("wxyz"), "l": labels}), "t", "l").notes == ()


def test_lone_surrogates_are_replaced_with_a_note():
    table = {"t": np.array(["a\ud800", "b"], dtype=object)}
    corpus = corpus_from_sheet(Sheet("a", pd.DataFrame(table, dtype=object), "csv", "utf-8"), "t")
    assert corpus.texts == ("a\ufffd", "b")
    assert "Half characters (lone surrogates) became \ufffd in 1 text." in corpus.notes


def test_an_unknown_column_is_refused_with_the_choices():
    table = sheet({f"c{i}": ["x"] for i in range(12)})
    with pytest.raises(UnknownNameError, match=r"text column must be one of 'c0', .* and 2 more"):
        corpus_from_sheet(table, "text")
    with pytest.raises(UnknownNameError, match=r"label column must be one of .*got 'label'"):
        corpus_from_sheet(table, "c0", "label")


def test_one_column_cannot_be_both():
    with pytest.raises(OptionError, match="must not be the text column, got 't' twice"):
        corpus_from_sheet(sheet({"t": ["x"]}), "t", "t")


def test_a_column_of_blanks_is_refused():
    with pytest.raises(TextError, match=r"'t' must hold texts, got rows 1, 2 blank.*another"):
        corpus_from_sheet(sheet({"t": ["", " "]}), "t")


def test_too_long_a_text_is_refused_with_its_row():
    texts = ["short", "x" * 100_000]
    assert len(corpus_from_sheet(sheet({"t": texts}), "t")) == 2
    with pytest.raises(LimitError, match="The text in row 3 of 't' must be at most 100,000"):
        corpus_from_sheet(sheet({"t": [*texts, "x" * 100_001]}), "t")


def test_too_many_texts_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ROWS", "1")
    with pytest.raises(LimitError, match="number of texts must be at most 1 rows, got 2"):
        corpus_from_sheet(sheet({"t": ["a", "b"]}), "t")


def test_a_file_becomes_a_corpus_with_its_notes():
    found = read("text,label\ngood,yes\nlonely\n,no\n")
    corpus = corpus_from_sheet(found, "text", "label")
    assert corpus.texts == ("good", "lonely") and corpus.left_out == (2,)
    assert corpus.notes[0] == said(found) and len(corpus.notes) == 3


def test_pasted_lines_are_texts():
    corpus = corpus_from_text("one\r\n\n  two \n")
    assert corpus.texts == ("one", "  two ") and corpus.left_out == ()
    assert (corpus.name, corpus.labels) == ("Pasted text", None)
    assert corpus.frame["text"].tolist() == ["one", "  two "]


def test_a_pasted_paragraph_is_split_into_sentences():
    assert corpus_from_text("One. Two! 三。", split="sentences").texts == ("One.", "Two!", "三。")


def test_pasted_nul_and_surrogates_are_held():
    corpus = corpus_from_text("a\x00b\nc\ud800")
    assert corpus.texts == ("a\x00b", "c\ufffd") and "1 text" in corpus.notes[0]
    assert corpus.frame["text"].tolist() == list(corpus.texts)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("text", ["", " \n\t", "\u200b"])
def test_blank_pasted_text_is_refused(text, split):
    with pytest.raises(TextError, match="The text must not be blank"):
        corpus_from_text(text, split=split)


def test_pasted_text_has_bounds(monkeypatch):
    with pytest.raises(LimitError, match="The text in row 1 of 'text' must be at most 100,000"):
        corpus_from_text("x" * 100_001)
    with pytest.raises(LimitError, match="pasted text must be at most 1,000,000 characters"):
        corpus_from_text("x\n" * 500_001)
    with pytest.raises(LimitError, match="number of texts must be at most 200,000"):
        corpus_from_text("x\n" * 200_001)


def test_an_unknown_split_is_refused_with_the_choices():
    with pytest.raises(UnknownNameError, match="split must be one of lines, sentences, got 'word'"):
        corpus_from_text("x", split="word")
