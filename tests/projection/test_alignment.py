"""Alignment against closed forms, and turnover by hand."""

import numpy as np
import pytest
from scipy.spatial import procrustes

from embedlib.errors import OptionError
from embedlib.projection import Neighbours, align, in_one_frame, turnover


def layout(n_dims=2, seed=0):
    return np.random.default_rng(seed).normal(size=(30, n_dims))


def turned(points, *, angle=0.7, mirrored=False, size=3.0, moved=11.0):
    turn = np.eye(points.shape[1])
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    if mirrored:
        turn[:, 0] *= -1
    return size * points @ turn + moved


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_layout_that_was_turned_mirrored_sized_and_moved_comes_back(n_dims, mirrored):
    points = layout(n_dims)
    found = align(turned(points, mirrored=mirrored), points)
    np.testing.assert_allclose(found, points, atol=1e-5)


def test_other_layouts_come_as_near_as_scipy_says_at_equal_size():
    one, other = layout(seed=1), layout(seed=2)
    found = align(other, one)
    turned_by_scipy = procrustes(one, other)[1]
    centred = found - found.mean(axis=0)
    direction = turned_by_scipy / np.linalg.norm(turned_by_scipy)
    np.testing.assert_allclose(centred / np.linalg.norm(centred), direction, atol=1e-6)
    assert np.linalg.norm(centred) == pytest.approx(np.linalg.norm(one - one.mean(axis=0)))


def test_a_layout_of_one_spot_lands_on_the_middle():
    found = align(np.ones((30, 2)), layout())
    np.testing.assert_allclose(found, np.tile(layout().mean(axis=0), (30, 1)), atol=1e-6)


def test_a_chain_of_layouts_ends_in_the_frame_of_the_first():
    points = layout()
    framed = in_one_frame([points, turned(points), turned(points, mirrored=True)])
    assert framed.shape == (3, 30, 2) and framed.dtype == np.float32
    np.testing.assert_allclose(framed[2], points, atol=1e-4)


def test_layouts_of_other_shapes_are_refused():
    with pytest.raises(OptionError, match=r"must have the shape of the points, \(30, 2\)"):
        align(layout(), layout()[:9])


def near(rows):
    indices = np.array(rows, np.int32)
    return Neighbours(indices, np.zeros(indices.shape, np.float32), True, "cosine")


def test_turnover_counts_neighbours_that_are_others():
    found = turnover(near([[1, 2], [0, 2], [0, 1]]), near([[2, 1], [0, 3], [4, 3]]))
    np.testing.assert_array_equal(found, np.array([0, 0.5, 1], np.float32))
    with pytest.raises(OptionError, match="the same number of texts and of neighbours"):
        turnover(near([[1, 2]]), near([[1]]))
