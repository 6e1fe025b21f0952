"""Strips of dimensions and lengths of vectors."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, norms_bar, vector_strip

LIGHT = PALETTES["light"]


def vector_of(dim: int) -> np.ndarray:
    return np.random.default_rng(dim).standard_normal(dim).astype(np.float32)


@pytest.mark.parametrize(
    ("dim", "columns"),
    [
        (16, 16),
        (100, 100),
        (128, 128),
        (312, 104),
        (384, 128),
        (768, 128),
        (1024, 128),
        (1056, 96),
        (1152, 128),
        (4096, 128),
        (257, 96),
    ],
)
def test_every_dimension_has_one_cell_with_its_number(dim, columns):
    vector = vector_of(dim)
    trace = vector_strip(vector, LIGHT).figure.data[0]
    assert trace.z.shape[1] == columns
    known = np.isfinite(trace.z)
    np.testing.assert_array_equal(trace.z[known], vector)
    np.testing.assert_array_equal(trace.customdata[known], np.arange(dim))
    assert trace.customdata.dtype.kind == "i"


def test_zero_is_in_the_middle_of_the_colours():
    trace = vector_strip(np.array([-0.5, 2.0, 1.0]), LIGHT).figure.data[0]
    assert trace.zmin == -2 and trace.zmax == 2
    assert trace.colorscale[5] == (0.5, LIGHT.panel)


def test_one_outstanding_dimension_does_not_wash_out_the_rest():
    vector = vector_of(768)
    vector[308] = -40
    picture = vector_strip(vector, LIGHT)
    trace = picture.figure.data[0]
    assert trace.zmax < 4 and trace.colorbar.ticktext[0].startswith("≤ −")
    assert "colours end at ±" in picture.figure.layout.title.text
    assert "Dimension 308 is largest: −40" in picture.alt


def test_several_vectors_stand_below_each_other_with_a_gap():
    vectors = {"first": vector_of(384), "second": vector_of(384) * 2}
    picture = vector_strip(vectors, LIGHT)
    trace, axis = picture.figure.data[0], picture.figure.layout.yaxis
    assert trace.z.shape == (7, 128) and np.isnan(trace.z[3]).all()
    np.testing.assert_array_equal(trace.z[4:].ravel(), vectors["second"])
    assert axis.ticktext == ("first", "second") and axis.tickvals == (1, 5)
    assert "in “second”" in picture.alt


@pytest.mark.parametrize("dim", [1, 8, 384, 4096])
def test_strips_fit_on_a_screen(dim):
    layout = vector_strip(vector_of(dim), LIGHT).figure.layout
    assert 150 < layout.height < 520
    assert layout.height - layout.margin.t > 100


def test_a_zero_vector_is_said_to_be_zero():
    assert "All dimensions are zero" in vector_strip(np.zeros(8), LIGHT).figure.layout.title.text
    assert "no vector" in vector_strip({}, LIGHT).alt


def test_vectors_of_other_lengths_are_refused():
    with pytest.raises(OptionError, match=r"one shape \(dim,\), got \[\(3,\), \(4,\)\]"):
        vector_strip({"a": np.zeros(3), "b": np.zeros(4)}, LIGHT)
    with pytest.raises(OptionError, match=r"one shape \(dim,\), got \[\(2, 2\)\]"):
        vector_strip(np.zeros((2, 2)), LIGHT)
    with pytest.raises(OptionError, match="at most 12 vectors in a strip, got 13"):
        vector_strip({str(n): np.zeros(2) for n in range(13)}, LIGHT)


def test_few_lengths_are_bars_in_the_order_of_texts():
    picture = norms_bar(np.array([3.0, 5.5, 4.0]), ["a", "b", "c"], LIGHT)
    trace, axis = picture.figure.data[0], picture.figure.layout.yaxis
    assert trace.x.tolist() == [3, 5.5, 4] and list(trace.text) == ["3", "5.50", "4"]
    assert axis.range[0] > axis.range[1] and axis.ticktext[0] == "a  <b>1</b>"
    assert picture.alt.startswith("Lengths run from 3 to 5.50; the longest is “b”.")


def test_many_lengths_are_a_histogram_of_all():
    norms = np.random.default_rng(0).uniform(2, 9, 500)
    trace = norms_bar(norms, ["t"] * 500, LIGHT).figure.data[0]
    assert trace.y.sum() == 500 and trace.customdata[0, 0] == pytest.approx(norms.min(), abs=1e-4)


def test_equal_and_zero_lengths_are_said_to_be_so():
    assert "All vectors have the length 1" in norms_bar(np.ones(4), ["t"] * 4, LIGHT).alt
    assert "1 of 2 vectors is zero" in norms_bar(np.array([0.0, 1.0]), ["a", "b"], LIGHT).alt
    assert "2 of 2 vectors are zero" in norms_bar(np.zeros(2), ["a", "b"], LIGHT).alt
    assert "no vectors" in norms_bar(np.zeros(0), [], LIGHT).alt


def test_other_numbers_of_lengths_are_refused():
    with pytest.raises(OptionError, match="one norm a text, got"):
        norms_bar(np.ones(3), ["a"], LIGHT)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(OptionError, match="The norms must be finite numbers, got inf"):
        norms_bar(np.array([1.0, np.inf]), ["a", "b"], LIGHT)
    with pytest.raises(OptionError, match="The vectors must be finite numbers, got nan in row 0"):
        vector_strip(np.array([1.0, np.nan]), LIGHT)
