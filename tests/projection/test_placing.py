"""New texts in a map: on the point of an equal, among their neighbours, or said to be strangers."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.projection import PROJECTIONS, place, project
from tests.projection.made import FEW, groups

EVERY = pytest.mark.parametrize("method", list(PROJECTIONS))


@EVERY
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_text_of_the_map_lands_on_its_point(method, metric):
    vectors, _ = groups()
    made = project(vectors, method, metric=metric, options=FEW[method])
    placed = place(made, vectors, vectors[[4, 31]])
    np.testing.assert_allclose(placed.points, made.points[[4, 31]], atol=1e-4)
    np.testing.assert_array_equal(placed.neighbours[:, 0], [4, 31])
    assert placed.distances[:, 0].max() < 1e-6 and placed.belongs.all()


@EVERY
def test_a_new_text_lands_among_its_own_and_a_stranger_is_told(method):
    vectors, of = groups(90, dim=20, spread=0.1)
    made = project(vectors, method, options=FEW[method])
    new = vectors[of == 1].mean(axis=0, keepdims=True)
    stranger = np.zeros((1, 20), np.float32)
    stranger[0, 19] = 1
    placed = place(made, vectors, np.concatenate([new, stranger]), k=5)
    centres = np.stack([made.points[of == group].mean(axis=0) for group in range(3)])
    assert np.linalg.norm(centres - placed.points[0], axis=1).argmin() == 1
    assert (of[placed.neighbours[0]] == 1).all()
    assert placed.belongs.tolist() == [True, False]
    assert placed.percentile[1] == 100 and placed.n_compared == 90


def test_placing_changes_nothing_and_takes_few_points():
    vectors = groups(2)[0]
    made = project(vectors)
    before = made.points.copy()
    placed = place(made, vectors, vectors.mean(axis=0, keepdims=True), k=99)
    assert placed.points.shape == (1, 2) and placed.neighbours.shape == (1, 2)
    np.testing.assert_array_equal(made.points, before)
    lonely = project(vectors[:1])
    assert place(lonely, vectors[:1], vectors).belongs.tolist() == [True, False]


def test_vectors_of_another_space_are_refused():
    vectors, _ = groups()
    made = project(vectors, "pca")
    with pytest.raises(OptionError, match="must have 8 dimensions as the map's have, got 3"):
        place(made, vectors, np.ones((1, 3)))
    with pytest.raises(OptionError, match="got 60 points for 59 vectors"):
        place(made, vectors[1:], vectors)
