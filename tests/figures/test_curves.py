"""Curves over layers, and what is cut."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, cut_texts, layer_curve
from embedlib.figures.curves import _apart
from embedlib.records import Ledger

LIGHT = PALETTES["light"]
CURVE = np.array([0.5, 0.9, 0.8, 0.3], dtype=np.float32)


def ledger(n_all, most: int, windows: int = 1) -> Ledger:
    n_all = np.array(n_all)
    kept = n_all if windows > 1 else np.minimum(n_all, most - 2)
    return Ledger(n_all, kept, np.where(n_all > most - 2, windows, 1), most)


def test_one_curve_is_summed_up_by_its_ends():
    picture = layer_curve({"bank / bank": CURVE}, None, LIGHT)
    assert picture.alt.startswith(
        "“bank / bank”: most alike at layer 1 (0.900), least at layer 3 (0.300)."
    )
    assert picture.figure.data[0].y.tolist() == CURVE.tolist()


def test_several_curves_differ_by_more_than_colour():
    names = [f"pair {n}" for n in range(8)]
    figure = layer_curve({name: CURVE - n / 20 for n, name in enumerate(names)}, None, LIGHT).figure
    for look in ("line.color", "line.dash", "marker.symbol"):
        assert len({trace[look] for trace in figure.data}) == 8
    assert "“pair 0” is most alike (0.300)" in figure.layout.title.text


def test_the_baseline_is_dashed_and_named():
    picture = layer_curve({"a": CURVE}, np.full(4, 0.25), LIGHT)
    baseline = picture.figure.data[0]
    assert baseline.line.dash == "dot" and baseline.name == "mean of all pairs"
    assert "mean of all pairs lies at 0.250" in picture.alt


def test_a_pair_may_be_called_like_the_baseline():
    figure = layer_curve({"mean of all pairs": CURVE}, CURVE, LIGHT).figure
    assert len(figure.layout.annotations) == 2


def test_a_baseline_without_values_is_drawn_as_nothing():
    figure = layer_curve({"a": CURVE}, np.full(4, np.nan), LIGHT).figure
    assert [trace.name for trace in figure.data] == ["a"]


def test_a_layer_without_a_baseline_leaves_a_gap():
    baseline = np.array([0.1, np.nan, 0.3, 0.2])
    picture = layer_curve({"a": CURVE}, baseline, LIGHT)
    assert np.isnan(picture.figure.data[0].y).sum() == 1 and "at 0.200 on average" in picture.alt


def test_the_chosen_layer_is_marked():
    figure = layer_curve({"a": CURVE}, None, LIGHT, chosen_layer=2).figure
    assert figure.layout.shapes[0].x0 == 2
    assert figure.layout.annotations[-1].text == "layer 2"
    assert not layer_curve({"a": CURVE}, None, LIGHT, chosen_layer=9).figure.layout.shapes


def test_layers_keep_their_numbers():
    figure = layer_curve({"a": CURVE}, None, LIGHT, layers=[0, 4, 8, 12]).figure
    assert figure.data[0].x.tolist() == [0, 4, 8, 12]


def test_negative_cosines_are_in_sight():
    layout = layer_curve({"a": CURVE - 1}, None, LIGHT).figure.layout
    assert layout.yaxis.range[0] < -0.7 and layout.yaxis.zeroline


def test_names_at_the_ends_stand_apart_and_within_the_plot():
    for wanted in ([100, 100, 101, 102.0], [0, 0, 0], [300, 300, 299], [5.0], [*range(8)]):
        places = _apart(np.array(wanted, dtype=float), 17.0, 300.0)
        assert (np.diff(np.sort(places)) >= 16.5).all()
        assert places.min() >= -1 and places.max() <= 301
        assert (np.argsort(places, kind="stable") == np.argsort(wanted, kind="stable")).all()


def test_curves_of_other_lengths_are_refused():
    with pytest.raises(OptionError, match=r"one shape \(layer,\), got \[\(3,\), \(4,\)\]"):
        layer_curve({"a": CURVE}, CURVE[:3], LIGHT)
    with pytest.raises(OptionError, match="at most 8 curves, got 9"):
        layer_curve({str(n): CURVE for n in range(9)}, None, LIGHT)
    with pytest.raises(OptionError, match="must be 4 layer numbers, got 2"):
        layer_curve({"a": CURVE}, None, LIGHT, layers=[0, 1])
    with pytest.raises(OptionError, match="The curves must be finite numbers, got nan in row 0"):
        layer_curve({"a": CURVE * np.nan}, None, LIGHT)


def test_no_curve_is_said_to_be_none():
    assert "no pair" in layer_curve({}, None, LIGHT).alt


def test_what_is_cut_is_counted_shaded_and_patterned():
    picture = cut_texts(ledger([5, 10, 30, 31, 90], 32), LIGHT)
    whole, cut = picture.figure.data
    assert whole.y.sum() == 3 and cut.y.sum() == 2
    assert cut.marker.pattern.shape == "/" and cut.marker.color == LIGHT.warn
    assert cut.customdata[cut.y > 0].min() == 31
    assert {shape.type for shape in picture.figure.layout.shapes} == {"line", "rect"}
    assert picture.alt.startswith("2 of 5 texts are cut; 37 % of all tokens are lost.")


@pytest.mark.parametrize("longest", [31, 100, 1000, 50_000])
def test_no_bar_holds_both_cut_and_whole_texts(longest):
    n_all = np.unique(np.geomspace(1, longest, 400).astype(int))
    figure = cut_texts(ledger(n_all, 32), LIGHT).figure
    whole, cut = figure.data
    assert not ((whole.y > 0) & (cut.y > 0)).any()
    assert whole.y.sum() + cut.y.sum() == len(n_all)
    assert figure.layout.shapes[0].x0 == 30.5


def test_nothing_cut_is_said_with_the_longest():
    picture = cut_texts(ledger([5, 10, 30], 256), LIGHT)
    assert picture.alt.startswith("No text is cut: the longest has 30 of 254 tokens.")
    assert not picture.figure.layout.showlegend


def test_windows_lose_nothing():
    assert "No token is lost: 1 of 2 texts is read in several windows" in (
        cut_texts(ledger([5, 300], 256, windows=2), LIGHT).alt
    )


def test_texts_without_tokens_and_no_texts_have_pictures():
    assert cut_texts(ledger([0, 0], 256), LIGHT).figure.data[0].y.sum() == 2
    assert "no texts" in cut_texts(ledger([], 256), LIGHT).alt
