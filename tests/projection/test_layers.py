"""Layers in one frame: what stays in the vector space stays in the picture."""

import numpy as np
import pytest

from embedlib.errors import Cancelled, OptionError
from embedlib.projection import project, project_layers, turnover
from tests.projection.made import FEW, groups

OPTIONS = FEW["umap"]


def test_every_layer_is_laid_out_in_the_frame_of_the_one_before():
    one, other = groups(90)[0], groups(90, seed=5)[0]
    made = project_layers([one, one, other], "umap", options=OPTIONS)
    assert made.points.shape == (3, 90, 2) and np.isfinite(made.points).all()
    size = made.points[0].std()
    moved = np.linalg.norm(np.diff(made.points, axis=0), axis=2).mean(axis=1)
    assert moved[0] < moved[1] and moved[0] < 0.5 * size
    assert turnover(made.neighbours[0], made.neighbours[1]).max() == 0
    assert turnover(made.neighbours[1], made.neighbours[2]).mean() > 0.2
    assert len(made.honesty) == 3 and made.honesty[0].trustworthiness > 0.7


def test_the_first_layer_is_the_one_that_project_gives():
    vectors, _ = groups()
    made = project_layers(np.stack([vectors, vectors]), "pca")
    np.testing.assert_array_equal(made.points[0], project(vectors, "pca").points)
    np.testing.assert_allclose(made.points[1], made.points[0], atol=1e-6)


def test_layers_of_different_texts_are_refused():
    with pytest.raises(OptionError, match="of the same texts, got 60, 59"):
        project_layers([groups()[0], groups(59)[0]])
    with pytest.raises(OptionError, match="got no layers"):
        project_layers([])


def test_work_on_layers_tells_of_all_and_can_be_stopped():
    said = []
    project_layers([groups()[0]] * 2, "umap", options=OPTIONS, progress=said.append)
    assert (said[-1].done, said[-1].total, said[-1].unit) == (100, 100, "per cent")
    assert said[0].note == "Layer 1 of 2: finding neighbours"
    assert said[-1].note.startswith("Layer 2 of 2: ")
    assert [p.done for p in said] == sorted(p.done for p in said)
    with pytest.raises(Cancelled):
        project_layers([groups()[0]] * 2, cancelled=lambda: len(said) > 0)
