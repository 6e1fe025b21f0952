"""compare: two texts that differ in a word, head by head, over the tokens that they share."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

import numpy as np

from embedlib.attention.doors import check_head, check_layer
from embedlib.attention.maps import KINDS, AttentionMaps, shares
from embedlib.attention.pooled import pooled_vectors
from embedlib.errors import OptionError
from embedlib.geometry import similarity_by_layer
from embedlib.records import Floats, Longs

GAP: Final = -1


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two texts, their tokens side by side.

    Args:
        first: One text.
        second: The other, by the same model.
        kind: "weight" or "contribution".
        aligned: (place, 2) token of the first and of the second text; -1 for a gap, where a
            token has no counterpart. Both columns ascend.
        change: (layer, head) float32, 0 (the same) to 1 (nothing in common): how differently
            the head spreads its attention, mean over the tokens that both texts have.
    """

    first: AttentionMaps
    second: AttentionMaps
    kind: str
    aligned: Longs
    change: Floats

    @cached_property
    def ranked(self) -> tuple[tuple[int, int], ...]:
        """Heads (layer, head), the most changed first."""
        order = np.argsort(-self.change, axis=None, kind="stable")
        return tuple(divmod(int(place), self.change.shape[1]) for place in order)

    @cached_property
    def written(self) -> tuple[tuple[str | None, str | None], ...]:
        """(place,) how the token of the first and of the second text is written; None in gaps."""
        sides = [
            [None if token == GAP else maps.written(token) for token in column]
            for maps, column in (
                (self.first, self.aligned[:, 0]),
                (self.second, self.aligned[:, 1]),
            )
        ]
        return tuple(zip(*sides, strict=True))

    @property
    def differing(self) -> tuple[int, ...]:
        """Places at which both texts have a token, and another one."""
        ids = (self.first.ids, self.second.ids)
        return tuple(
            place
            for place, (first, second) in enumerate(self.aligned.tolist())
            if GAP not in (first, second) and ids[0][first] != ids[1][second]
        )

    def difference(self, layer: int, head: int) -> Floats:
        """Second minus first of one head: (place, place) float32, NaN in gaps.

        Raises:
            OptionError: If there is no such layer or head.
        """
        layer, head = check_layer(self.first, layer), check_head(self.first, head)
        function = KINDS[self.kind].function
        first, second = (
            _spread(function(maps, layer)[head], self.aligned[:, column], np.nan)
            for column, maps in enumerate((self.first, self.second))
        )
        return second - first


def compare(first: AttentionMaps, second: AttentionMaps, kind: str = "weight") -> Comparison:
    """What changes in every head when one text becomes another.

    Tokens are aligned by word. A word in the place of another is its counterpart, piece by piece
    when both have as many; otherwise the pieces left over stand against gaps. What is attended
    to in a gap counts as change in full.

    Args:
        first: One text.
        second: The other, by the same model.
        kind: A row of `KINDS`; contributions are compared as shares of their row.

    Raises:
        OptionError: If the models are different.

    Source: the change is the total variation distance, half the sum of absolute differences.
    """
    KINDS[kind]
    if first.encoder.fingerprint != second.encoder.fingerprint:
        raise OptionError(
            "Both texts must be read by the same model, "
            f"got {first.encoder.name} and {second.encoder.name}.",
            "Read one of them again.",
        )
    aligned = _aligned(first, second)
    both = (aligned != GAP).all(axis=1)
    change = np.zeros((first.n_layers, first.n_heads), dtype=np.float32)
    for layer in range(first.n_layers):
        a, b = (
            _spread(shares(maps, layer, kind), aligned[:, column], 0.0)[:, both]
            for column, maps in enumerate((first, second))
        )
        change[layer] = np.abs(a - b).sum(axis=-1).mean(axis=-1) / 2
    return Comparison(first, second, kind, aligned, change)


@dataclass(frozen=True, eq=False)
class VectorChange:
    """How far vectors move when one text becomes the other, as 1 - cosine: 0 (not) to 2.

    Args:
        pooling: How the vectors of the texts are made.
        text: (layer + 1,) float32, of the vectors of the two texts.
        tokens: (layer + 1, place) float32, of two tokens side by side; NaN in gaps.
    """

    pooling: str
    text: Floats
    tokens: Floats


def vector_change(
    found: Comparison, pooling: str = "mean", *, pool_special: bool = True
) -> VectorChange:
    """How far apart the vectors of two texts, and of their tokens, are at every layer.

    Args:
        found: The comparison.
        pooling: A row of `POOLINGS` that needs no choice of tokens.
        pool_special: Whether special tokens are pooled.

    Raises:
        UnknownNameError, OptionError: If there is no such pooling, or it needs a choice.
    """
    vectors = [
        pooled_vectors(maps.hidden, maps.special, pooling, pool_special=pool_special)
        for maps in (found.first, found.second)
    ]
    both = (found.aligned != GAP).all(axis=1)
    tokens = np.full((len(vectors[0]), len(found.aligned)), np.nan, dtype=np.float32)
    first, second = found.aligned[both].T
    tokens[:, both] = _apart(found.first.hidden[:, first], found.second.hidden[:, second])
    return VectorChange(pooling, _apart(*vectors), tokens)


def _apart(first: Floats, second: Floats) -> Floats:
    """1 - cosine over the last axis; 1 where either is a zero vector."""
    shape, dim = first.shape[:-1], first.shape[-1]
    cosines = similarity_by_layer(first.reshape(-1, dim), second.reshape(-1, dim))
    return np.asarray(1.0 - cosines.reshape(shape), dtype=np.float32)


def _aligned(first: AttentionMaps, second: AttentionMaps) -> Longs:
    """(place, 2) tokens side by side, by word and then by piece."""
    a, b = _words(first), _words(second)
    keys_a, keys_b = (
        [(*maps.ids[word].tolist(), int(maps.segment[word[0]])) for word in words]
        for words, maps in ((a, first), (b, second))
    )
    rows: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, keys_a, keys_b, autojunk=False)
    for _, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        for number in range(max(end_a - start_a, end_b - start_b)):
            word_a = a[start_a + number] if start_a + number < end_a else []
            word_b = b[start_b + number] if start_b + number < end_b else []
            rows += _paired(word_a, word_b)
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


def _paired(word_a: list[int], word_b: list[int]) -> list[tuple[int, int]]:
    n = max(len(word_a), len(word_b))
    filled_a = word_a + [GAP] * (n - len(word_a))
    filled_b = word_b + [GAP] * (n - len(word_b))
    return list(zip(filled_a, filled_b, strict=True))


def _words(maps: AttentionMaps) -> list[list[int]]:
    """Tokens of each word, in order; a special token is a word of its own."""
    words: list[list[int]] = []
    for token, word in enumerate(maps.words.tolist()):
        if word >= 0 and words and maps.words[words[-1][0]] == word:
            words[-1].append(token)
        else:
            words.append([token])
    return words


def _spread(values: Floats, tokens: Longs, filler: float) -> Floats:
    """(..., place, place) from (..., token, token), `filler` in gaps."""
    placed = values[..., tokens, :][..., tokens]
    gaps = tokens == GAP
    return np.where(gaps[:, None] | gaps[None, :], np.float32(filler), placed)
