"""`map` writes rows, points and honesty that agree with the library, whole or not at all."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from embedlib.cli import app, folder
from embedlib.cli.progress import ProgressLine
from embedlib.projection import honesty, project
from tests.projection.made import groups

LAYERS, POOLINGS = [0, 3], ["mean", "cls"]


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    vectors = np.stack(
        [np.stack([groups(seed=10 * p + layer)[0] for layer in LAYERS]) for p in range(2)]
    )
    rows = pd.DataFrame({"text": [f"text {n}" for n in range(60)], "x": range(60)})
    rows["topic"] = [None if n == 0 else "abc"[n % 3] for n in range(60)]
    (tmp_path / "made").mkdir()
    np.save(tmp_path / "made" / folder.ARRAY, vectors)
    rows.to_parquet(tmp_path / "made" / folder.ROWS)
    manifest = {"shape": list(vectors.shape), "layers": LAYERS, "poolings": POOLINGS}
    about = {"model": "tiny", "cut_rows": [], "request": {"layers": "all"}}
    folder.VECTORS.write(tmp_path / "made", manifest | about)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, ["map", *arguments])


def vectors_of(pooling, layer):
    whole = np.load(f"made/{folder.ARRAY}")
    return whole[POOLINGS.index(pooling), LAYERS.index(layer)]


@pytest.mark.parametrize("dims", [2, 3])
def test_rows_points_and_honesty_are_those_of_the_library(workplace, dims):
    options = ["--option", "epochs=30", "--option", "min_dist=0.3", "--dims", str(dims)]
    result = run("made", "--layer", "3", "--pooling", "cls", "--seed", "5", *options)
    assert result.exit_code == 0, result.stderr
    made = project(
        vectors_of("cls", 3), n_dims=dims, seed=5, options={"epochs": 30, "min_dist": 0.3}
    )
    table = pq.read_table("made-map.parquet")
    axes = ["x", "y", "z"][:dims]
    frame = table.to_pandas()
    assert list(frame.columns) == [
        *("text", "x (input)", "topic", *axes, "true_neighbours_kept", "true_neighbours_torn"),
        *("false_neighbours", "trustworthiness", "continuity"),
    ]
    np.testing.assert_array_equal(frame[axes], made.points)
    assert list(frame["x (input)"]) == list(range(60)) and frame["text"][7] == "text 7"
    judged = honesty(vectors_of("cls", 3), made.points)
    np.testing.assert_array_equal(frame["true_neighbours_kept"], judged.kept)
    np.testing.assert_array_equal(frame["trustworthiness"], judged.point_trustworthiness)

    card = json.loads((workplace / "made-map.json").read_text())
    assert card == json.loads(table.schema.metadata[b"embedlib"])
    assert (card["format"], card["method"], card["seed"]) == ("embedlib map 1", "umap", 5)
    assert (card["layer"], card["pooling"], card["n_dims"]) == (3, "cls", dims)
    assert card["options"]["epochs"] == 30 and card["options"]["n_neighbours"] == 15
    assert card["vectors"]["model"] == "tiny" and "cut_rows" not in card["vectors"]
    assert card["honesty"]["map"]["trustworthiness"] == round(judged.trustworthiness, 6)
    assert card["neighbours"] == "exact" and card["versions"]["numba"]
    assert "UMAP of 60 texts at layer 3, cls; trustworthiness 0." in result.stdout


def test_the_last_layer_and_the_first_pooling_are_the_usual(workplace):
    assert run("made", "--method", "pca", "--out", "sub/a.parquet").exit_code == 0
    frame = pd.read_parquet("sub/a.parquet")
    made = project(vectors_of("mean", 3), "pca")
    np.testing.assert_array_equal(frame[["x", "y"]], made.points)
    assert sorted(p.name for p in (workplace / "sub").iterdir()) == ["a.json", "a.parquet"]


def test_labels_guide_the_map(workplace):
    options = ["--option", "epochs=30"]
    assert run("made", "--labels", "topic", *options).exit_code == 0
    labels = ["", *("abc"[n % 3] for n in range(1, 60))]
    made = project(vectors_of("mean", 3), options={"epochs": 30}, labels=labels)
    np.testing.assert_array_equal(pd.read_parquet("made-map.parquet")[["x", "y"]], made.points)
    card = json.loads((workplace / "made-map.json").read_text())
    assert card["guided_by_labels"] and card["labels"] == "topic"


def test_what_was_not_measured_is_null(workplace, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HONESTY_POINTS", "59")
    monkeypatch.setenv("EMBEDLIB_HONESTY_ROWS", "20")
    result = run("made", "--method", "pca")
    assert "measured on 20 texts" in result.stdout
    column = pq.read_table("made-map.parquet").column("true_neighbours_kept")
    assert column.null_count == 40 and str(column.type) == "int32"


def test_a_file_is_replaced_only_when_asked(workplace):
    assert run("made", "--method", "pca").exit_code == 0
    before = (workplace / "made-map.parquet").read_bytes()
    refused = run("made", "--method", "pca", "--layer", "0")
    assert refused.exit_code == 2 and "exists. Replace it with --force" in refused.stderr
    assert (workplace / "made-map.parquet").read_bytes() == before
    assert run("made", "--method", "pca", "--layer", "0", "--force").exit_code == 0
    assert json.loads((workplace / "made-map.json").read_text())["layer"] == 0


def test_ctrl_c_leaves_nothing_and_says_one_line(workplace, monkeypatch):
    def stop(self, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLine, "__call__", stop)
    result = run("made")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1].startswith("Stopped: nothing was written to ")
    assert [path.name for path in workplace.iterdir()] == ["made"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "DIR must be a folder that `embedlib embed` wrote, got 'nowhere'"),
        (["made", "--layer", "2"], "--layer must be one of 0, 3, got 2"),
        (["made", "--pooling", "max"], "--pooling must be one of mean, cls, got 'max'"),
        (["made", "--method", "umpa"], "The projection must be one of umap, "),
        (["made", "--metric", "l1"], "The metric must be one of cosine, euclidean, got 'l1'"),
        (["made", "--option", "epochs"], "--option must be NAME=VALUE with a number"),
        (["made", "--option", "epoch=3"], "Did you mean epochs?"),
        (["made", "--option", "epochs=3"], "epochs must be a whole number from 10 to 2000"),
        (["made", "--labels", "no"], "--labels must be a column, got 'no'. Try 'text', 'x'"),
        (["made", "--labels", "topic", "--method", "pca"], "PCA cannot be guided by labels"),
        (["made", "--out", "a.csv"], "--out must end in .parquet"),
        (["made", "--out", "a.parquet"], "must be a file, but"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(workplace, arguments, words):
    (workplace / "a.parquet").mkdir()
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr and "Traceback" not in result.output
    assert sorted(path.name for path in workplace.iterdir()) == ["a.parquet", "made"]


def test_files_that_do_not_belong_together_are_refused(workplace):
    pd.DataFrame({"text": ["one"]}).to_parquet(f"made/{folder.ROWS}")
    assert "must belong together" in run("made").stderr
    (workplace / "made" / folder.ARRAY).write_bytes(b"half")
    assert "cannot be read" in run("made").stderr
