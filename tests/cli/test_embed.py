"""`embed` writes vectors, rows and a manifest that agree with the library, whole or not at all."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from embedlib.cli import app, extraction
from embedlib.cli.progress import ProgressLine
from embedlib.extract import extract
from embedlib.records import Progress, TokenSettings
from tests import tiny

CSV = """text,topic,note
a river bank,nature,1
,empty,2
the savings bank of money,money,"=1+1
two lines"
   ,blank,4
a river bank,nature,5
the dog runs fast and the cat is not slow and the dog was fast,pets,6
"""
TEXTS = [
    "a river bank",
    "the savings bank of money",
    "a river bank",
    "the dog runs fast and the cat is not slow and the dog was fast",
]


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("embedlib.models.load", lambda *_, **__: tiny.encoder())
    (tmp_path / "in.csv").write_text(CSV)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, ["embed", *arguments])


def expected(texts=TEXTS, settings=None, layers=(0, 1, 2, 3), poolings=("mean",)):
    settings = settings or TokenSettings()
    made = extract(tiny.encoder(), texts, layers=layers, poolings=poolings, settings=settings)
    return np.stack([made.arrays[name] for name in poolings])


@pytest.mark.parametrize("store", [(), ("--no-store",)])
def test_vectors_rows_and_manifest_agree(workplace, store):
    result = run("in.csv", "--text", "text", "--label", "topic", "--poolings", "max,mean", *store)
    assert result.exit_code == 0, result.stderr
    folder = workplace / "in-vectors"
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "rows.parquet",
        "vectors.npy",
    ]
    vectors = np.load(folder / "vectors.npy")
    assert vectors.dtype == np.float32 and vectors.shape == (2, 4, 4, tiny.DIM)
    np.testing.assert_allclose(vectors, expected(poolings=("max", "mean")), atol=1e-6)

    facts = json.loads((folder / "manifest.json").read_text())
    assert facts["axes"] == ["pooling", "layer", "text", "dim"]
    assert facts["shape"] == [2, 4, 4, tiny.DIM] and facts["dim"] == tiny.DIM
    assert facts["poolings"] == ["max", "mean"] and facts["layers"] == [0, 1, 2, 3]
    assert facts["rows"] == 4 and facts["rows_left_out"] == 2
    assert facts["left_out_source_rows"] == [1, 3]
    assert (facts["text_column"], facts["label_column"]) == ("text", "topic")
    assert facts["model"] == "tiny-bert" and facts["texts_cut"] == 0 and facts["cut_rows"] == []
    assert facts["peak_memory_bytes"] > 2**20 and facts["texts_per_second"] > 0
    assert {"python", "torch", "transformers", "embedlib"} <= set(facts["versions"])

    rows = pd.read_parquet(folder / "rows.parquet")
    assert list(rows["text"]) == TEXTS
    assert list(rows["note"]) == ["1", "=1+1\ntwo lines", "5", "6"]
    assert list(rows["source_row"]) == [0, 2, 4, 5]

    last = result.stdout.splitlines()[-1]
    assert str(folder) in last and "shape (2, 4, 4, 16) (pooling, layer, text, dim)" in last
    assert "2 blank rows left out" in last and "made in" in last


def test_settings_reach_the_numbers(workplace):
    options = ["--prefix", "the dog ", "--no-special", "--max-tokens", "8", "--layers", "0,-1"]
    assert run("in.csv", "--text", "text", *options, "--windows").exit_code == 0
    settings = TokenSettings(8, windows=True, prefix="the dog ", pool_special=False)
    found = np.load(workplace / "in-vectors" / "vectors.npy")
    np.testing.assert_allclose(found, expected(settings=settings, layers=(0, 3)), atol=1e-6)


def test_cut_rows_are_counted_and_listed(workplace):
    result = run("in.csv", "--text", "text", "--max-tokens", "8")
    facts = json.loads((workplace / "in-vectors" / "manifest.json").read_text())
    assert facts["texts_cut"] == 1 and facts["cut_rows"] == [3]
    assert facts["max_tokens"] == 8 and 0 < facts["share_of_tokens_lost"] < 1
    assert "1 text cut, " in result.stdout


def test_the_same_again_comes_from_the_store_bit_for_bit(workplace):
    first = run("in.csv", "--text", "text")
    before = (workplace / "in-vectors" / "vectors.npy").read_bytes()
    again = run("in.csv", "--text", "text")
    assert "made in" in first.stdout and again.exit_code == 0
    assert "answered from the store" in again.stdout
    assert (workplace / "in-vectors" / "vectors.npy").read_bytes() == before
    facts = json.loads((workplace / "in-vectors" / "manifest.json").read_text())
    assert facts["from_store"] is True


def test_other_settings_need_force(workplace):
    assert run("in.csv", "--text", "text").exit_code == 0
    refused = run("in.csv", "--text", "text", "--layers", "2")
    assert refused.exit_code == 2
    assert "holds the vectors of another input or other settings." in refused.stderr
    assert run("in.csv", "--text", "text", "--layers", "2", "--force").exit_code == 0
    assert np.load(workplace / "in-vectors" / "vectors.npy").shape[1] == 1


def test_a_foreign_folder_is_never_touched(workplace):
    (workplace / "mine").mkdir()
    (workplace / "mine" / "thesis.doc").write_text("x")
    result = run("in.csv", "--text", "text", "--out", "mine", "--force")
    assert result.exit_code == 2 and "is left alone" in result.stderr
    assert [path.name for path in (workplace / "mine").iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("store", [(), ("--no-store",)])
def test_ctrl_c_leaves_nothing_and_says_one_line(workplace, monkeypatch, store):
    def stop(self, progress: Progress) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLine, "__call__", stop)
    result = run("in.csv", "--text", "text", *store)
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1].startswith("Stopped: nothing was written to ")
    assert not (workplace / "in-vectors").exists()
    left = [p for p in workplace.rglob("*") if p.is_file() and p.name != "in.csv"]
    assert not [path for path in left if path.suffix in {".npy", ".npz"}], left


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.csv"], "INPUT must be a file, but there is no 'gone.csv'."),
        (["."], "is a folder"),
        (["in.csv", "--poolings", "meen"], "Did you mean mean?"),
        (["in.csv", "--text", "text", "--layers", "9"], "from 0 to 3"),
        (["in.csv", "--text", "nope"], "'nope'"),
        (["in.csv", "--text", "text", "--label", "nope"], "'nope'"),
    ],
)
def test_wrong_input_is_one_line_and_code_2(workplace, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2 and result.stdout == ""
    line = result.stderr.splitlines()[-1]
    assert line.startswith("Error: ") and words in line
    assert "Traceback" not in result.stderr
    assert sorted(p.name for p in workplace.iterdir() if p.name != "home") == ["in.csv"]


def test_text_may_be_left_out_when_it_is_plain(workplace):
    (workplace / "one.txt").write_text("a river bank\nthe dog runs\n")
    assert run("one.txt").exit_code == 0
    assert np.load(workplace / "one-vectors" / "vectors.npy").shape[2] == 2


def test_columns_are_listed_when_the_text_column_is_not_plain(workplace):
    frame = pd.DataFrame({"question": ["where is the river bank, and why"] * 3})
    frame["answer"] = ["the dog runs fast to the sea today"] * 3
    frame.to_csv("pairs.csv", index=False)
    result = run("pairs.csv")
    assert result.exit_code == 2
    assert "--text must say which column holds the texts: 'question', 'answer'?" in result.stderr


def test_a_column_called_source_row_is_kept(workplace):
    (workplace / "s.csv").write_text("text,source_row\na river,77\nthe dog,78\n")
    assert run("s.csv", "--text", "text").exit_code == 0
    table = pq.read_table(workplace / "s-vectors" / "rows.parquet")
    assert table.column_names == ["text", "source_row (input)", "source_row"]


@pytest.mark.parametrize(
    "name",
    ["..csv", "...csv", "a..txt", "-x.txt", "#%2e%2e.txt", "con.txt", "x" * 240, "\udcff.txt"],
)
def test_input_names_cannot_lead_out_of_the_folder(workplace, monkeypatch, name):
    inner = workplace / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    (inner / name).write_text("a river\nthe dog\n")
    result = run(f"./{name}", "--layers", "0")
    assert result.exit_code in (0, 2), result.output
    assert {path.name for path in workplace.iterdir()} <= {"in.csv", "home", "inner"}
    assert len(list(inner.iterdir())) == (2 if result.exit_code == 0 else 1)


def test_peak_memory_is_unknown_where_the_system_does_not_say(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resource", None)
    assert extraction.peak_memory_bytes() is None
