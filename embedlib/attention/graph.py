"""Attention through all layers: rollout and flow, with the residual as a parameter.

Both are rough pictures. Over DistilBERT their rank correlation with gradients is .1 to .14
(Abnar and Zuidema 2020, table 1), and the residual share they assume is not the measured one
(see `contributions.measured_residual`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.attention.doors import Doubles, check_maps, check_share
from embedlib.errors import OptionError
from embedlib.limits import LIMITS
from embedlib.records import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

USUAL_RESIDUAL: Final = 0.5
_UNIT: Final = 10**9  # scipy's flows are whole numbers of 32 bits


def mixed(weights: Any, residual: float | Sequence[float] | Floats = USUAL_RESIDUAL) -> Doubles:
    """Attention with the residual connection: residual * I + (1 - residual) * mean over heads.

    Args:
        weights: (layer, head, query, key), rows summing to 1.
        residual: 0 to 1, for all layers or one for each, as `measured_residual` gives them.

    Returns:
        (layer, query, key) float64, rows sum to 1.

    Raises:
        OptionError: If a share is outside its range, or there is not one for each layer.

    Source: Abnar and Zuidema 2020, section 3 (0.5 W + 0.5 I).
    """
    array = check_maps(weights, 4)
    n_layers, n_tokens = array.shape[0], array.shape[-1]
    by_layer = np.asarray(residual, dtype=np.float64)
    if by_layer.shape not in ((), (n_layers,)):
        raise OptionError(
            f"residual must be one number or one for each of {n_layers} layers, "
            f"got the shape {by_layer.shape}."
        )
    for share in by_layer.ravel().tolist():
        check_share(share, "The residual share")
    mean = array.mean(axis=1, dtype=np.float64)
    kept = np.broadcast_to(by_layer, (n_layers,))[:, None, None]
    return np.asarray(kept * np.eye(n_tokens) + (1.0 - kept) * mean)


def mixed_as_measured(weights: Any, mixing: Any) -> Doubles:
    """Attention in which each token takes from others exactly what `mixing_share` measured.

    The weights say only how that share is divided among the others.

    Args:
        weights: (layer, head, query, key), rows summing to 1.
        mixing: (layer, token) 0 to 1, as in `maps.mixing`.

    Returns:
        (layer, query, key) float64, rows sum to 1.

    Raises:
        OptionError: If the shapes do not match.
    """
    array, share = check_maps(weights, 4), np.asarray(mixing, dtype=np.float64)
    n_layers, n_tokens = array.shape[0], array.shape[-1]
    if share.shape != (n_layers, n_tokens):
        raise OptionError(
            f"mixing must have the shape {(n_layers, n_tokens)}, got {share.shape}.",
            "Take it from the same maps.",
        )
    others = array.mean(axis=1, dtype=np.float64)
    diagonal = np.arange(n_tokens)
    others[:, diagonal, diagonal] = 0.0
    totals = others.sum(axis=-1, keepdims=True)
    taken = np.where(totals > 0, share[..., None], 0.0)
    result = taken * others / np.where(totals > 0, totals, 1.0)
    result[:, diagonal, diagonal] = 1.0 - taken[..., 0]
    return np.asarray(result)


def rollout(mixed_weights: Any) -> Floats:
    """How much of each input token is in each token of each layer, if attention were all.

    The product of the matrices from the first layer up. In a causal model early tokens gain,
    for every later one passes through them; nothing is done against that here.

    Args:
        mixed_weights: (layer, query, key) rows summing to 1, from `mixed` or
            `mixed_as_measured`.

    Returns:
        (layer, query, input token) float32, rows sum to 1.

    Raises:
        OptionError: If the shape is another.

    Source: Abnar and Zuidema 2020, equation 1.
    """
    matrices = check_maps(mixed_weights, 3).astype(np.float64)
    products = [matrices[0]]
    for matrix in matrices[1:]:
        products.append(matrix @ products[-1])
    return np.stack(products).astype(np.float32)


def flow(mixed_weights: Any, *, layer: int = -1, queries: Sequence[int] | None = None) -> Floats:
    """How much could flow from input tokens to tokens of a layer through the net of weights.

    The maximum flow in which each weight is the capacity of a pipe between layers. It is slow
    (one search for each pair of tokens), and so only for short texts.

    Args:
        mixed_weights: (layer, query, key) rows summing to 1, from `mixed` or
            `mixed_as_measured`.
        layer: Up to which block, from 0; the last by default.
        queries: Tokens of that layer to calculate; None for all. Other rows are 0.

    Returns:
        (query, input token) float32, 0 to 1; rows do not sum to 1, for the flows to two inputs
        share pipes. Abnar's code divides each row by its sum.

    Raises:
        OptionError: If the shape is another, or there is no such layer or token.
        LimitError: If there are more tokens than LIMITS["flow_tokens"].

    Source: Abnar and Zuidema 2020, section 3 (attention flow); Dinic 1970 as in scipy.
    """
    from scipy.sparse.csgraph import maximum_flow

    matrices = check_maps(mixed_weights, 3)
    n_layers, n_tokens = matrices.shape[:2]
    LIMITS["flow_tokens"].check(n_tokens, "The number of tokens in an attention flow")
    if not -n_layers <= layer < n_layers:
        raise OptionError(f"The layer must be a number from 0 to {n_layers - 1}, got {layer!r}.")
    wanted = list(range(n_tokens)) if queries is None else list(queries)
    if any(not 0 <= query < n_tokens for query in wanted):
        raise OptionError(f"queries must be numbers from 0 to {n_tokens - 1}, got {wanted}.")
    depth = layer % n_layers + 1
    pipes = _pipes(matrices[:depth])
    flows = np.zeros((n_tokens, n_tokens), dtype=np.float32)
    for query in wanted:
        for key in range(n_tokens):
            found = maximum_flow(pipes, depth * n_tokens + query, key)
            flows[query, key] = found.flow_value / _UNIT
    return flows


def _pipes(matrices: Floats) -> "csr_array":
    """Capacities from token (layer + 1, query), numbered by layer, to token (layer, key)."""
    from scipy.sparse import csr_array

    n_layers, n_tokens = matrices.shape[:2]
    n_nodes = (n_layers + 1) * n_tokens
    capacities = np.rint(matrices * float(_UNIT)).astype(np.int32)
    layers, queries, keys = np.nonzero(capacities)
    sources = (layers + 1) * n_tokens + queries
    targets = layers * n_tokens + keys
    values = capacities[layers, queries, keys]
    return csr_array((values, (sources, targets)), shape=(n_nodes, n_nodes))
