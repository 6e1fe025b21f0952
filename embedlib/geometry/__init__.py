"""The geometry of vectors: similarity, planes, centroids, layers; a new measure is one function.

Everything here is numpy on arrays, without models and without pictures: `vectors` is
(text, dim), rows are counted from 0, and bad numbers are refused at the door in words.
"""

from embedlib.geometry.centroids import (
    CentroidAccuracy,
    Centroids,
    centroids,
    nearest_centroid_accuracy,
    wilson,
)
from embedlib.geometry.layers import mean_pair_similarity, similarity_by_layer
from embedlib.geometry.plane import Plane, pca
from embedlib.geometry.similarity import cluster_order, cosine_matrix, nearest, norms, unit

__all__ = [
    "CentroidAccuracy",
    "Centroids",
    "Plane",
    "centroids",
    "cluster_order",
    "cosine_matrix",
    "mean_pair_similarity",
    "nearest",
    "nearest_centroid_accuracy",
    "norms",
    "pca",
    "similarity_by_layer",
    "unit",
    "wilson",
]
