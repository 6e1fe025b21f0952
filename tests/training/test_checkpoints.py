"""Folders are whole or not there; the best step and the early end follow from the history."""

import json
import os

import pytest

from embedlib.errors import StoreError
from embedlib.training import checkpoints, journal
from embedlib.training.durable import MANIFEST, is_whole, new_folder, read_json, sweep, write_json


def history(*scores):
    return [
        {"step": 10 * n, "eval_score": score, "eval_loss": 1.0} for n, score in enumerate(scores, 1)
    ]


def test_the_best_step_has_the_best_score_and_of_equal_ones_comes_first():
    assert checkpoints.best_step([]) is None
    assert checkpoints.best_step(history(0.1, 0.5, 0.5, 0.2)) == 20
    tie = history(0.5, 0.5)
    tie[1]["eval_loss"] = 0.5
    assert checkpoints.best_step(tie) == 20


def test_training_is_over_after_so_many_validations_without_a_better_one():
    assert not checkpoints.is_over(history(0.5, 0.4), 2)
    assert checkpoints.is_over(history(0.5, 0.4, 0.5), 2)
    assert not checkpoints.is_over(history(0.5, 0.4, 0.3), 0)
    assert not checkpoints.is_over([], 3)


def folder(run, step, content="weights"):
    with new_folder(checkpoints.path_of(run, step)) as place:
        (place / "weights").write_text(content)
    return checkpoints.path_of(run, step)


def test_a_folder_with_any_byte_changed_or_missing_is_not_whole(tmp_path):
    made = folder(tmp_path, 1)
    assert is_whole(made) and read_json(made / MANIFEST)["files"].keys() == {"weights"}
    (made / "weights").write_text("weighty")
    assert not is_whole(made)
    (made / "weights").unlink()
    assert not is_whole(made)
    (made / MANIFEST).write_text("{}")
    assert not is_whole(made)
    assert not is_whole(tmp_path / "nowhere")


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    made = folder(tmp_path, 1)
    with pytest.raises(ZeroDivisionError), new_folder(made) as place:
        (place / "weights").write_text("half")
        raise ZeroDivisionError
    assert (made / "weights").read_text() == "weights" and is_whole(made)
    assert [entry.name for entry in made.parent.iterdir()] == [made.name]


def test_the_newest_whole_one_is_resumed_from_and_the_best_is_kept(tmp_path):
    for step in (10, 20, 30, 40):
        folder(tmp_path, step)
    (checkpoints.path_of(tmp_path, 40) / "weights").write_text("damaged")
    (tmp_path / "checkpoints" / ".tmp-killed").mkdir()
    assert checkpoints.newest(tmp_path) == 30
    checkpoints.prune(tmp_path, best=10)
    assert checkpoints.steps(tmp_path) == [10, 30, 40]
    assert not list((tmp_path / "checkpoints").glob(".tmp-*"))
    assert checkpoints.best_usable(tmp_path, history(0.9, 0.5)) == 10
    assert checkpoints.best_usable(tmp_path, history(0.1, 0.2, 0.3, 0.4)) == 30
    assert checkpoints.best_usable(tmp_path / "none", history(0.1)) is None


def test_a_file_is_replaced_at_once_and_a_folder_that_cannot_be_written_is_told(tmp_path):
    write_json(tmp_path / "a.json", {"x": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert read_json(tmp_path / "a.json") == {"x": 1}
    assert read_json(tmp_path / "none.json") is None
    with pytest.raises(StoreError, match="could not be written"):
        write_json(tmp_path / "no" / "folder.json", {})
    if os.name != "nt":
        assert (tmp_path / "a.json").stat().st_mode & 0o077 == 0
    (tmp_path / ".tmp-x").write_text("")
    sweep(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_metrics_are_read_up_to_where_a_killed_writer_came(tmp_path):
    for step in (1, 2, 3):
        journal.note(
            tmp_path, {"kind": "train", "step": step, "seconds": step / 2, "loss": 1 / step}
        )
    with (tmp_path / journal.FILE).open("a") as file:
        file.write('{"kind": "train", "st')
    assert journal.curves(tmp_path).column("train", "loss") == ([1, 2, 3], [1, 1 / 2, 1 / 3])
    assert journal.rewind(tmp_path, 2) == 1.0
    assert [line["step"] for line in journal.lines(tmp_path)] == [1, 2]
    assert json.loads((tmp_path / journal.FILE).read_text().splitlines()[-1])["step"] == 2
    assert journal.rewind(tmp_path, None) == 0.0 and journal.lines(tmp_path) == []
    assert journal.lines(tmp_path / "none") == []
