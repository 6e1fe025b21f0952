"""Every option is checked at the door, and every row of the tables can be asked for."""

import math

import pytest

from embedlib.errors import OptionError, TextError, UnknownNameError
from embedlib.records import Sheet
from embedlib.training.options import OPTIONS
from embedlib.training.recipes import RECIPES
from embedlib.training.rungs import LADDER
from embedlib.training.settings import clean_name, settings
from embedlib.training.sources import Columns, load_sheet, prepared


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_takes_its_default_and_refuses_what_is_outside(name):
    option = OPTIONS[name]
    assert option.check(option.default) == option.default
    assert type(option.check(str(option.default))) is type(option.default)
    if isinstance(option.default, bool):
        wrong = ["maybe", 2]
    elif isinstance(option.default, str):
        wrong = ["x" * 201]
    else:
        wrong = ["many", math.nan, option.least - 1, True, 10**9 if option.most < 1e9 else -1]
    for value in wrong:
        with pytest.raises(OptionError, match=f"The option {name} must be"):
            option.check(value)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_only_options_and_tasks_that_there_are(name):
    recipe = RECIPES[name]
    assert set(recipe.own) <= set(recipe.options) <= set(OPTIONS)
    assert settings(recipe=name, task=recipe.tasks[0]).options == recipe.defaults


def test_what_a_recipe_does_not_know_is_refused():
    with pytest.raises(OptionError, match="option rank must be one that the recipe has"):
        settings(recipe="full", options={"rank": 4})
    with pytest.raises(UnknownNameError, match="option must be one of"):
        settings(recipe="full", options={"epoch": 4})
    with pytest.raises(UnknownNameError, match="recipe must be one of"):
        settings(recipe="magic")
    with pytest.raises(OptionError, match="seed must be a whole number"):
        settings(seed=-1)
    with pytest.raises(UnknownNameError, match="rung must be one of"):
        settings(rungs=("top",))


def test_the_ladder_begins_with_what_costs_nothing_and_ends_with_everything():
    climbed = [name for name, rung in LADDER.items() if "sequence" in rung.tasks]
    assert climbed == ["majority", "tfidf", "centroids", "probe", "lora", "full"]
    tokens = [name for name, rung in LADDER.items() if "tokens" in rung.tasks]
    assert tokens == ["nothing", "dictionary", "lora", "full"]
    assert settings(recipe="probe").rungs == ("majority", "tfidf", "centroids")


def test_names_are_one_line_that_can_be_seen():
    assert clean_name(" a\n\u202eb\x00c ") == "a b c"
    assert len(clean_name("x" * 1_000)) == 80


def sheet(**columns) -> Sheet:
    import pandas as pd

    return Sheet("made.csv", pd.DataFrame(columns, dtype="str"), "csv", "utf-8")


def test_columns_become_examples_and_what_lacks_a_label_is_counted():
    made = sheet(q=["a", "b", "", "d"], y=["1", "", "0", "0"], z=["u", "v", "w", "x"])
    loaded = load_sheet(made, Columns("q", "y", pair="z"))
    assert loaded.examples.texts == ("a", "b", "d") and loaded.examples.labels == ("1", "", "0")
    assert loaded.examples.pairs == ("u", "v", "x") and loaded.examples.rows == (0, 1, 3)
    assert any("without a label" in note for note in loaded.notes)


def test_wrong_columns_are_refused_in_words():
    made = sheet(q=["a"], y=["1"])
    with pytest.raises(OptionError, match="'q' twice"):
        load_sheet(made, Columns("q", "q"))
    with pytest.raises(UnknownNameError, match="must have a column 'w', and has 'q', 'y'"):
        load_sheet(made, Columns("q", "w"))
    with pytest.raises(TextError, match="must have a text and a label"):
        load_sheet(sheet(q=["a"], y=[" "]), Columns("q", "y"))


def test_a_second_file_is_the_test_part():
    first = load_sheet(
        sheet(q=[f"t{i}" for i in range(40)], y=["a", "b"] * 20), Columns("q", "y"), "train"
    )
    second = load_sheet(sheet(q=["x", "y"], y=["a", "b"]), Columns("q", "y"), "test")
    whole = prepared([first, second], 0).examples
    assert [whole.texts[i] for i, p in enumerate(whole.parts) if p == "test"] == ["x", "y"]
    assert whole.parts.count("validation") == 4
