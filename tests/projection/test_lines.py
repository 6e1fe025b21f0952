"""Three kinds of lines: kept, torn, false."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.projection import compare_neighbours, honesty, project
from tests.projection.made import FEW, groups


def test_lines_are_those_that_honesty_counts():
    vectors, _ = groups(spread=0.6)
    made = project(vectors, "umap", options=FEW["umap"])
    judged = honesty(vectors, made.points, 9)
    for row in (0, 17, 59):
        lines = compare_neighbours(vectors, made.points, row, 9)
        assert len(lines.kept) == judged.kept[row]
        assert len(lines.torn) == judged.torn[row] and len(lines.false) == judged.false[row]
        assert set(lines.kept) | set(lines.torn) == set(lines.true)
        assert set(lines.kept) | set(lines.false) == set(lines.near)
        assert row not in lines.true and row not in lines.near
        np.testing.assert_array_equal(np.sort(lines.distances), lines.distances)


def test_one_point_has_no_lines_and_a_row_must_exist():
    lines = compare_neighbours([[1.0, 2.0]], [[0.0, 0.0]], 0)
    assert len(lines.true) == len(lines.near) == 0
    with pytest.raises(OptionError, match="The row must be a whole number from 0 to 59"):
        compare_neighbours(groups()[0], np.zeros((60, 2)), 60)
