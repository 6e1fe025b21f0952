"""A search stays within its bounds, never sees the test rows, and is taken up where it was."""

import pytest

from embedlib.errors import EmbedlibError, OptionError, UnknownNameError
from embedlib.training.child import train
from embedlib.training.options import OPTIONS
from embedlib.training.recipes import RECIPES
from embedlib.training.runs import Run
from embedlib.training.search import SPACES, search
from embedlib.training.settings import settings
from embedlib.training.work import Work
from tests.training import made


def work(folder, recipe="full") -> Work:
    data = made.examples()
    return Work(folder, data, data.label_names, "tiny", RECIPES[recipe].defaults, seed=0)


def score(own: Work, fitted: float) -> float:
    return fitted


def near(own: Work) -> float:
    """Best at a rate of 1e-4."""
    return -abs(float(own.options["learning_rate"]) - 1e-4)


@pytest.mark.parametrize("recipe", SPACES)
def test_what_is_searched_is_an_option_of_the_recipe_within_its_range(recipe):
    for name, where in SPACES[recipe].items():
        assert name in RECIPES[recipe].options
        for value in where.choices or (where.low, where.high):
            OPTIONS[name].check(value)


def test_the_defaults_are_tried_first_and_the_best_is_kept(tmp_path):
    options, trials = search(work(tmp_path), "full", near, score, trials=8, minutes=1)
    assert len(trials) == 8
    assert trials[0].options["learning_rate"] == RECIPES["full"].defaults["learning_rate"]
    best = max(trials, key=lambda trial: trial.score)
    assert options["learning_rate"] == best.options["learning_rate"]
    assert best.score > trials[0].score


def test_a_killed_search_goes_on_and_a_finished_one_is_read(tmp_path):
    before = search(work(tmp_path), "full", near, score, trials=3, minutes=1)[1]
    after = search(work(tmp_path), "full", near, score, trials=5, minutes=1)[1]
    assert after[:3] == before and len(after) == 5

    def never(own):
        raise AssertionError("nothing is left to train")

    assert search(work(tmp_path), "full", never, score, trials=5, minutes=1)[1] == after


def test_no_trial_begins_after_the_minutes_and_failures_are_told(tmp_path):
    assert len(search(work(tmp_path / "a"), "full", near, score, 9, minutes=1e-9)[1]) == 1

    def fails(own):
        raise EmbedlibError("The loss must stay a number.")

    with pytest.raises(EmbedlibError, match="No set of options could be trained: The loss"):
        search(work(tmp_path / "b"), "full", fails, score, 2, minutes=1)


def test_wrong_bounds_are_refused_at_the_door():
    with pytest.raises(OptionError, match="from 0 to 100 sets"):
        settings(trials=101)
    with pytest.raises(OptionError, match="minutes"):
        settings(trials=2, minutes=0)
    with pytest.raises(UnknownNameError, match="search must be one of"):
        settings(recipe="centroids", trials=2)


def test_a_run_searches_before_it_trains(tmp_path, models_dir):
    run = made.run(tmp_path / "run", models_dir, "probe", trials=2)
    train(run.folder)
    report = Run(run.folder).report()
    assert len(report["search"]) == 2
    best = max(report["search"], key=lambda trial: trial["score"])
    assert {name: report["options"][name] for name in best["options"]} == best["options"]
