"""A map's card holds what decided it, and its code makes the same points."""

import json

import numpy as np
import pytest

from embedlib.exporting import card, code
from embedlib.exporting.maps import given_card, given_code, map_card, map_code
from embedlib.projection import project
from embedlib.records import Corpus, Vectors


@pytest.fixture
def points(numbers: np.ndarray) -> np.ndarray:
    return np.clip(numbers, -3, 3)


def test_a_card_says_what_made_the_map_and_how_honest_it_is(
    points: np.ndarray, vectors: Vectors, corpus: Corpus
) -> None:
    projection = project(points, "pca", seed=3)
    facts = map_card([projection], card(vectors, corpus, "mean", -1))
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["method"], facts["seed"], facts["metric"]) == ("pca", 3, "cosine")
    assert facts["vectors"]["model"] == "all-MiniLM-L6-v2" and facts["vectors"]["layer"] == 4
    assert facts["honesty"]["map"] == facts["honesty"]["pca"]


def test_a_card_of_layers_has_the_honesty_of_each(
    points: np.ndarray, vectors: Vectors, corpus: Corpus
) -> None:
    projections = [project(points + layer, "pca") for layer in range(2)]
    facts = map_card(projections, card(vectors, corpus, "mean", 1), layers=(0, 1))
    assert list(facts["layers"]) == ["0", "1"]
    assert facts["layers"]["1"]["honesty"]["points_measured"] == 7


def test_a_card_of_ready_made_vectors_says_that_no_model_made_them(
    points: np.ndarray, corpus: Corpus
) -> None:
    facts = given_card(corpus, "vector", points)
    assert facts["model"] is None and facts["ready_made_vectors"] == "vector"
    assert facts["dimensions"] == 5 and facts["data_digest"] == corpus.digest


def test_the_code_makes_the_same_points(points: np.ndarray) -> None:
    projection = project(points, "pca", seed=5, n_dims=3, metric="euclidean")
    space = {"numbers": points}
    exec(map_code(projection, "import numpy\nembeddings = numbers\nprint(1)\n"), space)
    np.testing.assert_array_equal(space["projection"].points, projection.points)


def test_the_code_of_a_models_map_begins_as_that_of_its_vectors(
    points: np.ndarray, vectors: Vectors, corpus: Corpus
) -> None:
    embeddings = code(vectors, corpus, "mean", 2)
    made = map_code(project(points, "pca"), embeddings)
    compile(made, "code", "exec")
    assert made.count("print(") == 1 and "embeddings = vectors.select" in made
    assert made.index("import project") < made.index("texts = [")


def test_the_code_of_ready_made_vectors_quotes_any_name(corpus: Corpus) -> None:
    made = given_code(corpus, 'v"]); import os  # \n')
    compile(made, "code", "exec")
    assert made.count("\n") == 6 and "import os" in made
