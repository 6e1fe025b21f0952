"""UMAP's graph and curve are umap-learn's; its layout is as honest; labels guide it."""

import json

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.projection import honesty, neighbours, project
from embedlib.projection.umap import fitted_curve, fuzzy_graph, with_labels
from tests.projection import reference
from tests.projection.made import groups


@pytest.fixture(scope="module")
def expected():
    return json.loads(reference.FILE.read_text())


def dense(cells):
    whole = np.zeros((reference.N_POINTS,) * 2)
    for i, j, value in cells:
        whole[i, j] = value
    return whole


def graph():
    vectors, _ = reference.vectors_and_labels()
    return fuzzy_graph(neighbours(vectors, reference.N_NEIGHBOURS - 1))


def test_the_graph_is_that_of_umap_learn(expected):
    np.testing.assert_allclose(graph().toarray(), dense(expected["graph"]), atol=1e-4)


def test_labels_weaken_the_same_edges_as_in_umap_learn(expected):
    labels = np.array(reference.vectors_and_labels()[1], np.int32)
    found = with_labels(graph(), labels, 0.5).toarray()
    np.testing.assert_allclose(found, dense(expected["labelled"]), atol=1e-4)


@pytest.mark.parametrize("min_dist", reference.CURVES)
def test_the_curve_is_that_of_umap_learn(expected, min_dist):
    wanted = expected["curves"][str(min_dist)]
    np.testing.assert_allclose(fitted_curve(min_dist), wanted, rtol=1e-5)


def test_labels_draw_their_texts_together():
    vectors = groups(90, spread=0.6)[0]
    labels = [("" if row % 5 == 0 else "ab"[row % 2]) for row in range(90)]
    apart = {}
    for weight in (0.0, 0.9):
        made = project(vectors, labels=labels, options={"label_weight": weight, "epochs": 100})
        centres = [made.points[[label == name for label in labels]].mean(axis=0) for name in "ab"]
        apart[weight] = np.linalg.norm(centres[0] - centres[1]) / made.points.std()
    assert apart[0.9] > 2 * apart[0.0]
    plain = project(vectors, options={"label_weight": 0.0, "epochs": 100})
    np.testing.assert_array_equal(
        plain.points, project(vectors, labels=labels, options=plain.options).points
    )


def test_few_neighbours_show_groups_that_many_blur():
    vectors = groups(120, n_groups=12, dim=24, spread=0.1)[0]
    made = {n: project(vectors, options={"n_neighbours": n}).points for n in (5, 60)}
    kept = {n: honesty(vectors, points, 5).knn_preservation for n, points in made.items()}
    assert kept[5] > kept[60]


def test_another_seed_gives_another_picture():
    vectors, _ = groups()
    one, other = (project(vectors, seed=seed, options={"epochs": 20}).points for seed in (0, 1))
    assert np.abs(one - other).max() > 0.1


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a"], "one label a vector, got 1 labels for 60 vectors"),
        (["a"] * 59 + [None], "Every label must be a string, got None"),
        ([1] * 60, "Every label must be a string, got 1"),
    ],
)
def test_labels_that_are_none_are_refused(labels, words):
    with pytest.raises(OptionError, match=words):
        project(groups()[0], labels=labels)
