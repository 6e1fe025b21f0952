"""The geometry of vectors: similarity, spaces, planes, layers, tokens; a measure is a function.

Everything here is numpy on arrays, without models and without pictures: `vectors` is
(text, dim), rows are counted from 0, and bad numbers are refused at the door in words.
"""

from embedlib.geometry.alignment import aligned_planes
from embedlib.geometry.centroids import (
    CentroidAccuracy,
    Centroids,
    centroids,
    nearest_centroid_accuracy,
    wilson,
)
from embedlib.geometry.confounds import Confound, confound
from embedlib.geometry.health import HEALTH, HealthMeasure, dominant_dimensions, health
from embedlib.geometry.layers import mean_pair_similarity, similarity_by_layer
from embedlib.geometry.moves import NeighbourChange, neighbour_change
from embedlib.geometry.neighbours import hubness, neighbour_overlap, neighbour_rows
from embedlib.geometry.occurrences import (
    intra_similarity,
    maximum_explained,
    self_similarity,
)
from embedlib.geometry.plane import Plane, pca
from embedlib.geometry.relations import cka, cka_matrix
from embedlib.geometry.similarity import cluster_order, cosine_matrix, nearest, norms, unit
from embedlib.geometry.tokens import cosine_terms, maximum_pulls, pulls
from embedlib.geometry.transforms import TRANSFORMS, Transform, transformed

__all__ = [
    "HEALTH",
    "TRANSFORMS",
    "CentroidAccuracy",
    "Centroids",
    "Confound",
    "HealthMeasure",
    "NeighbourChange",
    "Plane",
    "Transform",
    "aligned_planes",
    "centroids",
    "cka",
    "cka_matrix",
    "cluster_order",
    "confound",
    "cosine_matrix",
    "cosine_terms",
    "dominant_dimensions",
    "health",
    "hubness",
    "intra_similarity",
    "maximum_explained",
    "maximum_pulls",
    "mean_pair_similarity",
    "nearest",
    "nearest_centroid_accuracy",
    "neighbour_change",
    "neighbour_overlap",
    "neighbour_rows",
    "norms",
    "pca",
    "pulls",
    "self_similarity",
    "similarity_by_layer",
    "transformed",
    "unit",
    "wilson",
]
