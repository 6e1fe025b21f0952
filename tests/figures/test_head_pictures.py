"""Pictures of heads: grids, profiles, the inside of one, and what changes without some."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import (
    PALETTES,
    change_curve,
    head_grid,
    prediction_change,
    product_map,
    role_profile,
    state_map,
)

LIGHT = PALETTES["light"]


def test_a_grid_names_the_highest_head_counted_from_1():
    found = head_grid(np.array([[0.1, 0.2], [0.7, np.nan]]), LIGHT, label="effect")
    assert found.alt.startswith("Layer 2, head 1 is highest: 0.700.")
    cells, points = found.figure.data
    assert (cells.x0, cells.y0) == (1, 1)
    assert [list(head) for head in points.customdata] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert points.x.tolist() == [1, 2, 1, 2]
    assert points.hovertext[3] == "not known"


def test_marked_heads_have_a_dot_and_chosen_ones_a_frame():
    marked = np.array([[True, False]])
    found = head_grid(
        np.array([[0.1, 0.2]]), LIGHT, label="effect", chosen=((0, 1),), marked=marked, mark="odd"
    )
    assert (found.figure.data[1].x.tolist(), found.figure.data[1].y.tolist()) == ([1], [1])
    frame = found.figure.layout.shapes[0]
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (1.5, 2.5, 0.5, 1.5)
    assert "a dot: odd" in found.alt


def test_values_below_zero_have_colours_too():
    assert head_grid(np.array([[-0.5, 0.5]]), LIGHT, label="x").figure.data[0].zmin == -0.5


def test_a_grid_without_values_or_of_another_shape_says_so():
    assert "No head has a value" in head_grid(np.full((2, 2), np.nan), LIGHT, label="x").alt
    with pytest.raises(OptionError, match=r"shape \(layer, head\).*got \(3,\)"):
        head_grid(np.zeros(3), LIGHT, label="x")


def profile(above, **scores):
    return role_profile(
        {"Previous token": 0.8} | scores,
        {"Previous token": 0.2},
        LIGHT,
        head="layer 4, head 1",
        role="Previous token",
        interval=(0.7, 0.9),
        above=above,
    )


def test_a_profile_says_the_role_its_score_and_whether_chance_shows_it():
    assert profile(True).alt.startswith(
        "Layer 4, head 1: previous token, 0.800 (95 % from 0.700 to 0.900), above random weights."
    )
    assert "not above what random weights show" in profile(False).alt
    bars, interval, chance = profile(True, Other=0.1).figure.data
    assert list(interval.x) == [0.7, 0.9]
    assert chance.x[0] == pytest.approx(0.2)
    assert np.isnan(chance.x[1])
    assert len(set(bars.marker.color)) == 2


def test_products_of_a_query_stand_beside_their_sum_and_the_weight():
    products = np.array([[1.0, -1.0, 0.5], [2.0, 0.0, 1.0]], dtype=np.float32)
    weights = np.array([0.2, 0.8], dtype=np.float32)
    found = product_map(
        products, weights, ("river", "bank"), LIGHT, query=0, deciding=np.array([0.3, 0.6, 0.1])
    )
    assert found.alt.startswith(
        "“river” looks most at “bank” (0.800); dimension 1 makes 60 % of the difference"
    )
    heat, *_, scores, shares = found.figure.data
    assert (heat.zmin, heat.zmax) == (-2, 2)
    assert scores.x.tolist() == [0.5, 3.0]
    assert shares.x.tolist() == pytest.approx([0.2, 0.8])
    assert list(scores.y) == list(heat.y)


def test_dimensions_can_stand_in_the_order_in_which_they_decide():
    products = np.array([[1.0, 2.0, 3.0]], dtype=np.float32)
    found = product_map(
        products, np.ones(1), ("a",), LIGHT, query=0, deciding=np.array([0, 1, 0.5]), ordered=True
    )
    assert found.figure.data[0].z.tolist() == [[2, 3, 1]]
    assert found.figure.data[0].x[0].startswith("<b>1</b>")


def test_a_head_that_decides_nothing_is_not_said_to_decide():
    found = product_map(np.ones((2, 2)), np.ones(2) / 2, ("a", "b"), LIGHT, query=0,
                        deciding=np.zeros(2))  # fmt: skip
    assert "difference between keys" not in found.alt


def test_states_name_the_largest_dimension_of_the_query():
    found = state_map(np.array([[0.1, -2.0], [5.0, 0.0]]), ("a", "b"), LIGHT, what="keys", query=0)
    assert found.alt.startswith("Keys: of “a” dimension 1 is largest, −2.")


def test_a_change_curve_starts_at_zero_and_speaks_of_the_chosen_layer():
    curve = np.array([0.0, 0.1, 0.3], dtype=np.float32)
    found = change_curve({"the text": curve}, LIGHT, what="without 1 head", chosen_layer=1)
    assert found.alt.startswith("At layer 1 the vector moves by 0.100 without 1 head.")
    assert found.figure.layout.yaxis.range[0] == 0
    still = change_curve({"the text": np.zeros(3)}, LIGHT, what="without 1 head")
    assert still.alt.startswith("At layer 2 the vector does not move without 1 head.")


def test_curves_of_different_lengths_or_too_many_are_refused():
    with pytest.raises(OptionError, match="at most 8 curves of one length, got 2"):
        change_curve({"a": np.zeros(2), "b": np.zeros(3)}, LIGHT, what="x")
    with pytest.raises(OptionError, match="at most 8 curves of one length, got 9"):
        change_curve({str(k): np.zeros(2) for k in range(9)}, LIGHT, what="x")
    assert "no vector" in change_curve({}, LIGHT, what="x").alt


def test_predictions_say_which_word_gives_way():
    before, after = {"river": 0.6, "bank": 0.3, "sea": 0.1}, {"bank": 0.5, "dog": 0.4, "sea": 0.05}
    found = prediction_change(before, after, LIGHT, what="without 1 head", n=2)
    assert found.alt.startswith("“river” (60 %) gives way to “bank” (50 %) without 1 head.")
    _, first, second = found.figure.data
    assert list(first.hovertext) == ["river", "bank", "dog"]
    assert first.x.tolist() == pytest.approx([0.6, 0.3, 0.1])  # "dog": at most that of the last
    assert second.x.tolist() == pytest.approx([0.05, 0.5, 0.4])


def test_predictions_say_when_the_likeliest_stays():
    found = prediction_change({"river": 0.6}, {"river": 0.5}, LIGHT, what="without 1 head")
    assert found.alt.startswith("“river” stays the likeliest without 1 head: 60 % before, 50 %")
    assert prediction_change({}, {}, LIGHT, what="x").alt == "There is no prediction to show."
