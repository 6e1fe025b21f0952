"""What attention really adds: contributions of heads and layers, exact parts, measured residual.

A new measure of contribution is a function of `AttentionMaps`; only `contribution_vectors` and
`output_bias` need the model again.

Source: Kobayashi et al. 2020, section 3 (norm-based analysis); Kobayashi et al. 2021, section 3.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.attention.doors import check_layer, check_token
from embedlib.attention.maps import AttentionMaps, shares
from embedlib.errors import OptionError
from embedlib.models.encoder import Encoder
from embedlib.records import Bools, Floats


def layer_contributions(maps: AttentionMaps, layer: int) -> Floats:
    """How long the vector is that each key adds to each query through all heads of a block.

    Heads can cancel each other, so that this is at most the sum of their own contributions, and
    often far less.

    Args:
        maps: One text.
        layer: A block, from 0.

    Returns:
        (query, key) float32, the norm of the sum over heads of weight times f(x).

    Raises:
        OptionError: If there is no such block.

    Source: Kobayashi et al. 2020, equation 5 (multi-head).
    """
    layer = check_layer(maps, layer)
    weights = maps.weights[layer].astype(np.float64)  # (head, query, key)
    products = maps.grams[layer].astype(np.float64)  # (key, head, head)
    squares = np.einsum("hqk,kgh,gqk->qk", weights, products, weights, optimize=True)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), dtype=np.float32)


def mixing_share(maps: AttentionMaps) -> Floats:
    """How much of what each block's attention part hands on comes from other tokens.

    The residual and, where one stands there, the layer norm are taken in. In BERT-base it is
    about 19 % on average, far less than the weights suggest: tokens mostly keep themselves.

    Returns:
        (layer, token) float32, 0 (only itself) to 1 (only others).

    Source: Kobayashi et al. 2021, section 3 (mixing ratio of attention, residual and norm).
    """
    return maps.mixing


def measured_residual(maps: AttentionMaps) -> Floats:
    """The residual share at which rollout mixes as much as each block does.

    Rollout takes residual * I + (1 - residual) * W; its usual 0.5 is an assumption. Here the
    share is chosen so that the mean weight off the diagonal equals the mean `mixing_share`.

    Returns:
        (layer,) float32, 0 to 1; NaN where every token attends only to itself, for no residual
        is measurable there.
    """
    own = np.diagonal(maps.weights, axis1=2, axis2=3).mean(axis=(1, 2), dtype=np.float64)
    off = 1.0 - own
    mixed = maps.mixing.mean(axis=1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = np.where(off > 1e-6, 1.0 - mixed / off, np.nan)
    return np.asarray(np.clip(residual, 0.0, 1.0), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Received:
    """How much some tokens receive of all attention, by weight and by contribution.

    Args:
        weight: (layer, head) float32, share of the weights, 0 to 1, mean over queries.
        contribution: (layer, head) float32, the same share of the contributions.
    """

    weight: Floats
    contribution: Floats

    @property
    def sentence(self) -> str:
        """ "... receive 52.0 % of the weight but 11.0 % of the contribution."""
        by_weight, by_contribution = self.weight.mean(), self.contribution.mean()
        link = "but" if abs(by_weight - by_contribution) > 0.05 else "and"
        return (
            f"{by_weight:.1%} of the weight {link} {by_contribution:.1%} of the contribution"
        ).replace("%", " %")


def received(maps: AttentionMaps, keys: Bools) -> Received:
    """How much the tokens where `keys` is True receive, by weight and by contribution.

    Args:
        maps: One text.
        keys: (token,) the tokens asked about, such as `maps.special`.

    Raises:
        OptionError: If `keys` does not have one entry a token.
    """
    chosen = np.asarray(keys, dtype=bool)
    if chosen.shape != (maps.n_tokens,):
        raise OptionError(
            f"keys must have one entry for each of {maps.n_tokens} tokens, got {chosen.shape}.",
            "Pass a mask such as `maps.special`.",
        )
    by_kind = {
        kind: np.stack(
            [
                shares(maps, layer, kind)[..., chosen].sum(axis=-1).mean(axis=-1)
                for layer in range(maps.n_layers)
            ]
        )
        for kind in ("weight", "contribution")
    }
    return Received(**by_kind)


def contribution_vectors(encoder: Encoder, maps: AttentionMaps, layer: int, query: int) -> Floats:
    """The vectors themselves that every key adds to one query through every head.

    Their sum over heads and keys, plus `output_bias`, is the block's attention output.

    Args:
        encoder: The model that made `maps`.
        maps: One text.
        layer: A block, from 0.
        query: A token, from 0.

    Returns:
        (head, key, dim) float32.

    Raises:
        OptionError: If the model is another, or there is no such block or token.

    Source: Kobayashi et al. 2020, equation 4.
    """
    import torch

    from embedlib.attention.decomposition import output_matrix

    layer, query = check_layer(maps, layer), check_token(maps, query)
    module = _output_projection(encoder, maps, layer)
    with torch.inference_mode():
        matrix = output_matrix(module, maps.n_heads).cpu().numpy()  # (head, head dim, dim)
    values = head_values(maps, layer)
    weighted = maps.weights[layer, :, query, :, None] * values
    return np.asarray(weighted @ matrix, dtype=np.float32)


def output_bias(encoder: Encoder, maps: AttentionMaps, layer: int) -> Floats:
    """b_O of a block, which belongs to no token and no head: (dim,) float32.

    Raises:
        OptionError: If the model is another, or there is no such block.
    """
    from embedlib.attention.decomposition import output_bias as bias_of

    bias = bias_of(_output_projection(encoder, maps, check_layer(maps, layer)))
    if bias is None:
        return np.zeros(encoder.card.dim, dtype=np.float32)
    return np.asarray(bias.cpu().numpy(), dtype=np.float32)


def head_values(maps: AttentionMaps, layer: int) -> Floats:
    """Values by head, those shared by several heads repeated: (head, token, head dim)."""
    values = maps.values[layer]
    return np.asarray(values.repeat(maps.n_heads // len(values), axis=0))


def _output_projection(encoder: Encoder, maps: AttentionMaps, layer: int) -> Any:
    from embedlib.attention.twin import eager_twin

    if encoder.card.fingerprint != maps.encoder.fingerprint:
        raise OptionError(
            f"The model must be the one that made the maps, {maps.encoder.name}, "
            f"got {encoder.card.name}.",
            "Read the text with this model first.",
        )
    return eager_twin(encoder).output_of(layer)
