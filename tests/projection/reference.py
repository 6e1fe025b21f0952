"""Writes umap_learn.json, what umap-learn itself gives: `python -m tests.projection.reference`.

A test that ran umap-learn would compile for a minute; its numbers do not change.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

from embedlib.projection import neighbours
from tests.projection.made import groups

FILE = Path(__file__).with_name("umap_learn.json")
CURVES = (0.0, 0.1, 0.5, 0.99)
N_POINTS, N_NEIGHBOURS = 40, 8


def vectors_and_labels():
    vectors, of = groups(N_POINTS, spread=0.4)
    return vectors, [-1 if row % 7 == 0 else int(group) for row, group in enumerate(of)]


def triples(graph):
    graph = graph.tocoo()
    cells = zip(graph.row, graph.col, graph.data, strict=True)
    return [[int(i), int(j), round(float(value), 7)] for i, j, value in cells]


def main() -> None:
    from umap.umap_ import (
        discrete_metric_simplicial_set_intersection,
        find_ab_params,
        fuzzy_simplicial_set,
    )

    vectors, labels = vectors_and_labels()
    found = neighbours(vectors, N_NEIGHBOURS - 1)
    own = np.arange(N_POINTS, dtype=np.int32)[:, None]
    indices = np.hstack([own, found.indices])
    distances = np.hstack([np.zeros((N_POINTS, 1), np.float32), found.distances])
    graph = fuzzy_simplicial_set(
        vectors, N_NEIGHBOURS, None, "cosine", knn_indices=indices, knn_dists=distances
    )[0]
    labelled = discrete_metric_simplicial_set_intersection(
        graph.copy(), np.array(labels), far_dist=2.5 / (1 - 0.5)
    )
    curves = {str(d): [float(p) for p in find_ab_params(1.0, d)] for d in CURVES}
    FILE.write_text(
        json.dumps(
            {
                "umap-learn": version("umap-learn"),
                "curves": curves,
                "graph": triples(graph),
                "labelled": triples(labelled),
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
