"""Cells, scores, bars and small maps: what stands where."""

import json

import numpy as np
import plotly.io
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, Cells, cell_table, layer_maps, named_bars, score_curves
from embedlib.figures.colours import TEXT_CONTRAST, along, contrast

LIGHT = PALETTES["light"]


def table(**more):
    values = np.array([[0.5, np.nan], [0.75, 1.0]], np.float32)
    return cell_table(Cells(values, ["a", "b"], ["x", "y"], 0, 1, **more), LIGHT, "Title")


def test_every_cell_can_be_clicked_and_says_where_it_stands():
    marks = table().figure.data[1]
    assert [list(place) for place in marks.customdata] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    sent = json.loads(plotly.io.to_json(table().figure))["data"][1]["customdata"]
    assert sent[1] == [0, 1]  # not a typed array, which would reach us as {"0": 0, "1": 1}
    assert list(marks.x) == [0, 1, 0, 1] and list(marks.y) == [0, 0, 1, 1]
    assert "<b>0.75</b>" in marks.hovertext[2]


def test_numbers_stars_and_gaps_are_written():
    written = table(stars=frozenset({(1, 1)})).figure.data[2]
    assert list(written.text) == ["0.50", "·", "0.75", "1.00 ★"]


def test_the_chosen_cell_has_a_frame():
    shape = table(chosen=(1, 0)).figure.layout.shapes[0]
    assert (shape.x0 + shape.x1) / 2 == 0 and (shape.y0 + shape.y1) / 2 == 1


def test_large_tables_hold_their_numbers_back():
    values = np.zeros((50, 50), np.float32)
    names = [str(n) for n in range(50)]
    figure = cell_table(Cells(values, names, names, 0, 1), LIGHT, "Title").figure
    assert len(figure.data) == 2
    assert len(figure.layout.xaxis.ticktext) < 50


def test_names_and_values_must_fit():
    with pytest.raises(OptionError, match=r"shape \(1, 2\), got \(2, 2\)"):
        cell_table(Cells(np.zeros((2, 2)), ["a"], ["x", "y"], 0, 1), LIGHT, "Title")


def test_error_bars_reach_the_ends_of_the_intervals():
    points = np.array([[0.5, 0.4, 0.7], [np.nan] * 3], np.float32)
    figure = score_curves(
        ["0", "1"], {"Mean": points}, LIGHT, "Best: layer 0", score="Accuracy"
    ).figure
    line = figure.data[0]
    assert line.error_y.array[0] == pytest.approx(0.2)
    assert line.error_y.arrayminus[0] == pytest.approx(0.1)
    assert "Best: layer 0" in figure.layout.title.text


def test_a_line_joins_layers_and_no_mixes():
    points = np.full((4, 3), 0.5, np.float32)
    layers = ["0", "1", "Mean of all layers", "Last four side by side"]
    figure = score_curves(layers, {"Mean": points}, LIGHT, "Best", score="Accuracy").figure
    assert np.isnan(figure.data[0].y).tolist() == [False, False, True, False, True, False]
    assert figure.data[0].x[[0, 1, 3, 5]].tolist() == [0, 1, 2, 3]
    assert figure.layout.xaxis.ticktext[2] == "Mean of<br>all<br>layers"


def test_what_lies_far_below_the_scores_is_said_and_presses_nothing_together():
    points = np.array([[0.9, 0.88, 0.92], [0.85, 0.83, 0.87]], np.float32)
    near, far = {"Chance": 0.8}, {"Chance": 0.1, "Shuffled": float("nan")}
    figure = score_curves(["0", "1"], {"Mean": points}, LIGHT, "", score="F", references=near)
    assert [line.name for line in figure.figure.data] == ["Mean", "Chance"]
    assert figure.figure.layout.yaxis.range[0] < 0.8
    figure = score_curves(["0", "1"], {"Mean": points}, LIGHT, "", score="F", references=far)
    assert [line.name for line in figure.figure.data] == ["Mean"]
    assert 0.8 < figure.figure.layout.yaxis.range[0] < 0.83
    assert "chance 0.100, below the picture" in figure.figure.layout.title.text


def test_without_a_score_the_picture_says_so():
    nothing = score_curves(["0"], {}, LIGHT, "Best", score="Accuracy")
    assert "No score is measured yet" in nothing.alt


def test_bars_keep_their_order_and_say_what_is_left_out():
    figure = named_bars([str(n) for n in range(70)], np.ones(70), LIGHT, "T", unit="pull").figure
    assert len(figure.data[0].x) == 60
    assert "first 60 of 70" in figure.layout.title.text


def test_every_layer_has_a_map_of_its_own_and_groups_keep_their_colour():
    points = np.zeros((6, 3, 2), np.float32)
    layers = [f"Layer {n}" for n in range(6)]
    figure = layer_maps(points, layers, ["a", "b", "c"], ["x", "y", "x"], LIGHT, "T").figure
    assert len(figure.data) == 12
    assert {trace.marker.color for trace in figure.data if trace.name == "x"} == {
        LIGHT.categories[0]
    }
    with pytest.raises(OptionError, match=r"must be \(6, 2, 2\)"):
        layer_maps(points, layers, ["a", "b"], ["x", "y"], LIGHT, "T")


def test_long_names_of_columns_never_touch():
    for names, angle in (
        (["a", "b"], 0),
        (["a label of many letters"] * 5, -40),
        (["12"] * 12, 0),
        (["Layer 12"] * 13, -40),
    ):
        values = np.zeros((len(names), len(names)))
        figure = cell_table(Cells(values, names, names, 0, 1), LIGHT, "Title").figure
        assert figure.layout.xaxis.tickangle == angle


def test_counts_have_whole_numbers_on_their_scale_and_an_empty_cell_says_so():
    values = np.array([[3_000.0, np.nan], [1.0, 2.0]])
    cells = Cells(values, ["a", "b"], ["x", "y"], 0, 4_000, digits=0, nothing="none")
    heat, marks, *_ = cell_table(cells, LIGHT, "Title").figure.data
    assert heat.colorbar.ticktext[-1] == "4,000"
    assert marks.hovertext[1].endswith("none")


@pytest.mark.parametrize("palette", [*PALETTES.values()])
def test_the_number_in_a_cell_can_be_read_whatever_its_colour(palette):
    values = np.linspace(-1, 1, 40).reshape(4, 10)
    for diverging, low in ((True, -1.0), (False, 0.0)):
        cells = Cells(values, ["a"] * 4, ["b"] * 10, low, 1.0, diverging=diverging)
        written = cell_table(cells, palette, "Title").figure.data[2].textfont.color
        ramp = palette.diverging if diverging else palette.sequential
        shares = (values.ravel() - low) / (1 - low)
        under = [along(ramp, share) for share in shares.tolist()]
        assert min(map(contrast, under, written)) >= TEXT_CONTRAST
