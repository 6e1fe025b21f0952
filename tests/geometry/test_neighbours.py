"""Neighbours, hubs and overlap against plain loops and scikit-learn."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import hubness, nearest, neighbour_overlap, neighbour_rows
from embedlib.geometry import neighbours as module

VECTORS = np.random.default_rng(3).standard_normal((60, 7)).astype(np.float32) + 0.3


def test_every_row_holds_what_nearest_gives_for_that_text():
    rows = neighbour_rows(VECTORS, 5)
    for row in range(60):
        assert rows[row].tolist() == nearest(VECTORS, row, 5)[0].tolist()


def test_blocks_change_nothing(monkeypatch):
    whole = neighbour_rows(VECTORS, 5)
    monkeypatch.setattr(module, "_BLOCK_BYTES", 4 * 60 * 7)
    assert (neighbour_rows(VECTORS, 5) == whole).all()


def test_a_text_is_never_its_own_neighbour_even_beside_its_twin():
    twins = np.repeat(VECTORS[:4], 2, axis=0)
    rows = neighbour_rows(twins, 7)
    assert all(row not in found for row, found in enumerate(rows.tolist()))
    assert rows[:, 0].tolist() == [1, 0, 3, 2, 5, 4, 7, 6]


def test_more_neighbours_than_other_texts_are_refused():
    with pytest.raises(OptionError, match="from 1 to 59, got 60"):
        neighbour_rows(VECTORS, 60)
    with pytest.raises(OptionError, match="at least 2 texts, got 1"):
        neighbour_rows(VECTORS[:1], 1)


def test_hubness_is_the_skewness_that_scipy_gives():
    from scipy.stats import skew

    rows = neighbour_rows(VECTORS, 5)
    counts = [int((rows == row).sum()) for row in range(60)]
    assert hubness(rows) == pytest.approx(skew(counts))


def test_without_hubs_hubness_is_zero():
    assert hubness([[1], [2], [0]]) == 0


def test_overlap_is_the_share_of_the_intersection():
    rng = np.random.default_rng(0)
    first = np.array([rng.choice(30, 6, replace=False) for _ in range(30)])
    second = np.array([rng.choice(30, 6, replace=False) for _ in range(30)])
    loop = [len(set(a) & set(b)) / 6 for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(neighbour_overlap(first, second), loop, atol=1e-6)
    assert neighbour_overlap(first, first[:, ::-1]).tolist() == [1.0] * 30


def test_overlap_needs_as_many_neighbours_on_both_sides():
    with pytest.raises(OptionError, match=r"got \(2, 2\) and \(2, 1\)"):
        neighbour_overlap([[1, 2], [0, 2]], [[1], [0]])
