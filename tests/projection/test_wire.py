"""Records travel unchanged; what is not known does not travel."""

from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest

from embedlib import projection
from embedlib.projection.wire import RECORDS, packed, unpacked
from tests.projection.made import FEW, groups


def travelled(value):
    return unpacked(b"".join(packed(value)))


def assert_same(one, other):
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        assert one == other


def test_every_record_travels_unchanged():
    vectors, _ = groups()
    layers = projection.project_layers([vectors] * 2, options=FEW["umap"])
    made = layers.projections[0]
    for value in (
        layers,
        made,
        made.honesty,
        layers.neighbours[0],
        made.honesty.map,
        projection.place(made, vectors, vectors[:3]),
        projection.stability(vectors, "pca"),
    ):
        assert type(value).__name__ in RECORDS
        assert_same(value, travelled(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        float("inf"),
        "Ünï 中 😀",
        ["a", ("b", 2, [True])],
        {"deep": {"list": [1.5, None]}},
        np.arange(6, dtype=">i8").reshape(2, 3)[:, ::2],
        np.empty((0, 4), np.float32),
        np.array([True, False]),
        np.float16(2.5) * np.ones((2, 1, 2), np.float16),
    ],
)
def test_plain_values_travel_unchanged(value):
    assert_same(value, travelled(value))


def test_columns_and_numbers_of_libraries_become_plain():
    assert travelled(pd.Series(["a", ""])) == ["a", ""]
    assert travelled(np.array(["a", "b"])) == ["a", "b"]
    assert travelled(np.int64(3)) == 3


def test_what_comes_back_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        travelled(np.ones(3))[0] = 2
