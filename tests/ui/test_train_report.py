"""All that is seen of a finished run, in Streamlit's own test harness; runs of a tiny model."""

import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from embedlib.projection import project_layers, worker
from embedlib.training import launch, runs
from embedlib.training.child import train
from embedlib.training.runs import Run
from embedlib.ui.literal import literal
from embedlib.ui.server import FRAME
from embedlib.ui.train.report import PANELS
from embedlib.ui.train.report.before_after import _changed
from embedlib.ui.train.report.tagged import highlighted
from tests.models import folders
from tests.training import made
from tests.ui.test_pages import PATIENCE_SECONDS, captions, checked, own_home, pictures

__all__ = ["own_home"]  # the fixture of that module, for this one

PAGE = Path(__file__).parents[1] / "e2e" / "pages" / "train_report.py"
PROBE, LORA, TOKENS = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture(scope="module")
def home(own_home, tmp_path_factory) -> Path:
    """A home with a probe, a LoRA and a tagger of the tiny model, each done."""
    from embedlib import paths

    models = folders.save(tmp_path_factory.mktemp("models") / "tiny").parent
    root = paths.runs_folder()
    fast = {"epochs": 1, "learning_rate": 1e-3, "batch_size": 16}
    made_runs = (
        made.run(root / PROBE, models, "probe", rungs=("majority", "tfidf", "centroids")),
        made.run(root / LORA, models, "lora", rank=2, **fast),
        made.run(root / TOKENS, models, "full", task="tokens", data=made.tagged(), **fast),
    )
    for run in made_runs:
        train(run.folder)
    return root


@pytest.fixture
def spoiled(home):
    """A copy of the LoRA's folder that a test may damage."""
    folder = home / ("d" * 32)
    shutil.copytree(home / LORA, folder)
    yield folder
    shutil.rmtree(folder)


def report(run: str, panel: str = "Ladder", **address: str) -> AppTest:
    """The report of a run with one panel open."""
    at = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in ({"run": run, "report_view": panel} | address).items():
        at.query_params[name] = value
    return checked(at.run())


def words(at: AppTest) -> str:
    """All that can be read outside tables and pictures."""
    shown = [*(text.value for text in at.text), *(one.value for one in at.markdown)]
    return "\n".join([captions(at), *shown, *(code.value for code in at.code)])


@pytest.mark.parametrize("run", [PROBE, LORA, TOKENS])
@pytest.mark.parametrize("panel", list(PANELS))
def test_every_panel_of_every_run_shows_something(home, run, panel, monkeypatch):
    monkeypatch.setattr(worker, "project_layers", project_layers)
    at = report(run, panel, before_after="pca")
    shown = len(pictures(at)) + len(at.dataframe) + len(at.code) + len(captions(at))
    assert shown > 1
    assert at.metric[0].label in ("Accuracy", "Entity F1, strict")


def test_the_scores_can_be_quoted_with_their_intervals(home):
    at = report(PROBE)
    found = Run(home / PROBE).report()["test"]
    low, high = found["accuracy_interval"]
    quote = at.code[0].value
    assert f"Accuracy {found['accuracy']:.3f} (95 % interval {low:.3f} to {high:.3f})" in quote
    assert "Linear probe" in quote and at.metric[0].value == f"{found['accuracy']:.3f}"


def test_the_ladder_has_every_step_and_what_it_bought(home):
    at = report(PROBE)
    table = at.dataframe[0].value
    assert table["Step"].tolist() == [
        *("Largest label", "TF-IDF", "Class centroids", "Linear probe"),
    ]
    assert "Highest accuracy" in pictures(at)[0]
    said = words(at)
    assert "Only Largest label is right on" in said and ", only TF-IDF on" in said
    alone = report(LORA)
    assert "There is one step" in words(alone)


def test_the_space_before_and_after_stands_beside_what_changed(home, monkeypatch):
    monkeypatch.setattr(worker, "project_layers", project_layers)
    at = report(LORA, "Before and after", before_after="pca")
    assert "changed most" in pictures(at)[0] and "nearest to their own label" in pictures(at)[1]
    assert "Move between" in captions(at)
    table = at.dataframe[0].value
    assert table["Changed"].is_monotonic_decreasing and len(table) == 36
    assert "no space before and after" in captions(report(PROBE, "Before and after"))


def test_damaged_drift_is_said_in_words(spoiled):
    for content in (None, "{}", '{"note": "Spaces are compared on at least 3 texts, got 1."}'):
        path = spoiled / "drift.json"
        path.unlink() if content is None else path.write_text(content)
        at = report(spoiled.name, "Before and after")
        assert not pictures(at) and at.text[-1].value
        path.touch()


def test_the_trained_model_becomes_the_model_of_every_page(home):
    at = report(LORA)
    next(one for one in at.button if one.label == "Use this model on every page").click()
    checked(at.run())
    name = at.session_state["model"]
    assert name == "topics-bbbbbb"
    every = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    every.query_params["model"] = name
    checked(every.run())
    assert every.sidebar.selectbox(key="model").value == name
    assert "layer 3 of 3" in captions(every)
    assert "trained this model" not in captions(every)
    taught = Run(home / LORA).examples().part("train").texts
    every.session_state["pasted"] = "\n".join([taught[0], taught[1], "a text of nobody"])
    every.session_state["data"] = "paste"
    said = captions(checked(every.run()))
    assert "2 of these 3 texts trained this model" in said
    assert "Use this model" not in str([one.label for one in report(PROBE).button])


def test_a_run_elsewhere_says_how_its_model_can_be_used(home, tmp_path, monkeypatch):
    moved = tmp_path / "runs" / LORA
    shutil.copytree(home / LORA, moved)
    monkeypatch.setattr(runs, "find", lambda _: Run(moved))
    assert "given with --models-dir" in captions(report(LORA))


def test_more_data_draws_the_probe_and_the_recipe_when_asked(home, monkeypatch):
    at = report(PROBE, "More data")
    assert "Linear probe: from" in pictures(at)[0]
    assert "rows instead of" in words(at)
    monkeypatch.setattr(launch, "start", lambda run: train(run.folder))
    at = report(LORA, "More data")
    assert "No curve is measured yet" in captions(at) and not pictures(at)
    for label in ("Measure the probe on growing parts", "Measure LoRA on growing parts"):
        next(one for one in at.button if one.label == label).click()
        checked(at.run())
    assert "LoRA: from" in pictures(at)[0]
    assert "Measure" not in str([one.label for one in at.button])
    assert "Measure Full fine-tuning" in str([b.label for b in report(TOKENS, "More data").button])


def test_a_cell_of_the_address_lists_its_rows(home):
    run = Run(home / LORA)
    names, counts = run.report()["labels"], run.report()["confusion"]
    truth, guess = next((i, j) for i in range(3) for j in range(3) if i != j and counts[i][j])
    at = report(LORA, "Labels", truth=names[truth], guess=names[guess])
    rows = at.dataframe[1].value
    assert len(rows) == counts[truth][guess]
    assert set(rows["Label"]) == {names[truth]} and set(rows["Predicted"]) == {names[guess]}
    next(one for one in at.button if one.label == "Clear").click()
    assert "Click a cell" in captions(checked(at.run()))
    assert "truth" not in at.query_params


def test_a_label_of_an_old_address_is_left_aside(home):
    assert "Click a cell" in captions(report(PROBE, "Labels", truth="gone", guess="<b>"))


def test_typed_texts_are_predicted_and_can_be_taken_home(home):
    at = report(PROBE, "Predict")
    at.text_area[0].set_value("the dog runs\n\na savings bank")
    checked(at.run())
    table = at.dataframe[0].value if at.dataframe else at.get("arrow_data_frame")[0].value
    assert table["Predicted"].tolist() == ["animals", "money"]
    assert "2 texts, chances as the model gives them" in captions(at)
    at.text_area[0].set_value("  ")
    assert "Type a text" in captions(checked(at.run()))


def test_typed_sentences_are_tagged(home):
    at = report(TOKENS, "Predict")
    at.text_area[0].set_value("the **dog** <b>runs</b> $x$ :red[a]")
    checked(at.run())
    assert "in 1 sentence" in captions(at)


def test_a_file_is_predicted_when_asked(home):
    at = report(PROBE, "Predict", predict_from="file")
    csv = b"id,text\n1,the dog runs\n2,\n3,a savings bank\n"
    at.file_uploader[0].set_value([("q.csv", csv, "text/csv")])
    checked(at.run())
    next(one for one in at.button if one.label == "Predict 3 rows").click()
    checked(at.run())
    assert "1 row without a text left out" in captions(at)
    assert "2 texts, chances as the model gives them" in captions(at)


def test_a_file_that_cannot_be_read_is_said_in_words(home):
    at = report(PROBE, "Predict", predict_from="file")
    at.file_uploader[0].set_value([("q.csv", b"\x00\x01\x02" * 50, "text/csv")])
    checked(at.run())
    assert len(at.text) > 0 and not at.dataframe


def test_what_a_recipe_does_not_have_is_said(home):
    assert "no calibrated confidence" in captions(report(TOKENS, "Confidence"))
    assert "has not looked for doubtful labels" in captions(report(LORA, "Mistakes"))
    assert "no adapters" in captions(report(PROBE, "Take it home"))


@pytest.mark.parametrize(
    ("name", "panels", "said"),
    [
        ("report.json", ["Ladder"], "report.json"),
        ("predictions.parquet", ["Labels", "Confidence", "Predict"], "predictions.parquet"),
        ("model/config.json", ["Predict"], "must be as it was saved"),
    ],
)
@pytest.mark.parametrize("content", [None, b'{"x": 1}'])
def test_a_damaged_folder_is_said_in_words(spoiled, name, panels, said, content):
    path = spoiled / name
    path.unlink() if content is None else path.write_bytes(content)
    seen = [words(report(spoiled.name, panel, truth="money")) for panel in panels]
    assert any(said in one for one in seen)


def test_predictions_of_another_run_are_said_in_words(spoiled, home):
    shutil.copy(home / TOKENS / "predictions.parquet", spoiled)
    at = report(spoiled.name, "Labels", truth="money")
    assert "must have the same labels" in words(at)


def test_a_report_of_other_hands_is_no_markup(spoiled):
    report_file = spoiled / "report.json"
    content = json.loads(report_file.read_text())
    content["notes"] = ["**bold** <script>alert(1)</script>"]
    report_file.write_text(json.dumps(content))
    shown = [one.value for one in report(spoiled.name).caption]
    assert any(r"\*\*bold\*\* \<:small[]script\>" in caption for caption in shown)


def test_entities_are_marked_and_a_persons_text_is_not_parsed():
    said = highlighted(("*Anna*", "Lee", ":red[x]"), ("B-per", "I-per", "O"), ("loc", "per"))
    assert said == (r":orange-background[**\*Anna\* Lee** :small[per]] \::small[]red\[x\]")


def test_addresses_icons_and_arrows_of_a_text_are_taken_apart():
    text = ":material/home: http://a.org www.b.com me@c.org a->b -- <= 10:30, 3.5 x."
    said = literal(text)
    assert re.sub(r"\\(.)", r"\1", said.replace(":small[]", "")) == text
    pieces = re.sub(r"\\(.)", r"\1", said.replace(":small[]", " ")).split()
    assert not {"http://a", ":material/home:", "me@c", "--", "<=", "->"} & set(pieces)
    assert ":small[]" not in literal("plain words, no more. None")


def test_sentences_that_are_not_read_to_their_end_are_counted(home):
    at = report(TOKENS, "Predict")
    assert "was not read" not in captions(at)
    at.text_area[0].set_value("the dog runs\n" + "dog " * 700)
    most = Run(home / TOKENS).report()["facts"]["max_tokens"]
    said = captions(checked(at.run()))
    assert f"The end of 1 of 2 sentences was not read: this run reads the first {most}" in said
    assert "tagged O" in said
    at = report(PROBE, "Predict")
    at.text_area[0].set_value("the dog runs\n" + "dog " * 700)
    assert "The end of 1 of 2 texts was not read" in captions(checked(at.run()))


def test_labels_without_test_rows_have_a_dash_instead_of_a_score(spoiled):
    path = spoiled / "report.json"
    said = json.loads(path.read_text("utf-8"))
    said["per_label"][0] |= {"rows": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    gone = said["curves"]["areas"].pop(0)["label"]
    path.write_text(json.dumps(said), "utf-8")
    at = report(spoiled.name, "Labels")
    scores = at.dataframe[-1].value
    shown = ["Precision", "Recall", "Recall, 95 %", "F1"]
    assert scores[shown].isna().all(axis=1).tolist() == [True, False, False]
    assert "–: 1 label without rows in the test" in captions(at)
    at = report(spoiled.name, "Confidence")
    areas = at.dataframe[-1].value.set_index("Label")
    assert areas.loc[gone].isna().all() and areas.notna().sum().tolist() == [2, 2]
    assert "1 label without test rows" in captions(at)


def test_labels_that_stayed_where_they_were_are_not_said_to_have_changed():
    assert _changed("card", 0.97, 0.97).startswith("No label changed")
    assert "97% of its texts were nearest to their own label, now 98%" in _changed("a", 0.97, 0.98)
    assert "97.1% of its" in _changed("a", 0.971, 0.974)


def test_a_head_is_weighed_in_kilobytes(home):
    at = report(PROBE, "Take it home")
    (label,) = (one.label for one in at.get("download_button") if "Model" in one.label)
    assert re.fullmatch(r"Model \(zip\), [1-9]\d* KB", label)
    assert "head alone" in captions(at)
