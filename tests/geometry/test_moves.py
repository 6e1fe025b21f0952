"""Neighbours before and after a vector moves."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import nearest, neighbour_change

VECTORS = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])


def test_a_vector_that_does_not_move_keeps_its_neighbours():
    found = neighbour_change(VECTORS, [1.0, 0.2], [1.0, 0.2], n=3)
    assert found.n_new == 0
    assert found.rows.tolist() == [0, 1, 2]
    assert found.rank_before.tolist() == found.rank_after.tolist() == [1, 2, 3]
    assert np.array_equal(found.before, found.after)


def test_new_neighbours_are_counted_and_old_ones_keep_their_rank():
    found = neighbour_change(VECTORS, [1.0, 0.2], [-1.0, 0.3], n=2)
    assert found.rows.tolist() == [0, 1, 2, 3]
    assert found.rank_before.tolist() == [1, 2, 3, 4]
    assert found.rank_after.tolist() == [4, 3, 2, 1]
    assert found.n_new == 2
    assert found.before[0] == pytest.approx(1 / np.hypot(1, 0.2))


def test_the_nearest_are_those_of_nearest():
    vectors = np.random.default_rng(0).standard_normal((30, 8))
    found = neighbour_change(vectors[1:], vectors[0], vectors[0], n=5)
    rows, cosines = nearest(vectors, 0, 5)
    assert (found.rows + 1).tolist() == rows.tolist()
    assert np.allclose(found.before, cosines)


def test_fewer_texts_than_asked_for_are_all_given():
    assert neighbour_change(VECTORS, [1.0, 0.0], [0.0, 1.0], n=10).rows.tolist() == [0, 1, 2, 3]


def test_wrong_arguments_are_refused_in_words():
    with pytest.raises(OptionError, match="must have 2 dimensions, got 3"):
        neighbour_change(VECTORS, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], n=1)
    with pytest.raises(OptionError, match="number of neighbours must be a whole number"):
        neighbour_change(VECTORS, [1.0, 0.0], [0.0, 1.0], n=0)
