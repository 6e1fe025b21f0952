"""Aligned planes: a turn between layers is undone, a real move is not."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import aligned_planes

BASE = np.random.default_rng(3).standard_normal((20, 6))
TURN = np.linalg.qr(np.random.default_rng(4).standard_normal((6, 6)))[0]


def test_layers_that_differ_by_turn_scale_and_shift_fall_on_each_other():
    planes = aligned_planes(np.stack([BASE, 5 * BASE @ TURN + 3, -BASE]))
    np.testing.assert_allclose(planes[0], planes[2], atol=1e-4)
    np.testing.assert_allclose(planes[1], planes[2], atol=1e-4)


def test_what_really_moved_is_seen():
    moved = BASE.copy()
    moved[7] = -4 * BASE[7]
    planes = aligned_planes(np.stack([BASE, moved]))
    steps = np.linalg.norm(planes[0] - planes[1], axis=1)
    assert steps.argmax() == 7


def test_ratios_of_distances_within_a_layer_stay():
    from embedlib.geometry import pca

    planes = aligned_planes(np.stack([BASE, BASE @ TURN * 2]))
    own = pca(BASE).points
    ours = np.linalg.norm(planes[0][:, None] - planes[0], axis=2)
    theirs = np.linalg.norm(own[:, None] - own, axis=2)
    np.testing.assert_allclose(ours / ours.max(), theirs / theirs.max(), atol=1e-5)


def test_one_point_equal_points_and_one_dimension_are_allowed():
    assert not aligned_planes(np.ones((3, 1, 5))).any()
    assert not aligned_planes(np.ones((2, 4, 5))).any()
    assert aligned_planes(np.arange(6.0).reshape(2, 3, 1)).shape == (2, 3, 2)


def test_another_shape_is_refused():
    with pytest.raises(OptionError, match=r"\(layer, point, dim\), got \(20, 6\)"):
        aligned_planes(BASE)
