"""How far groups are to be believed: scores from the vector space; a further one is a function."""

from collections.abc import Callable, Mapping

import numpy as np

from embedlib.clusters.methods import Clustering
from embedlib.geometry.doors import Doubles
from embedlib.records import Ints

SILHOUETTE_TEXTS = 2_000  # the silhouette needs every pair: it is measured on a sample
_STABILITY_RUNS = 2
_STABILITY_SHARE = 0.8


def silhouette(directions: Doubles, codes: Ints, seed: int) -> tuple[float | None, int]:
    """The mean silhouette by cosine of a sample of the grouped texts, and how many these are.

    Source: Rousseeuw 1987; scikit-learn's silhouette_score.
    """
    from sklearn.metrics import silhouette_score

    rows = np.flatnonzero((codes >= 0) & (directions != 0).any(axis=1))
    if len(rows) > SILHOUETTE_TEXTS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, SILHOUETTE_TEXTS, replace=False))
    n_groups = len(set(codes[rows].tolist()))
    if not 2 <= n_groups < len(rows):
        return None, len(rows)
    return float(silhouette_score(directions[rows], codes[rows], metric="cosine")), len(rows)


def stability(
    row: Clustering,
    reduced: Doubles,
    codes: Ints,
    settings: Mapping[str, int],
    seed: int,
    check: Callable[[], None],
) -> float | None:
    """Mean adjusted Rand index of `codes` with what is found in random parts of the texts.

    Args:
        row: The method.
        reduced: (text, axis) what it finds groups in.
        codes: (text,) what it found.
        settings: Its settings.
        seed: That of `codes`; others are taken.
        check: Called before each run; raises to stop.

    Source: Hubert and Arabie 1985 (adjusted Rand index); Ben-Hur, Elisseeff and Guyon 2002.
    """
    from sklearn.metrics import adjusted_rand_score

    generator = np.random.default_rng(seed + 1)
    n_part = int(_STABILITY_SHARE * len(codes))
    if n_part < 3 or len(set(codes.tolist())) < 2:
        return None
    agreements = []
    for run in range(_STABILITY_RUNS):
        check()
        part = np.sort(generator.choice(len(codes), n_part, replace=False))
        again = row.function(reduced[part], settings, seed + 1 + run)
        agreements.append(adjusted_rand_score(codes[part], again))
    return float(np.mean(agreements))
