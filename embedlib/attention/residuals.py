"""What a text's vector draws from by rollout, and how much of that is the residual assumed.

Rollout multiplies the layers' matrices; here only the row that a person asks about goes through
them, so that many residual shares cost little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.attention.doors import Doubles, check_maps
from embedlib.attention.graph import mixed, mixed_as_measured
from embedlib.attention.maps import AttentionMaps
from embedlib.errors import OptionError
from embedlib.pooling import POOLINGS
from embedlib.records import Bools, Floats

_STEPS: Final = 21
_LOW, _HIGH = 0.2, 0.8  # shares that somebody might assume; at 0 and 1 there is no question


@dataclass(frozen=True, eq=False)
class Dependence:
    """What a vector draws from, for every residual share that one could assume.

    Args:
        residuals: (step,) float32, shares from 0 to 1.
        assumed: (step, token) float32, what is drawn from each input token; rows sum to 1.
        measured: (token,) float32, the same with the share that was measured for each token and
            layer.
    """

    residuals: Floats
    assumed: Floats
    measured: Floats

    @property
    def nearest(self) -> float:
        """The residual share at which the assumption comes closest to what was measured."""
        apart = [elsewhere(row, self.measured) for row in self.assumed]
        return float(self.residuals[int(np.argmin(apart))])

    def at(self, residual: float) -> Floats:
        """(token,) what is drawn at the calculated share nearest to `residual`."""
        return np.asarray(self.assumed[int(np.abs(self.residuals - residual).argmin())])

    def sentence(self, tokens: Sequence[str], residual: float) -> str:
        """In words, how much depends on the share that is assumed.

        Args:
            tokens: (token,) how a sentence writes each.
            residual: The share that is looked at.
        """
        low, high = self.at(_LOW), self.at(_HIGH)
        first, last = tokens[int(low.argmax())], tokens[int(high.argmax())]
        same = int(low.argmax()) == int(high.argmax())
        source = f"stays {first}" if same else f"changes from {first} to {last}"
        return (
            f"With a residual share of {residual:.2f}, "
            f"{elsewhere(self.at(residual), self.measured):.0%} lies elsewhere than with the "
            f"measured one, to which {self.nearest:.2f} comes nearest. From {_LOW} to {_HIGH}, "
            f"{elsewhere(low, high):.0%} moves and the strongest source {source}."
        ).replace("%", " %")


def dependence(maps: AttentionMaps, start: Any, *, layer: int = -1) -> Dependence:
    """What a vector draws from, for residual shares from 0 to 1 and for the measured one.

    Args:
        maps: One text.
        start: (token,) how much of each token of the layer the vector is made of; see
            `token_shares`.
        layer: Up to which block, from 0; the last by default.

    Raises:
        OptionError: If `start` does not have one share a token, or there is no such layer.
    """
    residuals = np.linspace(0.0, 1.0, _STEPS)
    measured = drawn(mixed_as_measured(maps.weights, maps.mixing), start, layer=layer)
    kept = residuals[:, None]
    rows = np.tile(np.asarray(start, dtype=np.float64), (_STEPS, 1))  # (step, token)
    for matrix in mixed(maps.weights, 0.0)[layer % maps.n_layers :: -1]:
        rows = kept * rows + (1.0 - kept) * (rows @ matrix)
    return Dependence(residuals.astype(np.float32), rows.astype(np.float32), measured)


def drawn(mixed_weights: Any, start: Any, *, layer: int = -1) -> Floats:
    """How much a vector draws from each input token: its part of a rollout.

    Args:
        mixed_weights: (layer, query, key) rows summing to 1, from `mixed` or
            `mixed_as_measured`.
        start: (token,) how much of each token of the layer the vector is made of, summing to 1.
        layer: Up to which block, from 0; the last by default.

    Returns:
        (input token,) float32, summing to 1: `start @ rollout(mixed_weights)[layer]`.

    Raises:
        OptionError: If `start` does not have one share a token, or there is no such layer.

    Source: Abnar and Zuidema 2020, equation 1.
    """
    matrices = check_maps(mixed_weights, 3)
    n_layers, n_tokens = matrices.shape[:2]
    row: Doubles = np.asarray(start, dtype=np.float64)
    if row.shape != (n_tokens,) or not np.isclose(row.sum(), 1.0, atol=1e-4):
        raise OptionError(
            f"start must be {n_tokens} shares that sum to 1, "
            f"got the shape {row.shape} and the sum {row.sum():.3g}.",
            "Take it from `token_shares`.",
        )
    if not -n_layers <= layer < n_layers:
        raise OptionError(f"The layer must be a number from 0 to {n_layers - 1}, got {layer!r}.")
    for matrix in matrices[layer % n_layers :: -1]:
        row = row @ matrix
    return np.asarray(row, dtype=np.float32)


def token_shares(pooling: str, mask: Bools) -> Floats:
    """How much of each token a pooled vector is made of: (token,) float32, summing to 1.

    Exact for the poolings that are linear in the tokens. The maximum takes each dimension from
    another token; for it every pooled token counts the same.

    Args:
        pooling: A row of `POOLINGS`.
        mask: (token,) True for the tokens that are pooled.

    Raises:
        UnknownNameError: If there is no such pooling.
        OptionError: If no token is pooled.
    """
    import torch

    pooled = np.asarray(mask, dtype=bool)
    if pooled.ndim != 1 or not pooled.any():
        raise OptionError(
            f"mask must be True for at least one token, got the shape {pooled.shape}."
        )
    # Pooling unit vectors gives the factor of each token.
    unit = torch.eye(len(pooled))[None]
    factors = POOLINGS[pooling].function(unit, torch.from_numpy(pooled)[None])[0].numpy()
    return np.asarray(factors / factors.sum(), dtype=np.float32)


def elsewhere(first: Any, second: Any) -> float:
    """How much of one distribution lies elsewhere in another: 0 (the same) to 1 (all of it).

    Source: the total variation distance, half the sum of absolute differences.

    >>> elsewhere([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
    0.5
    """
    apart = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return float(np.abs(apart).sum() / 2)
