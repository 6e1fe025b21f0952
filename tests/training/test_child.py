"""A run through its child: report, model, resumption after a kill, cancel, the line of runs."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from embedlib.errors import EmbedlibError, OptionError, StoreError
from embedlib.models import available, load
from embedlib.training import checkpoints, journal, launch, line, runs
from embedlib.training.child import train
from embedlib.training.predicting import predictor
from embedlib.training.processes import this_process
from embedlib.training.settings import settings
from embedlib.training.status import Status, read_status, write_status
from tests.training import made

STEPS = {"epochs": 10, "learning_rate": 3e-3, "patience": 0, "batch_size": 8}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, models_dir):
    """An undisturbed run, with the ladder's quick rungs."""
    root = tmp_path_factory.mktemp("runs")
    run = made.run(root / ("a" * 32), models_dir, rungs=("majority", "tfidf"), **STEPS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(root))
        train(run.folder)
    return run


def test_a_run_ends_with_scores_their_intervals_and_what_made_them(finished):
    report = finished.report()
    assert finished.status().state == "done"
    test = report["test"]
    assert test["rows"] == finished.settings.data["rows"]["test"] == 36
    assert test["accuracy"] > 0.8
    assert test["accuracy_interval"][0] <= test["accuracy"] <= test["accuracy_interval"][1]
    assert 0 < test["macro_f1"] <= 1 and report["seconds"] > 0
    assert report["trainable_parameters"] == report["parameters"] > 1_000
    assert [step["name"] for step in report["ladder"]] == ["majority", "tfidf", "full"]
    assert len(report["comparisons"]) == 2 and report["comparisons"][0]["sentence"]
    assert np.array(report["confusion"]).sum() == test["rows"]
    assert report["data"]["sha256"] and report["versions"]["torch"] and report["seed"] == 7
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_curves_go_down_and_know_how_long_it_takes(finished):
    curves = finished.curves()
    steps, losses = curves.column("train", "loss")
    assert steps == sorted(steps) and losses[-1] < losses[0]
    assert [line["epoch"] for line in curves.validation] == [*range(STEPS["epochs"] + 1)]
    assert {"learning_rate", "texts_per_second"} <= set(curves.train[-1])
    assert list((finished.folder / "tensorboard").iterdir())


def test_plain_transformers_loads_the_model_and_predicts_the_same(finished):
    model = AutoModelForSequenceClassification.from_pretrained(finished.model).eval()
    tokenizer = AutoTokenizer.from_pretrained(finished.model)
    texts = ["the dog runs", "a savings bank", "the river is a sea"]
    with torch.inference_mode():
        logits = model(**tokenizer(texts, padding=True, return_tensors="pt")).logits
    heat = finished.report()["calibration"]["temperature"]
    expected = (logits / heat).softmax(-1).numpy()
    said = predictor(finished).predict(texts)
    np.testing.assert_allclose(said.chances, expected, atol=1e-5)
    assert said.predicted == tuple(model.config.id2label[i] for i in logits.argmax(-1).tolist())
    assert said.predicted == ("animals", "money", "water")


def test_the_trained_model_is_a_model_like_any_other(finished, home):
    taught_tokens = finished.report()["facts"]["max_tokens"]
    (home / "runs").mkdir()
    (home / "runs" / finished.id).symlink_to(finished.folder)
    assert not [m for m in available() if m.name.startswith("topics-")]  # a link is not followed
    (home / "runs" / finished.id).unlink()
    finished.folder.rename(home / "runs" / finished.id)
    try:
        (name,) = [m.name for m in available() if m.name.startswith("topics-")]
        assert name == "topics-aaaaaa"
        card = load(name).card
        assert (card.n_layers, card.max_tokens) == (3, taught_tokens)
    finally:
        (home / "runs" / finished.id).rename(finished.folder)


def test_the_files_for_people_hold_no_markup_of_theirs(finished):
    page = (finished.folder / "report.html").read_text("utf-8")
    assert "<script" not in page and "Full fine-tuning" in page and "animals" in page
    card = (finished.model / "README.md").read_text("utf-8")
    assert finished.settings.data["sha256"] in card and "from_pretrained" in card
    script = (finished.folder / "reproduce.py").read_text("utf-8")
    compile(script, "reproduce.py", "exec")
    call = script[script.index("settings(\n") :].split("\nrun =")[0]
    again = eval(call, {"settings": settings})
    assert replace(again, data=finished.settings.data) == finished.settings


def test_a_killed_run_resumes_and_ends_with_the_same_weights(finished, tmp_path, models_dir):
    run = made.run(tmp_path / "killed", models_dir, **STEPS)
    launch.start(run)
    while (checkpoints.newest(run.folder) or 0) < 8 and run.status().live:
        time.sleep(0.02)
    os.killpg(run.status().pid, signal.SIGKILL)
    launch._wait(read_status(run.folder).process)
    assert run.status().state == "interrupted"
    step = checkpoints.newest(run.folder)
    assert 0 < step < 160
    train(run.folder)  # as the child of `resume` would
    assert run.status().state == "done"
    there, here = (load_file(r.model / "model.safetensors") for r in (finished, run))
    assert all(torch.equal(there[name], here[name]) for name in there)
    assert run.report()["test"] == finished.report()["test"]
    lines = journal.lines(run.folder)
    assert [x["step"] for x in lines] == [x["step"] for x in journal.lines(finished.folder)]


def test_a_damaged_checkpoint_is_passed_over(finished, tmp_path, models_dir):
    whole = checkpoints.newest(finished.folder)
    file = checkpoints.path_of(finished.folder, whole) / checkpoints.WEIGHTS
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        assert checkpoints.newest(finished.folder) == checkpoints.steps(finished.folder)[-2]
    finally:
        file.write_bytes(content)


def test_a_waiting_run_knows_its_position_and_is_cancelled_at_once(tmp_path, home, models_dir):
    run = made.run(tmp_path / "waits", models_dir, **STEPS)
    with line.turn(home / "runs", "another", lambda _: None):
        launch.start(run)
        while run.status().position != 1:
            time.sleep(0.02)
        assert line.waiting_runs(home / "runs") == ("another", "waits")
        with pytest.raises(OptionError, match="must not be queued"):
            launch.start(run)
        began = time.monotonic()
        assert launch.cancel(run).state == "cancelled"
        assert time.monotonic() - began < 20
    assert line.waiting_runs(home / "runs") == ()
    assert run.status().state == "cancelled" and not run.status().process.alive


def test_the_child_sees_no_secret(monkeypatch, tmp_path, models_dir):
    monkeypatch.setenv("WANDB_API_KEY", "canary")
    monkeypatch.setenv("HF_TOKEN", "canary")
    run = made.run(tmp_path / "quiet", models_dir, **STEPS)
    found = launch._environment(run)
    assert "canary" not in found.values() and found["OMP_WAIT_POLICY"] == "PASSIVE"


def test_a_live_state_without_its_process_is_an_interruption(tmp_path):
    me = this_process()
    write_status(tmp_path, Status("running", pid=me.pid, started=me.started))
    assert read_status(tmp_path).state == "running"
    write_status(tmp_path, Status("running", pid=me.pid, started=me.started - 100))
    assert read_status(tmp_path).state == "interrupted"
    write_status(tmp_path, Status("queued", asked=time.time() - 3_600))
    assert read_status(tmp_path).state == "interrupted"


def test_an_error_in_training_is_told_in_words(tmp_path, models_dir):
    run = made.run(tmp_path / "diverges", models_dir, **STEPS | {"learning_rate": 1.0, "warmup": 0})
    (run.folder / "data" / "examples.parquet").write_bytes(b"damaged")
    with pytest.raises(EmbedlibError):
        train(run.folder)
    assert run.status().state == "failed" and "has changed" in run.status().what


def test_a_full_disk_keeps_the_last_good_checkpoint(tmp_path, models_dir, monkeypatch):
    run = made.run(tmp_path / "full", models_dir, **STEPS)
    written = []

    def save_file(state, path):
        written.append(path)
        if len(written) > 3:  # what it begins with, and two epochs
            raise OSError(28, "No space left on device")
        from safetensors.torch import save_file as save

        save(state, path)

    monkeypatch.setattr("embedlib.training.loop.save_file", save_file)
    with pytest.raises(StoreError, match="No space left"):
        train(run.folder)
    assert run.status().state == "failed" and "Free some space" in run.status().hint
    assert checkpoints.newest(run.folder) == 34
    assert not list(Path(run.folder, "checkpoints").glob(".tmp-*"))


def test_runs_are_listed_found_renamed_and_removed(home, models_dir):
    run = made.run(home / "runs" / ("b" * 32), models_dir, **STEPS)
    assert [r.id for r in runs.listed()] == [run.id] and runs.find(run.id).folder == run.folder
    assert runs.rename(run, " My\nrun ").settings.name == "My run"
    for wrong in ("../" + run.id, run.id + "\0", "", run.id.upper(), "c" * 32):
        with pytest.raises(EmbedlibError):
            runs.find(wrong)
    with pytest.raises(OptionError, match="must have ended"):
        runs.remove(run)
    launch.cancel(run)
    runs.remove(run)
    assert runs.listed() == []
