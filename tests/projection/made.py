"""Small vectors for the tests of maps: groups in few dimensions."""

import numpy as np

FEW = {
    "umap": {"epochs": 20, "n_neighbours": 8},
    "tsne": {"epochs": 250, "perplexity": 12},
    "mds": {"epochs": 30},
    "pca": {},
}
"""Options that make a layout quick, by method."""


def groups(n_points=60, n_groups=3, dim=8, *, seed=0, spread=0.2):
    """(point, dim) float32 in groups of directions, and (point,) which group each is of."""
    random = np.random.default_rng(seed)
    of = np.arange(n_points) % n_groups
    centres = np.eye(dim)[:n_groups]
    vectors = centres[of] + spread * random.normal(size=(n_points, dim))
    return vectors.astype(np.float32), of
