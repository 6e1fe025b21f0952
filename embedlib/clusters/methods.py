"""CLUSTERINGS: ways to find groups among vectors; a new one is a function and a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from embedlib.geometry.doors import Doubles
from embedlib.records import Ints
from embedlib.table import Table

_NEVER = 2**31


@dataclass(frozen=True)
class Count:
    """A whole number that a method can be given.

    Args:
        name: As in the call.
        label: For a person.
        help: One sentence: what a larger one does.
        least: The smallest allowed.
        default: Number of texts to the number that is taken when none is given.
    """

    name: str
    label: str
    help: str
    least: int
    default: Callable[[int], int]


@dataclass(frozen=True)
class Clustering:
    """One way to find groups.

    Args:
        name: The row's name: "hdbscan".
        label: For choosers.
        help: One or two sentences: what it finds, and when one wants it.
        counts: Its whole-number settings.
        n_dims: Principal axes that the vectors are reduced to first; None for all dimensions.
        most_texts: Name of the limit on texts.
        function: ((text, dim) unit vectors, settings, seed) to (text,) codes, -1 for none.
    """

    name: str
    label: str
    help: str
    counts: tuple[Count, ...]
    n_dims: int | None
    most_texts: str
    function: Callable[[Doubles, Mapping[str, int], int], Ints]


def hdbscan(reduced: Doubles, settings: Mapping[str, int], seed: int) -> Ints:
    """Regions that are denser than what lies between them; texts in no such region get -1.

    Source: Campello, Moulavi and Sander 2013; scikit-learn's HDBSCAN.
    """
    from sklearn.cluster import HDBSCAN

    n_texts = len(reduced)
    smallest = min(settings["min_cluster_size"], n_texts)
    if n_texts < 3 or (reduced == reduced[0]).all():
        return np.zeros(n_texts, dtype=np.int32)  # nothing lies between equal texts
    found = HDBSCAN(
        min_cluster_size=max(2, smallest),
        min_samples=min(settings["min_samples"], n_texts - 1),
        algorithm="kd_tree",
        copy=False,
    ).fit_predict(reduced)
    return np.asarray(found, dtype=np.int32)


def kmeans(reduced: Doubles, settings: Mapping[str, int], seed: int) -> Ints:
    """A given number of round groups; every text belongs to one.

    Source: Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++); scikit-learn's KMeans.
    """
    from sklearn.cluster import KMeans

    n_different = len(np.unique(reduced, axis=0))
    k = min(settings["k"], n_different)
    found = KMeans(k, n_init=3, random_state=seed % _NEVER).fit_predict(reduced)
    return np.asarray(found, dtype=np.int32)


_ROWS = (
    Clustering(
        "hdbscan",
        "HDBSCAN",
        "Finds dense regions and how many there are; texts between them belong to no group. "
        "Wanted when one does not know how many groups there are.",
        (
            Count(
                "min_cluster_size",
                "Smallest group",
                "A dense region with fewer texts is no group; larger gives fewer groups.",
                2,
                lambda n: max(5, n // 400),
            ),
            Count(
                "min_samples",
                "Caution",
                "Neighbours that a text must have nearby; larger leaves more texts out.",
                1,
                lambda n: 5 if n >= 200 else 2,
            ),
        ),
        30,
        "hdbscan_texts",
        hdbscan,
    ),
    Clustering(
        "kmeans",
        "k-means",
        "Divides all texts into a given number of groups of similar spread. Wanted when every "
        "text must belong to a group.",
        (
            Count(
                "k",
                "Number of groups",
                "More groups are smaller and closer.",
                2,
                lambda n: max(2, min(50, round((n / 2) ** 0.5))),
            ),
        ),
        None,
        "kmeans_texts",
        kmeans,
    ),
)

CLUSTERINGS: Table[Clustering] = Table("clustering", {row.name: row for row in _ROWS})
