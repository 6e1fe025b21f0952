"""Tags: files, legality, strict scores as seqeval's, and a run on a tiny model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import classification_report, f1_score
from seqeval.scheme import IOB2
from transformers import AutoModelForTokenClassification
from typer.testing import CliRunner

from embedlib.cli import app
from embedlib.errors import EmbedlibError, OptionError, ReadError
from embedlib.training.child import train
from embedlib.training.conll import looks_like_conll, read_conll
from embedlib.training.examples import read_examples, write_examples
from embedlib.training.features import IGNORED, word_features
from embedlib.training.predicting import predictor
from embedlib.training.sequences import counts, decode, illegal_places, legal, spans
from embedlib.training.tag_report import entities_by_type
from embedlib.training.tagging import entity_f1, entity_score
from tests import tiny
from tests.training import made

TAGS = ("O", "B-x", "I-x", "B-y", "I-y")
sentences = st.lists(
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=6), min_size=1, max_size=6
)


@settings(max_examples=60, deadline=None)
@given(sentences, st.randoms(use_true_random=False))
def test_entities_are_counted_as_seqeval_counts_them_strictly(truth, chance):
    truth = [list(legal(row)) for row in truth]
    guess = [[chance.choice(TAGS) for _ in row] for row in truth]
    ours = entity_f1(counts(truth, guess).sum(axis=0))
    if any(spans(row) for row in truth):
        theirs = f1_score(truth, guess, mode="strict", scheme=IOB2, zero_division=0)
        assert ours == pytest.approx(theirs)
        report = classification_report(
            truth, guess, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )
        for row in entities_by_type(truth, guess):
            assert row["f1"] == pytest.approx(report[row["type"]]["f1-score"])


def test_strict_and_lenient_scores_differ_and_ours_is_the_strict_one():
    truth, guess = [["B-x", "I-x", "O"]], [["I-x", "I-x", "O"]]
    assert f1_score(truth, guess) == 1.0  # seqeval's default takes it for right
    assert entity_f1(counts(truth, guess).sum(axis=0)) == 0.0
    assert entities_by_type([["O"]], [["O"]]) == []  # where seqeval would divide by zero
    assert entity_score(counts([["O"]] * 3, [["O"]] * 3), 0).value == 0.0


@given(st.lists(st.sampled_from(TAGS), max_size=8))
def test_mended_tags_are_legal_and_legal_tags_stay(tags):
    assert illegal_places(legal(tags)) == []
    assert legal(legal(tags)) == legal(tags)
    if not illegal_places(tags):
        assert legal(tags) == tuple(tags)


@given(st.integers(0, 1_000))
def test_decoding_is_legal_and_is_the_best_tag_where_that_is_legal(seed):
    scores = np.random.default_rng(seed).normal(size=(6, 5)).astype(np.float32)
    found = decode(scores, TAGS)
    assert illegal_places(found) == []
    plain = tuple(TAGS[i] for i in scores.argmax(axis=1))
    if not illegal_places(plain):
        assert found == plain


def test_only_the_first_piece_of_a_word_carries_its_tag():
    features = word_features(tiny.tokenizer(), [["river", "xyz", "bank"]], [[1, 2, 3]], 64)
    assert features.labels[0].tolist() == [IGNORED, 1, 2, IGNORED, IGNORED, 3, IGNORED]
    assert features.first_pieces[0].tolist() == [1, 2, 5] and features.n_cut == 0
    cut = word_features(tiny.tokenizer(), [["river", "xyz", "bank"]], [[1, 2, 3]], 4)
    assert cut.first_pieces[0].tolist() == [1, 2, -1] and cut.n_cut == 1


def test_a_conll_file_becomes_sentences():
    text = "# id 1\r\nAnn\tNNP\tB-per\r\nran\tVB\tO\r\n\r\n-DOCSTART- O\r\n\r\n东京 S-loc\r\n"
    whole = read_conll(text.encode(), "a.conll")
    assert whole.words == (("Ann", "ran"), ("东京",))
    assert whole.tags == (("B-per", "O"), ("B-loc",))
    assert whole.label_names == ("O", "B-loc", "B-per")
    assert looks_like_conll(b"a O\nb B-x\n" * 5, "a.txt") and looks_like_conll(b"", "a.conll")
    assert not looks_like_conll(b"text,label\na,b\n" * 5, "a.csv")
    for wrong, words in (("one", "Line 2"), ("a\tB", "Line 2"), ("\tO", "Line 2")):
        with pytest.raises(ReadError, match=words):
            read_conll(f"a\tO\n{wrong}\n".encode(), "a.conll")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_in_another_way(content):
    try:
        whole = read_conll(content, "a.conll")
    except EmbedlibError:
        return
    assert all(len(w) == len(t) for w, t in zip(whole.words, whole.tags, strict=True))


def test_a_run_on_tokens_reports_strict_entities_and_tags_as_it_was_scored(tmp_path, models_dir):
    write_examples(tmp_path, made.tagged())
    assert read_examples(tmp_path).tags == made.tagged().tags
    run = made.run(
        tmp_path / "run",
        models_dir,
        task="tokens",
        data=made.tagged(),
        epochs=8,
        learning_rate=5e-3,
        batch_size=8,
        rungs=("nothing", "dictionary"),
    )
    train(run.folder)
    report = run.report()
    assert report["test"]["entity_f1"] > 0.9
    low, high = report["test"]["entity_f1_interval"]
    assert low <= report["test"]["entity_f1"] <= high
    assert {row["type"] for row in report["entities"]} == {"animal", "place"}
    assert [step["name"] for step in report["ladder"]] == ["nothing", "dictionary", "full"]
    assert report["ladder"][1]["entity_f1"]["value"] == 1.0
    rows = run.examples().part("test")
    ready = predictor(run)
    f1 = entity_f1(counts(rows.tags, ready.tag(rows.words)).sum(axis=0))
    assert f1 == pytest.approx(report["test"]["entity_f1"])
    AutoModelForTokenClassification.from_pretrained(run.model)
    assert "Entities, strict" in (run.folder / "report.html").read_text("utf-8")
    with pytest.raises(OptionError, match="Call `tag`"):
        ready.predict(["the dog"])
    (tmp_path / "new.csv").write_text("text\nthe dog runs\na fast bank\n")
    arguments = [str(run.folder), str(tmp_path / "new.csv"), "--out"]
    said = CliRunner().invoke(app, ["predict", *arguments, str(tmp_path / "out.conll")])
    assert said.exit_code == 0, said.stderr
    tagged_words = read_conll((tmp_path / "out.conll").read_bytes(), "out.conll")
    assert tagged_words.words == (("the", "dog", "runs"), ("a", "fast", "bank"))
    assert tagged_words.tags[0] == ("O", "B-animal", "O")
    wrong = CliRunner().invoke(app, ["predict", *arguments, str(tmp_path / "out.csv")])
    assert wrong.exit_code == 2 and "must end in .conll" in wrong.stderr
