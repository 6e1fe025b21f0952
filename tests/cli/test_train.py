"""`train` and `predict` from a file to predictions, and what is wrong with a file in words."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from embedlib.cli import app
from embedlib.training.runs import opened
from tests.models import folders
from tests.training import made


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("train")
    folders.save(root / "models" / "tiny")
    data = made.examples()
    frame = pd.DataFrame({"text": data.texts, "label": data.labels, "note": "=1+1"})
    frame.loc[0, "label"] = frame.loc[0, "label"].upper()
    frame.loc[len(frame)] = ["the dog runs fast", None, ""]
    frame.to_csv(root / "rows.csv", index=False)
    frame.assign(id=range(len(frame))).to_csv(root / "ids.csv", index=False)
    (root / "broken.conll").write_text("a O\nb\n")
    return root


@pytest.fixture(autouse=True)
def home(place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setenv("EMBEDLIB_HOME", str(place / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_a_file_becomes_a_run_and_the_run_predicts_a_file(place):
    options = ("--recipe", "probe", "--model", "tiny", "--models-dir", "models")
    result = run("train", "rows.csv", "--fix", *options, "--rungs", "majority", "--out", "run")
    assert result.exit_code == 0, result.stderr
    assert "like another one" in result.stderr and "without a label" in result.stderr
    assert "Linear probe" in result.stdout and "Largest label" in result.stdout
    report = json.loads((place / "run" / "report.json").read_text())
    assert report["test"]["rows"] > 30 and report["test"]["accuracy"] > 0.6
    assert {one["check"] for one in report["data"]["remedies"]} == {"unlabelled", "spelling"}
    assert len(report["labels"]) == 3 and opened(place / "run").status().state == "done"

    for name, read in (("out.csv", pd.read_csv), ("out.parquet", pd.read_parquet)):
        result = run("predict", "run", "rows.csv", "--text", "text", "--out", name)
        assert result.exit_code == 0, result.stderr
        said = read(place / name)
        assert list(said.columns) == ["row", "text", "label", "note", "predicted", "confidence"]
        assert len(said) == 181 and said["confidence"].between(0, 1).all()
        assert (said["predicted"] == said["label"]).mean() > 0.6

    holed = pd.DataFrame({"text": ["a dog", None, "the sea"], "row": [7, 8, 9]})
    holed.to_csv(place / "holed.csv", index=False)
    result = run("predict", "run", "holed.csv", "--text", "text", "--out", "holed_out.csv")
    assert "1 row without a text left out" in result.stderr and "row 2" in result.stderr
    assert "Predicting 2 texts of 3 rows" in result.stderr
    said = pd.read_csv(place / "holed_out.csv")
    assert said["row"].tolist() == [1, 3] and said["row (input)"].tolist() == [7, 9]

    (place / "long.txt").write_text("the dog runs\n" + "the sea " * 60 + "\n", "utf-8")
    result = run("predict", "run", "long.txt", "--out", "long_out.csv")
    assert "The end of 1 of 2 texts was not read: this run reads the first 64" in result.stderr

    again = run("train", "--resume", "run")
    assert again.exit_code == 2 and "and is done" in again.stderr
    assert run("train", "rows.csv", *options, "--out", "run").exit_code == 2


def test_what_the_page_says_of_the_rows_for_a_model_and_a_split_is_said_here_too(place):
    texts = [f"银 行 dog {number}" for number in range(60)]
    labels = ["x", "y"] * 29 + ["z", "z"]
    parts = ["train", "validation", "test", "train", "train"] * 11 + ["test", "train"]
    parts += ["test", "train", "train"]
    frame = pd.DataFrame({"text": texts, "label": labels, "part": parts})
    frame.loc[0, "text"] += " dog" * 100
    frame.to_csv(place / "foreign.csv", index=False)
    options = ("--model", "tiny", "--models-dir", "models", "--split-column", "part")
    result = run("train", "foreign.csv", *options, "--estimate")
    assert result.exit_code == 0, result.stderr
    assert "Warning: The model does not know" in result.stderr
    assert "Warning: 1 of 3 labels has no test row ('z')" in result.stderr
    assert "Note: 1 row longer than 64 tokens, whose end is cut" in result.stderr


WRONG = [
    (["train"], "INPUT must be given"),
    (["train", "rows.csv", "--label", "text", "--text", "text"], "'text' twice"),
    (["train", "rows.csv", "--recipe", "magic"], "recipe must be one of"),
    (["train", "rows.csv", "--set", "epochs"], "NAME=VALUE"),
    (["train", "rows.csv", "--set", "rank=3"], "option rank must be one that the recipe has"),
    (["train", "rows.csv", "--task", "tokens"], "task must be sequence"),
    (["train", "rows.csv", "--label", "note"], "have the same label, '=1+1'"),
    (["train", "ids.csv", "--label", "id"], "likely no label column"),
    (["train", "broken.conll"], "Line 2 must be a word and a tag"),
    (["train", "--resume", "nowhere"], "must be a folder with recipe.json"),
    (["predict", "nowhere", "rows.csv", "--out", "a.csv"], "must be a folder with recipe.json"),
    (["predict", "nowhere", "rows.csv", "--out", "a.xls"], "must end in .csv"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_is_wrong_is_told_in_words_before_any_work(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2 and words in result.stderr
    assert "Traceback" not in result.stderr
