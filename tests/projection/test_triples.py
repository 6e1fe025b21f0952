"""Triples: a perfect layout keeps all, a random one half; against a count over all triples."""

from itertools import permutations

import numpy as np
import pytest

from embedlib.projection import honesty, project
from embedlib.projection.space import space
from embedlib.projection.triples import Triples
from tests.projection.made import groups


def test_a_perfect_layout_keeps_all_and_one_spot_half():
    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    triples = Triples.drawn(space(points, "euclidean"), 0)
    assert triples.share(points * 3 + 1) == (1, 0)
    assert triples.share(np.zeros((300, 2)))[0] == 0.5
    assert triples.share(np.random.default_rng(1).normal(size=(300, 2)))[0] == pytest.approx(
        0.5, abs=0.03
    )


def test_the_share_is_that_of_all_triples_within_its_margin():
    vectors = groups(30, spread=0.5)[0]
    points = vectors[:, :2]
    true = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    near = np.linalg.norm(points[:, None] - points, axis=2)
    every = list(permutations(range(30), 3))
    right = [(true[a, b] < true[a, c]) == (near[a, b] < near[a, c]) for a, b, c in every]
    share, margin = Triples.drawn(space(vectors, "euclidean"), 0).share(points)
    assert 0 < margin < 0.01 and share == pytest.approx(np.mean(right), abs=2 * margin)


def test_equal_vectors_have_no_triples():
    vectors = np.ones((9, 3), np.float32)
    assert Triples.drawn(space(vectors, "cosine"), 0).share(np.zeros((9, 2))) == (1, 0)


def test_mds_keeps_as_many_triples_as_the_best_plane():
    random = np.random.default_rng(0)
    centres = random.normal(size=(40, 16))
    vectors = centres[np.arange(400) % 40] + 0.4 * random.normal(size=(400, 16))
    found = honesty(vectors, project(vectors, "mds").points)
    assert found.triplets > found.pca.triplets > found.random.triplets + 0.15
