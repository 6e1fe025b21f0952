"""Similarity matrices: order, names, scale and the finding on top."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, centroid_matrix, shared_scale, similarity_matrix
from embedlib.geometry import cosine_matrix

LIGHT = PALETTES["light"]
TEXTS = [f"text number {row}" for row in range(40)]
SIMILARITY = cosine_matrix(np.random.default_rng(0).standard_normal((40, 6)))


def test_the_title_names_the_most_similar_pair():
    similarity = np.eye(3)
    similarity[0, 2] = similarity[2, 0] = 0.93
    picture = similarity_matrix(similarity, ["cat", "dog", "kitten"], LIGHT)
    assert "Most alike: “cat” and “kitten” (0.930)" in picture.figure.layout.title.text
    assert "Cosines run from 0 to 0.930" in picture.alt


def test_equal_texts_are_said_to_stand_twice():
    picture = similarity_matrix(np.ones((2, 2)), ["same", "same"], LIGHT)
    assert "“same”, which stands here twice" in picture.alt


def test_rows_are_drawn_in_the_order_given_and_keep_their_numbers():
    order = np.arange(40)[::-1]
    trace = similarity_matrix(SIMILARITY, TEXTS, LIGHT, order=order).figure.data[0]
    np.testing.assert_array_equal(trace.z, SIMILARITY[::-1, ::-1])
    assert trace.y[0] == "<b>40</b>  text number 39"
    assert list(trace.x) == list(trace.y)


def test_equal_texts_keep_rows_of_their_own():
    trace = similarity_matrix(SIMILARITY, ["same"] * 40, LIGHT).figure.data[0]
    assert len(set(trace.y)) == 40


def test_hover_gives_the_exact_value_and_both_texts():
    trace = similarity_matrix(SIMILARITY, TEXTS, LIGHT).figure.data[0]
    assert trace.hovertemplate.startswith("%{y}<br>%{x}<br>cosine <b>%{z:.6f}</b>")
    assert trace.z.dtype == np.float32


def test_ticks_stand_beside_their_rows_so_that_hover_shows_whole_texts():
    layout = similarity_matrix(SIMILARITY, TEXTS, LIGHT).figure.layout
    for axis in (layout.xaxis, layout.yaxis):
        beside = np.array(axis.tickvals) % 1
        # Plotly takes a tick for the row within a ten-thousandth of the range; half a pixel shows.
        assert (beside > 40 / 10_000).all() and (beside < 0.05).all()


@pytest.mark.parametrize(("n", "n_named"), [(3, 3), (12, 12), (30, 30), (40, 20), (300, 30)])
def test_names_thin_out_before_they_touch_and_it_is_said(n, n_named):
    similarity = np.eye(n)
    figure = similarity_matrix(similarity, [f"t{row}" for row in range(n)], LIGHT).figure
    assert len(figure.layout.yaxis.ticktext) == n_named
    assert ("one is named" in figure.layout.title.text) == (n_named < n)
    side = figure.layout.height - figure.layout.margin.t
    assert side / n_named >= 17


def test_cells_are_square():
    layout = similarity_matrix(SIMILARITY, TEXTS, LIGHT).figure.layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.xaxis.constrain == layout.yaxis.constrain == "domain"


def test_the_scale_is_fixed_and_drawn():
    trace = similarity_matrix(SIMILARITY, TEXTS, LIGHT, scale_from=-0.5).figure.data[0]
    assert (trace.zmin, trace.zmax) == (-0.5, 1)
    assert trace.colorbar.tickvals == (-0.5, -0.125, 0.25, 0.625, 1.0)


def test_a_scale_says_when_values_lie_below_it():
    below = similarity_matrix(SIMILARITY, TEXTS, LIGHT).figure.data[0]
    assert below.colorbar.ticktext[0] == "≤ 0"
    whole = similarity_matrix(SIMILARITY, TEXTS, LIGHT, scale_from=-1).figure.data[0]
    assert whole.colorbar.ticktext[0] == "−1"


def test_few_values_stand_in_their_cells_in_ink_that_can_be_read():
    similarity = np.array([[1, -0.001], [-0.001, 1]])
    for theme in PALETTES.values():
        written = similarity_matrix(similarity, ["a", "b"], theme).figure.data[1]
        assert list(written.text) == ["1.00", "0.00", "0.00", "1.00"]
        assert written.textfont.color[1] == theme.text
    assert len(similarity_matrix(SIMILARITY, TEXTS, LIGHT).figure.data) == 1


def test_zero_vectors_are_named():
    similarity = cosine_matrix([[1.0, 0.0], [0.0, 0.0], [0.5, 0.5]])
    picture = similarity_matrix(similarity, ["a", "b", "c"], LIGHT)
    assert "zero vectors, like nothing: 2" in picture.figure.layout.title.text


def test_values_that_are_not_known_leave_a_gap():
    similarity = np.eye(3)
    similarity[0, 1] = np.nan
    assert similarity_matrix(similarity, ["a", "b", "c"], LIGHT).alt.startswith("Most alike")


def test_one_text_and_none_are_said_to_be_so():
    assert "nothing to compare it with" in similarity_matrix(np.eye(1), ["a"], LIGHT).alt
    assert similarity_matrix(np.zeros((0, 0)), [], LIGHT).alt == "There are no texts to compare."
    assert "no categories" in centroid_matrix(np.zeros((0, 0)), [], LIGHT).alt


def test_categories_show_how_many_texts_they_have():
    picture = centroid_matrix(np.eye(2), ["card", "x" * 60], LIGHT, counts=[1200, 7])
    names = picture.figure.layout.yaxis.ticktext
    assert names[0] == "card (1,200)  <b>1</b>" and names[1].endswith("…  (7)  <b>2</b>") is False
    assert "… (7)" in names[1]
    assert "2 categories" in picture.alt


def test_one_scale_serves_all_layers():
    assert shared_scale(np.array([[1, 0.55]]), np.array([[1, 0.31]])) == pytest.approx(0.3)
    assert shared_scale(np.array([[1, -0.05]])) == pytest.approx(-0.1)
    assert shared_scale(np.array([[1.0]]), np.zeros((0, 0))) == pytest.approx(0.9)
    assert shared_scale() == 0


def test_other_numbers_of_names_are_refused():
    with pytest.raises(OptionError, match=r"each of the 2 names, got the shape \(3, 3\)"):
        similarity_matrix(np.eye(3), ["a", "b"], LIGHT)


def test_an_order_that_leaves_rows_out_is_refused():
    with pytest.raises(OptionError, match="must hold each row from 0 to 2 once"):
        similarity_matrix(np.eye(3), ["a", "b", "c"], LIGHT, order=[0, 1, 1])
