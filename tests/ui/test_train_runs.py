"""Runs on the Train page: watched, listed, cancelled, ended early; with the bundled model."""

import re
import time

import pytest

from embedlib.training import journal, launch, runs
from embedlib.training.processes import this_process
from embedlib.training.runs import Run
from embedlib.training.settings import settings
from embedlib.training.status import Status, write_status
from tests.training import made
from tests.ui.test_pages import checked
from tests.ui.train_page import PATIENCE_SECONDS, own_home, page, press, words

__all__ = ["own_home"]  # the fixture of that module, for this one


@pytest.fixture(scope="module")
def trained(own_home: None) -> Run:
    """A probe that was started on the page, and has ended."""
    at = page(recipe="probe", rungs="majority,tfidf")
    press(at, "Start training")
    run_id = at.query_params["run"]
    assert "Start training" not in [button.label for button in at.button]
    run = runs.find(run_id)
    assert launch.wait(run, PATIENCE_SECONDS).state == "done"
    return run


def test_a_started_run_is_watched_and_its_report_shown_at_its_address(trained):
    at = page(run=trained.id)
    assert "Linear probe · all-MiniLM-L6-v2 · 43 train, 5 validation, 12 test rows" in words(at)
    assert trained.settings.rungs == ("majority", "tfidf")
    assert trained.settings.options["layer"] == "6"


def test_the_list_opens_renames_and_removes(trained):
    at = page()
    at.segmented_control(key="train_view").set_value("runs")
    checked(at.run())
    assert "macro F1" in words(at) and trained.settings.model in words(at)
    assert re.search(r"\d+ rows$", words(at), re.M) and re.search(r"\d+ s in all", words(at))
    at.text_input(key=f"name_{trained.id}").set_value("  <b>Mine</b> ")
    at.button(key=f"rename_{trained.id}").click()
    checked(at.run())
    assert "<b>Mine</b>" in words(at)
    at.button(key=f"open_{trained.id}").click()
    checked(at.run())
    assert at.query_params["run"] == trained.id


def ended(state: str, recipe: str = "lora", **more: object) -> Run:
    """A run that has not trained, in a state."""
    run = runs.create(settings(name="Ended", recipe=recipe), made.examples(20))
    write_status(run.folder, Status(state, asked=time.time(), **more))
    return run


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("failed", "The loss must stay a number."),
        ("cancelled", "Stopped by a person."),
        ("interrupted", "Its process ended, by a kill or a restart"),
    ],
)
def test_a_run_that_ended_early_says_why_and_offers_to_go_on(state, told):
    what = "The loss must stay a number." if state == "failed" else ""
    at = page(run=ended(state, what=what).id)
    assert told in words(at)
    assert "Resume" in [button.label for button in at.button]


def test_a_waiting_run_says_how_many_come_first_and_can_be_cancelled():
    me = this_process()
    run = ended("queued", pid=me.pid, started=me.started, position=2)
    at = page(run=run.id)
    assert "Waits behind 2" in words(at) or "2 runs come first" in words(at)
    assert "Cancel" in [button.label for button in at.button]
    write_status(run.folder, Status("cancelled", asked=time.time()))


def test_curves_are_drawn_beside_numbers_while_it_trains():
    me = this_process()
    run = ended("running", pid=me.pid, started=me.started, stage="Fine-tuning", done=4, total=9)
    line = {"kind": "train", "step": 4, "steps": 9, "epoch": 1.3, "seconds": 2.0, "loss": 0.5}
    journal.note(run.folder, line | {"learning_rate": 3e-4, "texts_per_second": 42.0})
    for step, score in ((3, 0.71), (4, 0.64)):
        measured = {"step": step, "epoch": 1.0, "loss": 0.4, "macro_f1": score}
        journal.note(run.folder, {"kind": "validation"} | measured)
    at = page(run=run.id)
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown == {
        "Epoch": "1.3 of 5",
        "Best macro F1": "0.710",
        "Learning rate": "0.0003",
        "Texts a second": "42",
    }
    assert "Highest validation macro F1: 0.710 at step 3" in at.get("plotly_chart")[0].proto.spec
    write_status(run.folder, Status("cancelled", asked=time.time()))


@pytest.mark.parametrize("run_id", ["0" * 32, "../../etc", "x"])
def test_an_address_of_no_run_says_so_and_leads_to_the_list(run_id):
    at = page(run=run_id)
    assert "There is no such run" in words(at) or "must be 32 hex digits" in words(at)
    press(at, "Back to the list")
    assert at.session_state["train_view"] == "runs"


def test_a_run_is_removed_for_good_but_never_while_it_trains():
    me = this_process()
    live = ended("running", pid=me.pid, started=me.started)
    gone = ended("cancelled")
    at = page()
    at.segmented_control(key="train_view").set_value("runs")
    checked(at.run())
    assert at.button(key=f"remove_{live.id}").disabled
    at.button(key=f"remove_{gone.id}").click()
    checked(at.run())
    assert gone.id not in [run.id for run in runs.listed()]
    write_status(live.folder, Status("cancelled", asked=time.time()))
