"""`layers` reads what `embed` wrote and writes a report that agrees with the library."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from embedlib.cli import app
from embedlib.cli.vectors import read_vectors
from embedlib.probes import GridOptions, problem, score_cell
from tests import tiny

WORDS = ("river", "money", "dog")
ROWS = [
    (f"the {word} {verb} {end}", f"<b>{word}</b>")
    for word in WORDS
    for verb in ("is", "was", "runs", "flows")
    for end in ("fast", "slow", "to the sea", "and the cat", "not a bank")
]


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("embedlib.models.load", lambda *_, **__: tiny.encoder())
    csv = "text,topic\n" + "".join(f"{text},{topic}\n" for text, topic in ROWS)
    (tmp_path / "in.csv").write_text(csv)
    options = ["--text", "text", "--label", "topic", "--poolings", "mean,cls", "--out", "made"]
    assert run("embed", "in.csv", *options).exit_code == 0
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_report_is_one_file_with_its_numbers_beside_it(workplace):
    done = run("layers", "made", "--scores", "linear,centroid", "--out", "report.html")
    assert done.exit_code == 0, done.output
    assert re.search("linear: (Best|Highest): Layer ", done.output)
    facts = json.loads((workplace / "report.json").read_text())
    assert [grid["score"] for grid in facts["grids"]] == ["linear", "centroid"]
    assert len(facts["grids"][0]["cells"]) == (4 + 3) * 2
    assert np.shape(facts["cka"]) == (4, 4)
    page = (workplace / "report.html").read_text("utf-8")
    assert page.count("Plotly.newPlot") == 6
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert not re.search(r"(src|href)=[\"']?https?:", without_scripts)
    assert "default-src 'none'" in page


def test_what_was_sampled_is_said_in_the_terminal_and_in_the_files(workplace, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_PROBE_ROWS", "15")
    monkeypatch.setenv("EMBEDLIB_HEALTH_TEXTS", "10")
    done = run("layers", "made", "--out", "report.html")
    page = (workplace / "report.html").read_text("utf-8")
    for said in ("A random 15 of ", "Health and relations are of a random 10 of "):
        assert said in done.output and said in page


def test_its_numbers_are_those_of_the_library(workplace):
    run("layers", "made", "--out", "report.html", "--folds", "4")
    cells = json.loads((workplace / "report.json").read_text())["grids"][0]["cells"]
    vectors, rows, _ = read_vectors(workplace / "made")
    posed = problem(rows["topic"].tolist(), rows["text"].tolist(), n_folds=4)
    cell = score_cell(vectors, posed, 2, "cls", GridOptions())
    found = next(row for row in cells if (row["layer"], row["pooling"]) == (2, "cls"))
    assert found["folds"] == pytest.approx(cell.folds.tolist(), abs=1e-5)


def test_another_label_column_and_no_labels_at_all(workplace):
    wrong = run("layers", "made", "--label", "mood", "--out", "a.html")
    assert wrong.exit_code == 2
    assert "There must be a column 'mood'" in wrong.stderr
    run("embed", "in.csv", "--text", "text", "--out", "bare")
    manifest = json.loads((workplace / "bare" / "manifest.json").read_text())
    if manifest["label_column"] is None:
        assert run("layers", "bare", "--out", "b.html").exit_code == 0
        assert "Scores need labels" in (workplace / "b.html").read_text("utf-8")


def test_files_are_not_replaced_unasked(workplace):
    (workplace / "report.html").write_text("mine")
    refused = run("layers", "made", "--out", "report.html")
    assert refused.exit_code == 2 and "left alone" in refused.stderr
    assert (workplace / "report.html").read_text() == "mine"
    assert run("layers", "made", "--out", "report.html", "--force").exit_code == 0


def test_a_folder_of_something_else_is_refused(workplace):
    refused = run("layers", ".", "--out", "x.html")
    assert refused.exit_code == 2
    assert "must be a folder that `embedlib embed` wrote" in refused.stderr


def test_files_that_do_not_agree_are_refused(workplace):
    np.save(workplace / "made" / "vectors.npy", np.zeros((1, 4, 60, 16), np.float32))
    refused = run("layers", "made", "--out", "x.html")
    assert refused.exit_code == 2 and "do not agree" in refused.stderr
    assert not (workplace / "x.html").exists()


def test_tagged_words_are_scored_by_entity_f1_with_word_poolings(workplace):
    sentences = [
        f"the\tO\n{word}\tB-{kind}\nbank\tI-{kind}\nruns\tO\n{end}\tO\n"
        for word, kind in (("river", "place"), ("money", "thing"))
        for end in ("fast", "slow", "and", "not", "to", "was")
    ]
    (workplace / "words.conll").write_text("\n".join(sentences))
    done = run("layers", "words.conll", "--out", "words.html")
    assert done.exit_code == 0, done.output
    facts = json.loads((workplace / "words.json").read_text())
    made = facts["grids"][0]
    assert made["measure"] == "span_f1" and made["rows"] == 60
    assert {cell["pooling"] for cell in made["cells"]} == {"first", "last", "mean"}
