"""AttentionMaps: what one forward pass tells of a text's attention; a new kind of map is a row.

No torch here: figures and browsers read these arrays on machines that never load a model.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np

from embedlib.records import Bools, EncoderCard, Floats, Ints
from embedlib.table import Table


@dataclass(frozen=True, eq=False)
class AttentionMaps:
    """One text, or a pair of texts, seen by every head. Arrays are read-only.

    Layers of `weights`, `grams`, `mixing`, `queries`, `keys` and `values` are blocks, counted
    from 0; layer i of `hidden` is what block i reads, and the last is the model's output.

    Args:
        encoder: The model that was read.
        text: The text, as it was given.
        pair: The second text, or None.
        weights: (layer, head, query, key) float32, each row sums to 1 (in half precision as
            nearly as that format allows).
        grams: (layer, key, head, head) float32, inner products of what two heads make of a
            token, f(x) = (x W_V + b_V) W_O; norms of all contributions follow from it.
        mixing: (layer, token) float32, 0 to 1: how much of what a block's attention part hands
            on comes from other tokens; see `contributions.mixing_share`.
        hidden: (layer + 1, token, dim) float32.
        queries: (layer, head, token, head dim) float32, as they are multiplied with keys: after
            rotary positions, where a model has them.
        keys: (layer, key head, token, head dim) float32; fewer key heads than heads where heads
            share them, in equal runs (grouped-query attention).
        values: (layer, key head, token, head dim) float32.
        scaling: (layer,) float32, what the product of query and key is multiplied with.
        plain_scores: Whether the softmax of these products is the weight; not where a model
            adds a term for distance (MPNet, DeBERTa) or bends the scores (Gemma 2).
        ids: (token,) vocabulary ids.
        pieces: (token,) vocabulary pieces, as the tokenizer writes them.
        spans: (token, 2) characters in the token's own text; 0, 0 for special tokens.
        words: (token,) word number, those of the pair after those of the text; -1 for special.
        special: (token,) True for tokens that the tokenizer added.
        segment: (token,) 0 for the text and its special tokens, 1 for the pair and its.
        n_lost: Tokens that did not fit.
    """

    encoder: EncoderCard
    text: str
    pair: str | None
    weights: Floats
    grams: Floats
    mixing: Floats
    hidden: Floats
    queries: Floats
    keys: Floats
    values: Floats
    scaling: Floats
    plain_scores: bool
    ids: Ints
    pieces: tuple[str, ...]
    spans: Ints
    words: Ints
    special: Bools
    segment: Ints
    n_lost: int

    def __post_init__(self) -> None:
        for name in self._arrays():
            getattr(self, name).flags.writeable = False

    @property
    def causal(self) -> bool:
        """Whether a token sees only itself and what stands before it."""
        return self.encoder.causal

    @property
    def n_layers(self) -> int:
        return int(self.weights.shape[0])

    @property
    def n_heads(self) -> int:
        return int(self.weights.shape[1])

    @property
    def n_tokens(self) -> int:
        return len(self.pieces)

    @property
    def n_bytes(self) -> int:
        """Memory that the arrays take."""
        return sum(getattr(self, name).nbytes for name in self._arrays())

    @cached_property
    def value_norms(self) -> Floats:
        """(layer, head, key) float32, the length of f(x): what a head makes of each token."""
        squares = np.diagonal(self.grams, axis1=2, axis2=3)  # (layer, key, head)
        return np.sqrt(np.maximum(squares, 0.0)).swapaxes(1, 2)

    def written(self, token: int) -> str:
        """The characters of a token as they stand in its text; its piece for a special token."""
        first, last = self.spans[token]
        source = self.pair if self.segment[token] == 1 and self.pair is not None else self.text
        return source[first:last] if last > first else self.pieces[token]

    def _arrays(self) -> tuple[str, ...]:
        return tuple(
            field.name
            for field in fields(self)
            if isinstance(getattr(self, field.name), np.ndarray)
        )


@dataclass(frozen=True)
class Kind:
    """One number that a head has for a query and a key.

    Args:
        name: The row's name: "weight".
        label: For choosers: "Weight".
        help: One sentence: what it is.
        function: (maps, layer) to (head, query, key) float32, 0 or more.
        normalised: Whether each row sums to 1.
    """

    name: str
    label: str
    help: str
    function: Callable[[AttentionMaps, int], Floats]
    normalised: bool


def weight(maps: AttentionMaps, layer: int) -> Floats:
    """The attention weights of a block: (head, query, key), each row sums to 1."""
    return np.asarray(maps.weights[layer])


def contribution(maps: AttentionMaps, layer: int) -> Floats:
    """How long the vector is that each key adds to each query: (head, query, key), 0 or more.

    A head adds weight times f(x) of every token; a large weight on a token that the head makes
    little of adds little. Rows do not sum to 1.

    Source: Kobayashi et al. 2020, section 3 (norm-based analysis).
    """
    return np.asarray(maps.weights[layer] * maps.value_norms[layer, :, None, :])


_ROWS = (
    Kind(
        "weight",
        "Weight",
        "How a head spreads its attention: each row sums to 1.",
        weight,
        normalised=True,
    ),
    Kind(
        "contribution",
        "Contribution",
        "How much each token really adds: the length of weight times transformed value vector.",
        contribution,
        normalised=False,
    ),
)

KINDS: Final[Table[Kind]] = Table("kind of map", {row.name: row for row in _ROWS})


def shares(maps: AttentionMaps, layer: int, kind: str = "weight") -> Floats:
    """A kind of map with each row divided by its sum: (head, query, key) float32.

    Args:
        maps: One text.
        layer: A block, from 0.
        kind: A row of `KINDS`.

    Raises:
        UnknownNameError: If there is no such kind.
    """
    row = KINDS[kind]
    values = row.function(maps, layer)
    if row.normalised:
        return values
    totals = values.sum(axis=-1, keepdims=True)
    return np.asarray(values / np.where(totals > 0, totals, 1.0))
