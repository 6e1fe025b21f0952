"""How much more data would help: the probe's curve made afterwards, and a recipe on parts."""

import pytest

from embedlib.errors import Cancelled, EmbedlibError, OptionError
from embedlib.training import growing, launch
from embedlib.training.child import train
from embedlib.training.growing import grow, grown, probe_curve_of, share_of_work, sizes_of
from embedlib.training.status import Status
from tests.training import made

FAST = {"epochs": 1, "learning_rate": 1e-2, "batch_size": 16}


def said(_: object) -> None:
    pass


@pytest.fixture
def here(monkeypatch):
    """Children train in this process, and at once."""
    started = []
    monkeypatch.setattr(launch, "start", lambda run: (started.append(run), train(run.folder)))
    return started


@pytest.fixture(scope="module")
def finished(tmp_path_factory, models_dir):
    root = tmp_path_factory.mktemp("grown")
    run = made.run(root / ("a" * 32), models_dir, "lora", rank=2, **FAST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(root))
        train(run.folder)
    return run


def test_parts_are_an_eighth_a_quarter_and_half_where_every_label_has_two_rows():
    examples = made.examples(200)
    n = len(examples.part("train"))
    assert sizes_of(examples) == (round(n / 8), round(n / 4), round(n / 2))
    assert share_of_work(examples) == pytest.approx(0.875, abs=0.01)
    few = made.examples(12)
    assert sizes_of(few) == (round(len(few.part("train")) / 2),)
    with pytest.raises(OptionError, match="must have at least 10 rows, and half of 15 is fewer"):
        sizes_of(made.examples(7))


def test_a_recipe_is_trained_on_parts_and_tested_on_the_same_rows(finished, here):
    progress = []
    grow(finished, progress.append, lambda: False)
    sizes = sizes_of(finished.examples())
    points = grown(finished, "accuracy")
    assert [point.rows for point in points] == [*sizes, len(finished.examples().part("train"))]
    assert points[-1].accuracy == finished.report()["test"]["accuracy"]
    assert all(0 <= point.low <= point.accuracy <= point.high <= 1 for point in points)
    for run in here:
        report = run.report()
        assert report["test"]["rows"] == finished.report()["test"]["rows"]
        assert [step["name"] for step in report["ladder"]] == ["lora"]  # no rung is climbed again
        assert not (run.folder / "model").exists() and not (run.folder / "data").exists()
    here.clear()
    grow(finished, progress.append, lambda: False)
    assert here == []  # what is there is not trained again


def test_parts_keep_the_shares_of_labels_and_all_test_rows(finished):
    examples = finished.examples()
    part = growing._rows(examples, 24, 7)
    assert part.part("test").texts == examples.part("test").texts
    labels = part.part("train").labels
    assert {labels.count(name) for name in examples.label_names} == {8}
    sentences = growing._rows(made.tagged(), 20, 7)
    assert len(sentences.part("train")) == 20 and len(sentences.part("test")) == 24


def test_a_part_can_be_cancelled_and_says_how_far_it_is(finished, tmp_path, monkeypatch):
    cancelled = []
    monkeypatch.setattr(growing, "FOLDER", "growing again")
    monkeypatch.setattr(launch, "start", lambda run: None)
    monkeypatch.setattr(launch, "wait", lambda run, seconds: Status("running", stage="Tuning"))
    monkeypatch.setattr(launch, "cancel", cancelled.append)
    heard = []
    with pytest.raises(Cancelled):
        grow(finished, heard.append, lambda: bool(heard))
    assert len(cancelled) == 1 and cancelled[0].folder.parent.name == "growing again"
    assert heard[0].note.startswith("Part 1 of 3: ") and heard[0].note.endswith(". Tuning")
    failed = Status("failed", what="The disk is full.", hint="Free some space.")
    monkeypatch.setattr(launch, "wait", lambda run, seconds: failed)
    with pytest.raises(EmbedlibError, match=r"The disk is full\. Free some space"):
        grow(finished, said, lambda: False)


def test_a_damaged_part_is_no_point(finished, here):
    grow(finished, said, lambda: False)
    whole = grown(finished, "accuracy")
    first = finished.folder / "growing" / str(whole[0].rows) / "report.json"
    first.write_text('{"test": 1}')
    assert grown(finished, "accuracy") == whole[1:]
    assert grown(finished, "entity_f1") == ()


def test_the_curve_of_the_probe_can_be_had_afterwards(finished):
    heard = []
    curve = probe_curve_of(finished, heard.append, lambda: False)
    assert len(curve.points) > 2 and curve.points[-1].rows == 144
    assert heard[-1].note == "Drawing the learning curve" and heard[-1].done == heard[-1].total
    with pytest.raises(Cancelled):
        probe_curve_of(finished, said, lambda: True)


def test_a_frozen_recipe_and_tags_are_refused_in_words(tmp_path, models_dir):
    probe = made.run(tmp_path / "probe", models_dir, "probe")
    with pytest.raises(OptionError, match="the probe's curve stands for it"):
        grow(probe, said, lambda: False)
    tagger = made.run(tmp_path / "tags", models_dir, task="tokens", data=made.tagged())
    with pytest.raises(OptionError, match="this run tags words"):
        probe_curve_of(tagger, said, lambda: False)
