"""Stability: PCA is the same whatever the seed; a random layout is not."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.projection import stability
from tests.projection.made import FEW, groups


def test_pca_does_not_depend_on_the_seed():
    found = stability(groups()[0], "pca", k=5)
    assert found.overall == 1 and (found.agreement == 1).all() and found.seeds == (0, 1, 2)


def test_umap_agrees_more_than_chance_and_less_than_always():
    found = stability(groups(90)[0], "umap", (0, 7), k=10, options=FEW["umap"])
    assert found.agreement.shape == (90,) and found.agreement.dtype == np.float32
    assert found.chance == pytest.approx(10 / 89)
    assert 2 * found.chance < found.overall < 1
    assert found.overall == pytest.approx(found.agreement.mean())


@pytest.mark.parametrize("seeds", [(), (1,), (1, 1)])
def test_fewer_than_two_seeds_are_refused(seeds):
    with pytest.raises(OptionError, match="two or more different seeds"):
        stability(groups()[0], "pca", seeds)


def test_neighbours_are_found_once_for_all_seeds():
    said = []
    stability(groups()[0], "umap", options=FEW["umap"], progress=said.append)
    assert sum("finding neighbours" in p.note for p in said) == 1
    assert said[-1].done > 95 and said[-1].note == "Map 3 of 3: laying out"
