"""A cell is the best only where the test says so; all places say it with the same words."""

import json
from dataclasses import replace

import numpy as np

from embedlib.exporting.layer_facts import grid_facts
from embedlib.exporting.layer_page import as_html
from embedlib.exporting.layer_pictures import curve_picture, grid_picture
from embedlib.exporting.layer_report import measured
from embedlib.exporting.layer_words import (
    compared,
    conclusions,
    finding,
    standing,
    tied_names,
    verdict,
)
from embedlib.figures import PALETTES
from embedlib.probes import Cell, Grid, GridOptions, grid
from tests.probes.made import clusters, posed, stored

GOOD, LABELS = clusters(60, 3, spread=0.2)
NOISE = np.random.default_rng(9).standard_normal(GOOD.shape).astype(np.float32)
OPTIONS = GridOptions("centroid", mixes=False)
NOTHING = grid(stored({"mean": np.stack([NOISE] * 4)}), posed(LABELS), OPTIONS)


def scored(*folds: list[float]) -> Grid:
    """A grid of one pooling whose layers have these scores."""
    cells = tuple(
        Cell(layer, "mean", np.array(one, np.float32), 0.0) for layer, one in enumerate(folds)
    )
    layers = tuple(range(len(folds)))
    return Grid(OPTIONS, posed(LABELS), layers, ("mean",), cells, (0.3,))


HIGH, SAME, LOW = [0.9, 0.91, 0.92, 0.9], [0.91, 0.9, 0.91, 0.9], [0.5, 0.52, 0.51, 0.5]
WINNER, TIED, ALL = scored(LOW, HIGH), scored(LOW, HIGH, SAME), scored(HIGH, SAME, SAME)


def test_a_cell_is_best_only_where_every_other_is_told_apart():
    best = "Best: Layer 1, mean (0.907); every other cell is worse beyond noise"
    assert finding(WINNER) == best
    one = "Highest: Layer 1, mean (0.907); 1 other cannot be told apart from it"
    assert finding(TIED) == one
    assert finding(ALL) == "Highest: Layer 0, mean (0.907); no other cell can be told apart from it"
    assert finding(scored(HIGH)) == "Layer 0, mean (0.907)"


def test_where_nothing_is_told_apart_there_is_no_winner():
    assert finding(NOTHING).startswith("Nothing is told apart beyond chance; highest: Layer ")
    assert tied_names(NOTHING) == standing(NOTHING, 0, "mean") == ""
    assert len(conclusions(NOTHING)) == 2


def test_two_folds_tell_nothing_and_give_no_interval():
    two = scored([1.0, 1.0], [0.5, 0.5])
    assert conclusions(two)[:2] == (
        "Nothing is told apart beyond chance; highest: Layer 0, mean (1).",
        "Too few folds for an interval; 10 folds.",
    )
    marks = grid_picture(two, PALETTES["light"]).figure.data[1]
    assert "no interval over 2 folds" in marks.hovertext[0]


def test_a_part_of_a_grid_says_how_much_is_there():
    part = replace(TIED, cells=TIED.cells[:2])
    assert finding(part) == "2 of 3 cells are measured"
    assert tied_names(part) == verdict(part, part.cells[0]) == ""


def test_the_setting_is_left_where_it_cannot_be_told_apart():
    assert standing(TIED, 2, "mean") == (
        "The setting now (layer 2, mean) cannot be told apart from the best: there is no need to "
        "change it."
    )
    assert standing(TIED, 1, "mean") == "The setting now (layer 1, mean) is the highest cell."
    assert standing(WINNER, 1, "mean", "It") == "It (layer 1, mean) is the best cell."
    beaten = standing(TIED, 0, "mean", "It")
    assert beaten == "It (layer 0, mean) is 0.400 below the best, beyond noise."
    assert standing(TIED, 7, "mean") == standing(TIED, 0, "cls") == ""


def test_cells_of_equal_score_are_all_the_highest():
    equal = scored(LOW, HIGH, HIGH[::-1])
    assert finding(equal).startswith("Highest: Layer 1, mean and 1 other alike (0.907); 1 other")
    assert standing(equal, 2, "mean", "It") == "It (layer 2, mean) is one of the 2 highest cells."


def test_many_ties_are_named_as_far_as_they_can_be_read():
    many = scored(*[HIGH] * 12)
    assert tied_names(many).count("Layer") == 8
    assert tied_names(many).endswith("; and 3 more")
    assert tied_names(TIED) == "Layer 2, mean"


def test_pictures_report_and_facts_say_it_with_the_same_words():
    said = conclusions(TIED)
    light = PALETTES["light"]
    assert said[0] == f"{finding(TIED)}."
    assert said[1].startswith("95 % interval 0.") and said[1].endswith("; 10 folds.")
    assert said[2] == "Not told apart from it: Layer 2, mean."
    assert finding(TIED) in grid_picture(TIED, light).alt
    assert "from it: Layer 2, mean" in grid_picture(TIED, light).alt
    assert finding(TIED) in curve_picture(TIED, light).alt
    facts = json.loads(json.dumps(grid_facts(TIED), allow_nan=False))
    assert facts["conclusions"] == list(said)
    assert [cell["unbeaten"] for cell in facts["cells"]] == [False, True, True]
    report = measured(stored({"mean": np.stack([NOISE, GOOD])}), None)
    page = as_html(replace(report, grids=(TIED,)), "title")
    assert all(sentence in page for sentence in said)


def test_grids_side_by_side_have_one_scale_of_colours():
    light = PALETTES["light"]
    other = grid_picture(scored(LOW, LOW), light, beside=TIED).figure.data[0]
    own = grid_picture(TIED, light).figure.data[0]
    assert (other.zmin, other.zmax) == (own.zmin, own.zmax)


def test_hovering_says_where_each_cell_stands():
    marks = grid_picture(TIED, PALETTES["light"]).figure.data[1]
    assert "is 0.400 below the best, beyond noise" in marks.hovertext[0].replace("<br>", " ")
    assert "is the highest cell" in marks.hovertext[1].replace("<br>", " ")
    assert "cannot be told apart from the best" in marks.hovertext[2].replace("<br>", " ")


def test_two_models_are_compared_at_their_highest_cells_on_the_same_folds():
    sure = compared({"one": scored(LOW), "other": WINNER})
    assert sure.startswith("other is ahead of one by 0.400, beyond noise: 0.907 (layer 1, mean)")
    tied = compared({"one": WINNER, "other": scored(SAME)})
    assert tied.startswith("one and other cannot be told apart: 0.907 (layer 1, mean) against")
