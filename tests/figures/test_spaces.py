import numpy as np
import pytest

from embedlib.errors import LimitError, OptionError
from embedlib.figures import PALETTES
from embedlib.figures.cloud import Colouring, categories, numbers, one_colour
from embedlib.figures.spaces import space_of_texts

LIGHT = PALETTES["light"]
POINTS = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
TEXTS = [f"text {row}" for row in range(6)]
LABELS = ["a", "b", "a", "", "b", "a"]


def drawn(colouring, **more):
    return space_of_texts(POINTS, TEXTS, colouring, LIGHT, **more)


def test_every_point_carries_its_row_and_its_text_whatever_its_category():
    traces = drawn(categories("label", LABELS)).figure.data
    seen = {}
    for trace in traces:
        for row, x, hover in zip(trace.customdata, trace.x, trace.hovertext, strict=True):
            seen[int(row)] = (float(x), hover)
    assert seen == {row: (float(POINTS[row, 0]), TEXTS[row]) for row in range(6)}


def test_categories_have_a_legend_with_counts_and_others_have_none():
    figure = drawn(categories("label", LABELS)).figure
    assert [trace.name for trace in figure.data] == ["a (3)", "b (2)", "no label (1)"]
    assert figure.layout.showlegend
    assert not drawn(one_colour()).figure.layout.showlegend


def test_ranked_names_get_their_colours_in_order_and_others_by_size():
    codes = np.array([1, 1, 1, 0, 0, -1], np.int32)
    by_size = drawn(Colouring("label", "category", codes, ("few", "many"))).figure.data
    ranked = drawn(Colouring("label", "category", codes, ("few", "many"), ranked=True)).figure.data
    assert [trace.name for trace in by_size][:2] == ["many (3)", "few (2)"]
    assert [trace.name for trace in ranked][:2] == ["few (2)", "many (3)"]
    assert ranked[0].marker.color == by_size[0].marker.color == LIGHT.categories[0]


def test_numbers_stand_on_the_colourings_own_scale():
    colouring = numbers("length", [1, 2, 3, 4, 5, np.nan], unit="tokens")
    marker = drawn(colouring).figure.data[0].marker
    assert (marker.cmin, marker.cmax) == colouring.limits
    assert marker.colorbar.ticksuffix == " tokens"


def test_a_row_that_is_open_is_ringed_and_named():
    picture = drawn(one_colour(), highlighted=[2])
    ring = picture.figure.data[-1]
    assert (ring.x[0], ring.customdata) == (POINTS[2, 0], None)
    assert "text 2" in picture.alt


def test_all_axes_have_one_scale():
    assert drawn(one_colour()).figure.layout.scene.aspectmode == "data"


def test_no_texts_give_a_sentence():
    assert "no texts" in space_of_texts(np.empty((0, 3)), [], one_colour(), LIGHT).alt


def test_other_shapes_and_numbers_that_are_not_finite_are_refused():
    with pytest.raises(OptionError, match=r"of shape \(6, 3\), got \(6, 2\)"):
        space_of_texts(POINTS[:, :2], TEXTS, one_colour(), LIGHT)
    with pytest.raises(OptionError, match="must be finite"):
        space_of_texts(np.full((6, 3), np.nan), TEXTS, one_colour(), LIGHT)


def test_too_many_texts_are_refused_and_never_sampled(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_SPACE_TEXTS", "5")
    with pytest.raises(LimitError, match="A map in 3-D must be at most 5 texts, got 6"):
        drawn(one_colour())
