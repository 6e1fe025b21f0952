"""Queries, keys and values of one head, and how their product becomes a weight (neuron view).

Source: Vig 2019, section 3.3 (neuron view).
"""

from dataclasses import dataclass

import numpy as np

from embedlib.attention.contributions import head_values
from embedlib.attention.doors import check_head, check_layer
from embedlib.attention.maps import AttentionMaps
from embedlib.records import Floats


@dataclass(frozen=True, eq=False)
class Neurons:
    """One head from the inside.

    Args:
        queries: (token, head dim) float32, after rotary positions where a model has them.
        keys: (token, head dim) float32, likewise.
        values: (token, head dim) float32.
        scaling: What the product of query and key is multiplied with.
        weights: (query, key) float32, what came of it.
        plain_scores: Whether the softmax of `scores` over the keys that a query sees is
            `weights`; otherwise the model adds a term for distance, or bends the scores.
    """

    queries: Floats
    keys: Floats
    values: Floats
    scaling: float
    weights: Floats
    plain_scores: bool

    @property
    def scores(self) -> Floats:
        """(query, key) float32, scaled products of queries and keys."""
        return np.asarray(self.queries @ self.keys.T * np.float32(self.scaling))

    def products(self, query: int) -> Floats:
        """What each dimension adds to one query's scores: (key, head dim); rows sum to `scores`."""
        return np.asarray(self.queries[query] * self.keys * np.float32(self.scaling))

    def deciding(self, query: int, *, causal: bool) -> Floats:
        """How much each dimension has to do with which keys score high: (head dim,) float32.

        Its covariance with the score over the keys that the query sees, over the score's
        variance. Sums to 1; below 0 where a dimension works against the others; all 0 where the
        scores do not differ. What a dimension adds to every key alike decides nothing.

        Args:
            query: A token.
            causal: Whether it sees only itself and what stands before it.
        """
        products = self.products(query)[: query + 1 if causal else None].astype(np.float64)
        apart = products - products.mean(axis=0)
        total = apart.sum(axis=1)
        variance = float(total @ total)
        if variance <= 1e-12:
            return np.zeros(products.shape[1], dtype=np.float32)
        return np.asarray(apart.T @ total / variance, dtype=np.float32)


def neurons(maps: AttentionMaps, layer: int, head: int) -> Neurons:
    """Queries, keys and values of a head.

    Args:
        maps: One text.
        layer: A block, from 0.
        head: A head, from 0; heads that share keys and values get the same ones.

    Raises:
        OptionError: If there is no such layer or head.
    """
    layer, head = check_layer(maps, layer), check_head(maps, head)
    shared = head * maps.keys.shape[1] // maps.n_heads
    return Neurons(
        queries=maps.queries[layer, head],
        keys=maps.keys[layer, shared],
        values=head_values(maps, layer)[head],
        scaling=float(maps.scaling[layer]),
        weights=maps.weights[layer, head],
        plain_scores=maps.plain_scores,
    )
