"""What a category looks like (its centroid), and how well centroids tell categories apart.

Another classifier without parameters belongs here; trained ones belong in `embedlib.probes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, check_count, check_labels, checked
from embedlib.geometry.similarity import unit
from embedlib.limits import LIMITS
from embedlib.records import Floats, Longs

_NOTHING_LEFT = 1e-12  # squared length below which what is left of a sum is rounding
_BLOCK = 2048  # texts compared at once, so that memory stays bounded


@dataclass(frozen=True, eq=False)
class Centroids:
    """The mean vector of each category.

    Args:
        labels: The categories, the largest first, equal ones as they first appear.
        means: (label, dim) float32.
        counts: (label,) texts in each.
    """

    labels: tuple[str, ...]
    means: Floats
    counts: Longs


@dataclass(frozen=True, eq=False)
class CentroidAccuracy:
    """How often a text lies nearest to the centroid of its own category.

    Args:
        labels: The categories, the largest first.
        accuracy: Share of labelled texts that are nearest to their own category, 0 to 1.
        interval: 95 % Wilson interval of `accuracy`.
        baseline: What always answering the largest category would score.
        per_label: (label,) share right in each category.
        per_label_interval: (label, 2) 95 % Wilson intervals.
        counts: (label,) texts in each category.
        confusion: (label, label) texts by category (row) and nearest centroid (column).
        predicted: (text,) position in `labels` of the nearest centroid; -1 without a label.
        n_single: Categories with one text. Without it there is no centroid to be nearest to, so
            that their texts count as wrong, as for any method that never saw the category.
        n_unlabelled: Texts without a label, left out.
    """

    labels: tuple[str, ...]
    accuracy: float
    interval: tuple[float, float]
    baseline: float
    per_label: Floats
    per_label_interval: Floats
    counts: Longs
    confusion: Longs
    predicted: Longs
    n_single: int
    n_unlabelled: int


def centroids(vectors: Any, labels: Sequence[str], *, normalise: bool = False) -> Centroids:
    """The mean vector of each category; texts without a label ("") are left out.

    Args:
        vectors: (text, dim) finite numbers.
        labels: (text,) one a text.
        normalise: Divide each vector by its length first, so that long vectors weigh no more;
            `nearest_centroid_accuracy` does.

    Returns:
        One mean a category, the largest category first.

    Raises:
        OptionError: If labels and texts do not match, or a number is not finite.

    >>> centroids([[0.0, 2.0], [4.0, 0.0], [0.0, 4.0]], ["a", "b", "a"]).means.tolist()
    [[0.0, 3.0], [4.0, 0.0]]
    """
    doubles = unit(vectors) if normalise else checked(vectors)
    names, codes, counts = _coded(check_labels(labels, len(doubles)))
    means: Floats = (_sums(doubles, codes, len(names)) / counts[:, None]).astype(np.float32)
    return Centroids(names, means, counts)


def nearest_centroid_accuracy(vectors: Any, labels: Sequence[str]) -> CentroidAccuracy:
    """How often a text lies nearest, by cosine, to its own category's centroid without itself.

    Leave one out in closed form: with unit vectors u and their sum S over a category, the
    centroid without text i points along S - u, whose length is sqrt(|S|^2 - 2 u.S + |u|^2).
    Equal cosines go to the larger category. A zero vector has cosine 0 to everything.

    Args:
        vectors: (text, dim) finite numbers.
        labels: (text,) one a text, "" for none.

    Returns:
        Accuracy with its interval and what to hold it against. The Wilson interval takes texts
        as independent; it says what other texts of the same kind might give.

    Raises:
        OptionError: If there are fewer than two categories, labels and texts do not match, or a
            number is not finite.
        LimitError: If there are more categories than `LIMITS["categories"]`.

    Source: Rocchio 1971 (nearest centroid); Wilson 1927 (interval).
    """
    directions = unit(vectors)
    names, codes, counts = _coded(check_labels(labels, len(directions)))
    if len(names) < 2:
        raise OptionError(
            f"Nearest-centroid accuracy needs at least 2 categories, got {len(names)}.",
            "Choose another label column.",
        )
    LIMITS["categories"].check(len(names), "The number of categories")
    predicted = np.full(len(codes), -1)
    known = codes >= 0
    predicted[known] = _nearest_without_self(directions[known], codes[known], counts)
    confusion = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(confusion, (codes[known], predicted[known]), 1)
    right = confusion.diagonal()
    return CentroidAccuracy(
        labels=names,
        accuracy=float(right.sum() / counts.sum()),
        interval=wilson(int(right.sum()), int(counts.sum())),
        baseline=float(counts.max() / counts.sum()),
        per_label=(right / counts).astype(np.float32),
        per_label_interval=np.array(
            [wilson(int(k), int(n)) for k, n in zip(right, counts, strict=True)], dtype=np.float32
        ),
        counts=counts,
        confusion=confusion,
        predicted=predicted,
        n_single=int((counts == 1).sum()),
        n_unlabelled=int((~known).sum()),
    )


def wilson(n_right: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share: (low, high), 0 to 1.

    Args:
        n_right: How many of the `n` were right, 0 to n.
        n: How many there were, at least 1.

    Raises:
        OptionError: If either is outside its range.

    Source: Wilson 1927; Brown, Cai and DasGupta 2001, equation 4.

    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    n = check_count(n, 1, 2**53, "The number of texts")
    n_right = check_count(n_right, 0, n, "The number right")
    z = 1.959963984540054  # 97.5 % quantile of the normal distribution
    share = n_right / n
    middle = share + z * z / (2 * n)
    reach = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return (0.0 if n_right == 0 else max(low, 0.0)), (1.0 if n_right == n else min(high, 1.0))


def _coded(labels: tuple[str, ...]) -> tuple[tuple[str, ...], Longs, Longs]:
    """Categories by size, each text's position among them (-1 without a label), and sizes."""
    sizes: dict[str, int] = {}
    for label in labels:
        if label:
            sizes[label] = sizes.get(label, 0) + 1
    names = tuple(sorted(sizes, key=lambda name: -sizes[name]))
    positions = {name: position for position, name in enumerate(names)}
    codes = np.array([positions.get(label, -1) for label in labels], dtype=np.int64)
    return names, codes, np.array([sizes[name] for name in names], dtype=np.int64)


def _sums(doubles: Doubles, codes: Longs, n_labels: int) -> Doubles:
    """(label, dim) sum of the vectors of each category."""
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(n_labels))  # none is empty; -1 stands first
    if n_labels == 0:
        return np.zeros((0, doubles.shape[1]))
    return np.asarray(np.add.reduceat(doubles[order], starts, axis=0))


def _nearest_without_self(directions: Doubles, codes: Longs, counts: Longs) -> Longs:
    """(text,) category with the nearest centroid, a text's own taken without it."""
    sums = _sums(directions, codes, len(counts))
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(codes), _BLOCK)]
    found = [
        _cosines_without_self(directions[block], codes[block], sums, counts).argmax(axis=1)
        for block in blocks
    ]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _cosines_without_self(
    directions: Doubles, codes: Longs, sums: Doubles, counts: Longs
) -> Doubles:
    """(text, label) cosine to each centroid, a text's own without it; -inf where none is left."""
    dots = directions @ sums.T  # (text, label)
    squares = np.broadcast_to(np.einsum("ld,ld->l", sums, sums), dots.shape).copy()
    rows = np.arange(len(codes))
    own = np.einsum("td,td->t", directions, directions)  # 1, or 0 for a zero vector
    squares[rows, codes] += own - 2 * dots[rows, codes]
    dots[rows, codes] -= own
    lengths = np.sqrt(np.maximum(squares, _NOTHING_LEFT))
    cosines = np.where(squares > _NOTHING_LEFT, dots / lengths, 0.0)
    single = counts[codes] == 1
    cosines[rows[single], codes[single]] = -np.inf
    return cosines
