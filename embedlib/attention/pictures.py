"""Attention as bytes for a browser: every head as a small tile, one head at full resolution."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from embedlib.attention.doors import check_head, check_layer
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.errors import OptionError, shown
from embedlib.records import Floats, Longs
from embedlib.table import Table

Bytes = NDArray[np.uint8]
REDUCTIONS: Final = Table(
    "reduction",
    {
        "max": "the largest value in each cell, so that thin stripes stay visible",
        "mean": "the mean of each cell, so that areas keep their weight",
    },
)
FORMATS: Final = Table(
    "number format",
    {
        "uint8": "255 steps from 0 to the scale",
        "float16": "3 to 4 digits",
    },
)


@dataclass(frozen=True, eq=False)
class Tiles:
    """Every head as a small picture.

    Args:
        values: (layer, head, size, size) uint8; 255 stands for the layer's scale.
        scale: (layer,) float32, what 255 stands for: 1 for weights, the largest contribution of
            the layer for contributions.
        edges: (size + 1,) the token at which each cell begins; the last is the number of tokens.
        reduction: How a cell was made: "max", "mean", or "none" when a cell is a token.
    """

    values: Bytes
    scale: Floats
    edges: Longs
    reduction: str

    @property
    def reduced(self) -> bool:
        """Whether a cell stands for more than one token."""
        return self.reduction != "none"


@dataclass(frozen=True, eq=False)
class HeadBytes:
    """One head at full resolution.

    Args:
        content: n_tokens * n_tokens numbers, row by row (a row a query), little-endian.
        format: "uint8" or "float16".
        n_tokens: Tokens on each side.
        scale: What 255 (in uint8) or 1.0 (in float16) stands for.
    """

    content: bytes
    format: str
    n_tokens: int
    scale: float


def tiles(
    maps: AttentionMaps, kind: str = "weight", size_px: int = 64, reduction: str = "max"
) -> Tiles:
    """Every head as a tile of at most `size_px` cells a side.

    12 x 12 heads at 64 cells take 590 KB, however long the text is.

    Args:
        maps: One text.
        kind: A row of `KINDS`.
        size_px: Cells a side; fewer when the text has fewer tokens.
        reduction: A row of `REDUCTIONS`, used when tokens share a cell.

    Raises:
        UnknownNameError: If there is no such kind or reduction.
        OptionError: If `size_px` is no positive whole number.
    """
    row = KINDS[kind]
    REDUCTIONS[reduction]
    if not isinstance(size_px, int) or isinstance(size_px, bool) or size_px < 1:
        raise OptionError(f"size_px must be a positive whole number, got {shown(size_px)}.")
    size = min(size_px, maps.n_tokens)
    edges = cell_edges(maps.n_tokens, size)
    values = np.zeros((maps.n_layers, maps.n_heads, size, size), dtype=np.uint8)
    scale = np.ones(maps.n_layers, dtype=np.float32)
    for layer in range(maps.n_layers):
        whole = row.function(maps, layer)
        scale[layer] = _scale(whole, normalised=row.normalised)
        values[layer] = quantised(reduced(whole, edges, reduction), float(scale[layer]))
    return Tiles(values, scale, edges, reduction if size < maps.n_tokens else "none")


def head_bytes(
    maps: AttentionMaps, layer: int, head: int, kind: str = "weight", format: str = "uint8"
) -> HeadBytes:
    """One head at full resolution: 262 KB in uint8 at 512 tokens.

    Args:
        maps: One text.
        layer: A block, from 0.
        head: A head, from 0.
        kind: A row of `KINDS`.
        format: A row of `FORMATS`.

    Raises:
        OptionError: If there is no such layer or head.
        UnknownNameError: If there is no such kind or format.
    """
    row = KINDS[kind]
    FORMATS[format]
    layer, head = check_layer(maps, layer), check_head(maps, head)
    whole = row.function(maps, layer)
    scale = _scale(whole, normalised=row.normalised)
    if format == "uint8":
        content = quantised(whole[head], scale).tobytes()
    else:
        content = (whole[head] / scale).astype("<f2").tobytes()
    return HeadBytes(content, format, maps.n_tokens, scale)


def _scale(values: Floats, *, normalised: bool) -> float:
    largest = 1.0 if normalised else float(values.max())
    return largest if largest > 0 else 1.0


def cell_edges(n_tokens: int, size: int) -> Longs:
    """(size + 1,) the token at which each of `size` cells begins; the last is `n_tokens`."""
    return np.linspace(0, n_tokens, size + 1).astype(np.int64)


def quantised(values: Floats, scale: float) -> Bytes:
    """Values in 255 steps from 0 to `scale`; what lies above it is 255."""
    steps: Bytes = np.rint(np.clip(values / scale, 0.0, 1.0) * 255).astype(np.uint8)
    return steps


def reduced(values: Floats, edges: Longs, reduction: str) -> Floats:
    """(..., cell, cell) from (..., query, key), where cells begin at `edges`."""
    if len(edges) - 1 == values.shape[-1]:
        return values
    ufunc: Any = np.maximum if reduction == "max" else np.add
    cells = ufunc.reduceat(ufunc.reduceat(values, edges[:-1], axis=-2), edges[:-1], axis=-1)
    if reduction == "max":
        return np.asarray(cells)
    sizes = np.diff(edges)
    return np.asarray(cells / (sizes[:, None] * sizes[None, :]))
