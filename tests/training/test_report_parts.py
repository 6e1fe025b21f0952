"""What is shown of a finished run: the report checked, rows behind cells, curves, files to take."""

import io
import json
import shutil
import zipfile

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import auc, average_precision_score, roc_auc_score
from transformers import pipeline

from embedlib.errors import Cancelled, LimitError, OptionError, ReadError, TextError
from embedlib.models.places import Place
from embedlib.training import taught
from embedlib.training.child import train
from embedlib.training.confused import confused_pairs, most_confused_labels
from embedlib.training.cut import cut_by
from embedlib.training.finished import bought, finished, headline
from embedlib.training.predicted import read_predictions
from embedlib.training.predicting import Predictions, predict_all, predictor, tag_all
from embedlib.training.runs import Run
from embedlib.training.take_home import PARCELS, command_lines, loading_code
from embedlib.training.thresholds import label_curves
from embedlib.training.typed import conll, corrected_csv, typed
from tests.training import made


@pytest.fixture(scope="module")
def runs(tmp_path_factory, models_dir):
    """A probe, a tiny LoRA and a tiny tagger, each done."""
    root = tmp_path_factory.mktemp("runs")
    fast = {"epochs": 2, "learning_rate": 2e-2, "batch_size": 8}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(root))
        patch.setenv("OMP_NUM_THREADS", "1")
        found = {
            "probe": made.run(root / "probe", models_dir, "probe", rungs=("majority", "tfidf")),
            "lora": made.run(root / "lora", models_dir, "lora", rank=4, **fast),
            "tokens": made.run(
                root / "tokens", models_dir, "full", task="tokens", data=made.tagged(), **fast
            ),
        }
        for run in found.values():
            train(run.folder)
    return found


@pytest.fixture
def spoiled(runs, tmp_path):
    """A copy of the probe's folder, to be damaged."""
    folder = tmp_path / "copy"
    shutil.copytree(runs["probe"].folder, folder)
    return Run(folder)


def test_the_headline_says_scores_intervals_and_rows(runs):
    found = finished(runs["probe"])
    value, low, high = found.scores["accuracy"]
    said = headline(found)
    assert f"Accuracy {value:.3f} (95 % interval {low:.3f} to {high:.3f}) and macro F1" in said
    assert "on 36 test rows that neither taught nor chose anything." in said
    assert "Linear probe" in bought(found) and "TF-IDF" in bought(found)
    assert not found.changes_model and finished(runs["lora"]).changes_model
    assert headline(finished(runs["tokens"])).startswith("Entity F1, strict ")


def test_a_run_with_one_step_has_nothing_to_compare(runs):
    assert bought(finished(runs["lora"])) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda report: report.pop("test"), "test of the run's report.json must be there"),
        (lambda report: report["test"].pop("accuracy"), "test.accuracy of .* must be there"),
        (lambda report: report["test"].update(accuracy="high"), "test.accuracy .* a number"),
        (lambda report: report["test"].update(accuracy_interval=[0.1]), "must be two numbers"),
        (lambda report: report.update(labels="a, b"), "labels .* must be a list, got str"),
        (lambda report: report.update(ladder=[{"name": "probe"}]), "ladder.label .* be there"),
        (lambda report: report.update(recipe="magic"), "recipe .* must be one of centroids"),
        (lambda report: report["confusion"].pop(), "confusion .* a column for each of 3 labels"),
        (lambda report: report.pop("calibration"), "calibration of .* must be there"),
        (lambda report: report.update(notes=[{}]), "notes .* must be text, got dict"),
        (lambda report: report.update(calibration={"temperature": None}), "a number, got None"),
    ],
)
def test_a_damaged_report_is_said_in_words(spoiled, change, words):
    report = spoiled.report()
    change(report)
    (spoiled.folder / "report.json").write_text(json.dumps(report))
    with pytest.raises(ReadError, match=words):
        finished(spoiled)


@pytest.mark.parametrize("content", [None, "", "[1]", '{"test": '])
def test_a_report_that_is_none_is_said_in_words(spoiled, content):
    path = spoiled.folder / "report.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(ReadError, match=r"report\.json must be whole to be shown"):
        finished(spoiled)


def test_the_rows_of_a_cell_are_as_many_as_it_says(runs):
    for kind in ("probe", "tokens"):
        found = finished(runs[kind])
        rows = read_predictions(runs[kind])
        assert len(rows) == found.report["test"]["rows"]
        counts = np.array(found.report["confusion"])
        for i, label in enumerate(found.labels):
            for j, guess in enumerate(found.labels):
                n = len(rows.cell(label, guess))
                # A sentence may have several words of a cell.
                assert n == counts[i, j] if kind == "probe" else (n > 0) == (counts[i, j] > 0)
    everything = rows.cell(None, None)
    assert len(everything) == len(rows)


def test_the_surest_rows_of_a_cell_stand_first(runs):
    rows = read_predictions(runs["probe"])
    sure = rows.confidence[rows.cell(None, None)]
    assert (np.diff(sure) <= 0).all() and len(read_predictions(runs["probe"], "validation"))


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and nothing"])
def test_damaged_predictions_are_said_in_words(spoiled, content):
    path = spoiled.folder / "predictions.parquet"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ReadError, match=r"predictions\.parquet must hold row, part, text"):
        read_predictions(spoiled)


def test_predictions_without_a_column_are_said_in_words(spoiled):
    path = spoiled.folder / "predictions.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["label"]), path)
    with pytest.raises(ReadError, match=r"predictions\.parquet must hold row, part, text, label"):
        read_predictions(spoiled)


def test_confused_pairs_are_in_order_and_add_up():
    counts = np.array([[5, 1, 3], [0, 9, 0], [2, 2, 1]])
    pairs = confused_pairs(("a", "b", "c"), counts)
    assert [(p.label, p.predicted, p.rows) for p in pairs] == [
        *(("a", "c", 3), ("c", "a", 2), ("c", "b", 2), ("a", "b", 1)),
    ]
    assert sum(p.rows for p in pairs) == counts.sum() - counts.trace()
    assert pairs[0].share == 3 / 9
    assert confused_pairs(("a", "b"), np.eye(2, dtype=int)) == ()
    assert most_confused_labels(counts, 2).tolist() == [0, 2]
    assert most_confused_labels(counts, 3).tolist() == [0, 1, 2]


def test_curves_have_the_areas_that_scikit_learn_finds():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 5_000)
    chances = random.dirichlet(np.ones(4), 5_000)
    chances[np.arange(5_000), truth] += 0.4
    curves = label_curves(chances, truth, ("a", "b", "c", "never"))
    assert [one.label for one in curves] == ["a", "b", "c"]
    for number, one in enumerate(curves):
        is_label = truth == number
        area = auc(one.false_positive_rate, one.true_positive_rate)
        assert one.roc_auc == pytest.approx(roc_auc_score(is_label, chances[:, number]))
        assert area == pytest.approx(one.roc_auc, abs=5e-3)  # 200 points are kept
        average = average_precision_score(is_label, chances[:, number])
        assert one.average_precision == pytest.approx(average)
        assert len(one.recall) <= 200 and one.recall[0] == 1 and one.recall[-1] == 0
        assert one.share == pytest.approx(is_label.mean())


def test_many_texts_are_predicted_as_few_are_with_progress_and_cancel(runs):
    ready = predictor(runs["lora"])
    texts = made.examples(200).texts[:300]
    said = []
    found = predict_all(ready, texts, progress=said.append)
    np.testing.assert_allclose(found.chances[:20], ready.predict(texts[:20]).chances, atol=1e-5)
    assert len(found.chances) == 300
    assert [(one.done, one.total) for one in said] == [(0, 300), (256, 300)]
    with pytest.raises(Cancelled):
        predict_all(ready, texts, cancelled=lambda: True)
    with pytest.raises(TextError, match="at least one text"):
        predict_all(ready, ())
    words = [text.split() for text in texts[:3]]
    tagger = predictor(runs["tokens"])
    assert tag_all(tagger, words) == tagger.tag(words)
    with pytest.raises(OptionError, match="sentences of at least one word"):
        tag_all(tagger, [])


@pytest.mark.parametrize("kind", ["probe", "lora", "tokens"])
def test_a_text_is_cut_where_it_has_one_token_too_many(runs, kind):
    ready = predictor(runs[kind])
    most = cut_by(ready, ["the dog"]).max_tokens
    texts = ["dog " * n for n in (1, most - 2, most - 1)]  # [CLS] and [SEP] take two
    given = {"words": [text.split() for text in texts]} if kind == "tokens" else {"texts": texts}
    found = cut_by(ready, **given)
    assert found.cut.tolist() == [False, False, True] and found.n == 1


def test_a_pair_is_cut_where_both_together_are_too_long(runs):
    ready = predictor(runs["lora"])
    half = cut_by(ready, ["the dog"]).max_tokens // 2
    assert cut_by(ready, ["dog " * (half - 3), "dog " * half], ["dog " * half] * 2).n == 1


def test_the_two_likeliest_labels_are_kept_and_the_first_of_equals_wins():
    chances = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]], np.float32)
    found = Predictions(("a", "b", "c"), chances).guesses
    assert found.labels == ("b", "a") and found.next_labels == ("c", "c")
    assert found.next_chances.tolist() == pytest.approx([0.3, 0.4])


def test_typed_lines_become_texts_or_pairs():
    assert typed(" one \n\n 二 ").texts == ("one", "二")
    both = typed("a | b | c\nd |  e", pairs=True)
    assert (both.texts, both.pairs) == (("a", "d"), ("b | c", "e"))
    with pytest.raises(TextError, match="at least one text, got none"):
        typed(" \n ")
    with pytest.raises(TextError, match="line 2 does not"):
        typed("a | b\nc", pairs=True)


def test_a_correction_wins_in_the_file_and_nothing_of_the_input_is_lost():
    columns = {"text": ["x, y", "z"], "label": ["old", "old"]}
    content = corrected_csv(columns, ("a", "b"), (None, "a"), {"confidence": [0.5, 0.9]})
    table = pyarrow.csv.read_csv(io.BytesIO(content)).to_pydict()
    assert table["text"] == ["x, y", "z"] and table["label"] == ["old", "old"]
    assert table["label (input)"] == ["a", "a"] and table["predicted"] == ["a", "b"]
    assert table["corrected"] == [False, True] and table["confidence"] == [0.5, 0.9]


def test_tags_are_written_as_conll_reads_them():
    from embedlib.training.conll import read_conll

    words, tags = (("Anna", "sleeps"), ("Rome",)), (("B-per", "O"), ("B-loc",))
    again = read_conll(conll(words, tags), "x.conll")
    assert (again.words, again.tags) == (words, tags)


@pytest.mark.parametrize("kind", ["probe", "lora", "tokens"])
def test_every_parcel_can_be_taken_home_and_opened(runs, kind):
    found = finished(runs[kind])
    offered = {name: row for name, row in PARCELS.items() if row.offered(found)}
    assert ("adapter" in offered) == (kind == "lora")
    for row in offered.values():
        content = row.make(found)
        assert row.file_name(found).startswith("topics") and len(content) > 100
        if row.mime == "application/zip":
            assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    table = pyarrow.csv.read_csv(io.BytesIO(PARCELS["predictions"].make(found)))
    assert set(table["part"].to_pylist()) == {"validation", "test"}
    assert json.loads(PARCELS["json"].make(found)) == runs[kind].report()


@pytest.mark.parametrize("kind", ["lora", "tokens"])
def test_the_zip_loads_with_the_line_that_is_shown(runs, kind, tmp_path):
    found = finished(runs[kind])
    content = PARCELS["model"].make(found)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    code = loading_code(found)
    task = "token-classification" if kind == "tokens" else "text-classification"
    assert f'pipeline("{task}", model="{folder.name}")' in code
    said = pipeline(task, model=str(folder))("the dog runs")
    assert said and {"README.md", "labels.json"} <= {path.name for path in folder.iterdir()}


def test_a_probe_is_used_through_this_library(runs):
    found = finished(runs["probe"])
    scope = {}
    exec(loading_code(found), scope)  # as a person would: it names the run's own folder
    assert scope["said"].predicted[0] in found.labels
    said = PARCELS["model"].says(found)
    assert "head alone" in said and "not in it" in said
    assert "adapters are merged" in PARCELS["model"].says(finished(runs["lora"]))
    assert "read_head(FOLDER)" in (found.run.model / "README.md").read_text("utf-8")
    assert "embedlib predict" in command_lines(found) and "tensorboard" not in command_lines(found)
    assert "tensorboard --logdir" in command_lines(finished(runs["lora"]))


def test_a_model_that_is_not_whole_or_too_large_is_not_packed(spoiled, monkeypatch):
    found = finished(spoiled)
    monkeypatch.setenv("EMBEDLIB_EXPORT_BYTES", "10")
    with pytest.raises(LimitError, match="A model in one file must be at most 10 bytes"):
        PARCELS["model"].make(found)
    next(spoiled.model.glob("*.safetensors")).write_bytes(b"half")
    with pytest.raises(ReadError, match="must be as it was saved"):
        PARCELS["model"].make(found)


def test_the_script_comes_with_the_data_it_reads(runs):
    found = finished(runs["probe"])
    archive = zipfile.ZipFile(io.BytesIO(PARCELS["script"].make(found)))
    names = [name.partition("/")[2] for name in archive.namelist()]
    assert names == ["reproduce.py", "data/examples.parquet"]
    compile(archive.read(archive.namelist()[0]), "reproduce.py", "exec")


def test_a_model_counts_the_texts_that_taught_it_and_no_others(spoiled, monkeypatch):
    run = spoiled
    monkeypatch.setattr(taught, "find", lambda name: Place(name, "folder", run.model))
    own, others = (run.examples().part(name).texts for name in ("train", "test"))
    strange = [text for text in others if text not in own] + ["a text of nobody"]
    assert taught.n_taught("mine", [f" {own[0]}\n", *own, *strange]) == len(own) + 1
    (run.folder / "data" / "examples.parquet").write_bytes(b"half")
    assert taught.n_taught("mine", own) == 0
    monkeypatch.undo()
    assert taught.n_taught("all-MiniLM-L6-v2", own) == taught.n_taught("no such model", own) == 0
