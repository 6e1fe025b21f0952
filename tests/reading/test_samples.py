import csv

import pandas as pd
import pytest

from embedlib.errors import ReadError, UnknownNameError
from embedlib.reading import SAMPLES, guess_columns, marks, sample_corpus, samples
from embedlib.reading.samples import sample_sheet

N_TEXTS = {
    "senses": 24,
    "senses_zh": 20,
    "service": 60,
    "service_zh": 24,
    "sentiment": 48,
    "languages": 24,
    "scripts": 12,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_corpus_without_blemish(name):
    corpus = sample_corpus(name)
    assert len(corpus) == N_TEXTS[name] == len(set(corpus.texts))
    assert corpus.labels and all(corpus.labels)
    assert (corpus.notes, corpus.left_out) == ((), ())
    assert all(text == text.strip() for text in corpus.texts)
    assert corpus.name == SAMPLES[name].label


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_what_csv_and_pandas_read(name):
    frame = sample_sheet(name).frame
    file = samples.FOLDER / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        assert [list(frame.columns), *frame.values.tolist()] == list(csv.reader(lines))
    theirs = pd.read_csv(file, dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(frame, theirs)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_columns_of_a_sample_are_guessed_right(name):
    row = SAMPLES[name]
    assert guess_columns(sample_sheet(name)) == (row.text_column, row.label_column)


@pytest.mark.parametrize("name", ["senses", "senses_zh"])
def test_spans_point_at_the_word(name):
    frame = sample_corpus(name).frame
    for _, row in frame.iterrows():
        assert row["text"][int(row["start"]) : int(row["end"])] == row["word"]
        assert row["label"].startswith(row["word"])


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in ("scripts", "languages")])
def test_every_label_of_a_sample_has_companions(name):
    labels = sample_corpus(name).labels or ()
    assert min(labels.count(label) for label in labels) >= 2


def test_only_the_sample_of_scripts_holds_invisible_characters():
    for name in set(SAMPLES) - {"scripts"}:
        assert not any(marks(text) for text in sample_corpus(name).texts)


def test_the_first_sample_shows_words_in_two_senses():
    assert next(iter(SAMPLES)) == "senses"


def test_an_unknown_sample_is_refused_with_the_choices():
    with pytest.raises(UnknownNameError, match="sample must be one of senses, senses_zh"):
        sample_corpus("nonsense")


def test_a_copy_without_samples_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(samples, "FOLDER", tmp_path)
    with pytest.raises(ReadError, match=r"must be in the folder assets/samples, got no file"):
        sample_corpus("senses")
