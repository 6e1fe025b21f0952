"""A map's card holds what decided it, and its code makes the same points."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from embedlib.clusters import cluster
from embedlib.exporting import card, code
from embedlib.exporting.maps import given_card, given_code, map_card, map_code, map_columns
from embedlib.exporting.tables import TABLES
from embedlib.probes import problem, verdicts
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


def test_columns_have_the_places_the_groups_and_the_probes_word(
    points: np.ndarray, corpus: Corpus
) -> None:
    projections = [project(points + layer, "pca", n_dims=2 + layer) for layer in range(2)]
    frames = np.zeros((2, 7, 3), np.float32)
    for number, projection in enumerate(projections):
        frames[number, :, : projection.n_dims] = projection.points
    groups = cluster(points, "kmeans", {"k": 2}, stability=False)
    judged = verdicts(points, problem(["a", "b", "a", "b", "a", "b", ""], corpus.texts))
    found = map_columns(
        projections,
        frames,
        np.arange(7) + 10,
        layers=(3, 4),
        clusters=groups,
        keywords=("card, pin", ""),
        verdicts=judged,
    )
    assert list(found) == [
        *("row", "x_layer_3", "y_layer_3", "neighbours_kept_layer_3"),
        *("x_layer_4", "y_layer_4", "z_layer_4", "neighbours_kept_layer_4"),
        *("group", "group_keywords", "predicted_label", "predicted_probability"),
        "label_probability",
    ]
    np.testing.assert_array_equal(found["x_layer_3"], projections[0].points[:, 0])
    rows = list(csv.DictReader(io.StringIO(TABLES["csv"].write(found, corpus, {}).decode())))
    assert [row["row"] for row in rows] == [str(row) for row in range(11, 18)]
    assert [row["group"] for row in rows] == [str(code + 1) for code in groups.codes]
    assert {row["group_keywords"] for row in rows if row["group"] == "1"} == {"card, pin"}
    assert rows[6]["predicted_label"] == rows[6]["label_probability"] == ""
    assert {row["predicted_label"] for row in rows[:6]} <= {"a", "b"}


def test_a_text_in_no_group_has_none_in_the_columns(points: np.ndarray, corpus: Corpus) -> None:
    groups = cluster(points, "hdbscan", {"min_cluster_size": 2}, stability=False)
    codes = np.array([0, -1, 0, 0, -1, 0, 0], np.int32)
    found = map_columns([], points, np.arange(7), clusters=replace(groups, codes=codes))
    rows = list(csv.DictReader(io.StringIO(TABLES["csv"].write(found, corpus, {}).decode())))
    assert [row["group"] for row in rows] == ["1", "", "1", "1", "", "1", "1"]


def test_a_card_says_how_groups_were_found_and_labels_judged(
    points: np.ndarray, corpus: Corpus
) -> None:
    groups = cluster(points, "kmeans", {"k": 2})
    judged = verdicts(points, problem(["a", "b"] * 3 + ["a"], corpus.texts))
    projection = project(points, "umap")
    given = given_card(corpus, "v", points)
    facts = map_card([projection], given, clusters=groups, verdicts=judged)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["groups"]["settings"] == {"k": 2}
    assert facts["labels"]["accuracy"] == pytest.approx(judged.accuracy, abs=1e-6)
    for one in ("map", "pca", "random"):
        assert 0 <= facts["honesty"][one]["triplets"] <= 1
