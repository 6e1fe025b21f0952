"""Equal vectors, and the neighbours of what is left without them."""

import numpy as np
import pytest

from embedlib.projection import Neighbours, neighbours, project
from embedlib.projection.repeats import among_kinds, distinct
from embedlib.projection.space import space
from tests.projection.made import FEW, groups


def repeated():
    vectors = groups(80, spread=0.5)[0]
    rows = np.concatenate([np.arange(80), [3, 3, 3, 3, 3, 50, 9]])
    return vectors[np.random.default_rng(0).permutation(rows)]


def test_rows_are_distinct_by_their_bits_and_minus_zero_is_zero():
    found = distinct(np.array([[1, 0], [2, 0], [1, -0.0], [2, 0], [1, 1e-30]], np.float32))
    assert found.rows.tolist() == [0, 1, 4] and found.kinds.tolist() == [0, 1, 0, 1, 2]
    assert found.n_repeats == 2


@pytest.mark.parametrize("k", [1, 4, 15, 86])
def test_neighbours_of_all_rows_become_those_of_the_kinds(k):
    vectors = repeated()
    kinds = distinct(vectors)
    whole = space(vectors, "cosine").of(kinds.rows)
    found = among_kinds(neighbours(vectors, k), kinds, whole)
    expected = neighbours(vectors[kinds.rows], k)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_allclose(found.distances, expected.distances, atol=1e-6)


def test_a_map_is_the_same_with_neighbours_found_before():
    vectors = repeated()
    found = neighbours(vectors, 15)
    made = [project(vectors, options=FEW["umap"], neighbours=n) for n in (None, found)]
    np.testing.assert_array_equal(made[0].points, made[1].points)
    told = Neighbours(found.indices, found.distances, False, "cosine")
    assert project(vectors, options=FEW["umap"], neighbours=told).neighbour_method == "approximate"
