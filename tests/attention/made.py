"""Attention maps made by hand: known weights, no model."""

from typing import Any

import numpy as np

from embedlib.attention import AttentionMaps
from tests import tiny


def maps(weights: Any, **fields: Any) -> AttentionMaps:
    """Maps with these (layer, head, query, key) weights; one plain word a token by default."""
    array = np.asarray(weights, dtype=np.float32)
    n_layers, n_heads, n_tokens = array.shape[:3]
    shape = (n_layers, n_heads, n_tokens, 2)
    plain: dict[str, Any] = {
        "encoder": tiny.encoder("gpt2" if fields.pop("causal", False) else "bert").card,
        "text": " ".join("w" * n_tokens),
        "pair": None,
        "weights": array,
        "grams": np.broadcast_to(np.eye(n_heads), (n_layers, n_tokens, n_heads, n_heads)).copy(),
        "mixing": np.full((n_layers, n_tokens), 0.5, dtype=np.float32),
        "hidden": np.zeros((n_layers + 1, n_tokens, 2), dtype=np.float32),
        "queries": np.zeros(shape, dtype=np.float32),
        "keys": np.zeros(shape, dtype=np.float32),
        "values": np.zeros(shape, dtype=np.float32),
        "scaling": np.ones(n_layers, dtype=np.float32),
        "plain_scores": True,
        "ids": np.arange(n_tokens, dtype=np.int32),
        "pieces": tuple("w" * n_tokens),
        "spans": np.array([[2 * i, 2 * i + 1] for i in range(n_tokens)], dtype=np.int32),
        "words": np.arange(n_tokens, dtype=np.int32),
        "special": np.zeros(n_tokens, dtype=bool),
        "segment": np.zeros(n_tokens, dtype=np.int32),
        "n_lost": 0,
    }
    return AttentionMaps(**(plain | fields))


def uniform(n_tokens: int, *, causal: bool = False) -> Any:
    """(1, 1, query, key) weights that spread evenly over all that can be seen."""
    rows = np.tril(np.ones((n_tokens, n_tokens))) if causal else np.ones((n_tokens, n_tokens))
    return (rows / rows.sum(axis=1, keepdims=True))[None, None]


def shifted(n_tokens: int, offset: int) -> Any:
    """(1, 1, query, key) weights all on the token `offset` away, held at the ends."""
    keys = np.clip(np.arange(n_tokens) + offset, 0, n_tokens - 1)
    return np.eye(n_tokens)[keys][None, None]
