"""Pieces gathered into words: the sum to the pieces of a word, the mean from them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.attention.doors import check_maps, check_mask
from embedlib.attention.maps import AttentionMaps
from embedlib.records import Floats, Longs


@dataclass(frozen=True, eq=False)
class Words:
    """Tokens gathered into words.

    Args:
        weights: (..., word, word) float32.
        groups: (token,) the row of `weights` that each token went into.
        labels: (word,) how each is written.
    """

    weights: Floats
    groups: Longs
    labels: tuple[str, ...]


def merged(weights: Any, words: Any) -> tuple[Floats, Longs]:
    """The maps by word: the sum to the pieces of a word, the mean from them.

    Sums of rows stay what they were. For contributions a sum of lengths is the most that the
    pieces can add together, not the length of their sum.

    Args:
        weights: (..., query, key).
        words: (token,) word numbers, ascending; each -1 (a special token) stands for itself.

    Returns:
        (..., word, word) float32, and (token,) the row that each token went into.

    Raises:
        OptionError: If `words` does not have one entry a token.

    Source: Clark et al. 2019, section 4.1.
    """
    array, numbers = check_maps(weights), np.asarray(words)
    check_mask(numbers >= 0, array.shape[-1], "words")
    begins = np.ones(len(numbers), dtype=bool)
    begins[1:] = (numbers[1:] != numbers[:-1]) | (numbers[1:] < 0)
    starts = np.flatnonzero(begins)
    sizes = np.diff([*starts, len(numbers)])
    summed = np.add.reduceat(array, starts, axis=-1, dtype=np.float64)
    totals = np.add.reduceat(summed, starts, axis=-2) / sizes[:, None]
    return totals.astype(np.float32), np.cumsum(begins) - 1


def by_word(maps: AttentionMaps, weights: Any) -> Words:
    """The maps by word, with the words as they are written; see `merged`."""
    totals, groups = merged(weights, maps.words)
    labels = []
    for word in range(totals.shape[-1]):
        tokens = np.flatnonzero(groups == word)
        if maps.special[tokens[0]]:
            labels.append(maps.pieces[tokens[0]])
            continue
        source = maps.text if maps.segment[tokens[0]] == 0 or maps.pair is None else maps.pair
        first, last = maps.spans[tokens].min(axis=0)[0], maps.spans[tokens].max(axis=0)[1]
        labels.append(source[first:last].strip() or maps.pieces[tokens[0]])
    return Words(totals, groups, tuple(labels))
