"""LAYER_MIXES: several layers become one set of vectors; a new mix is a function and a row.

Layer 0 is the output of the embedding layer, layer i the output of block i. Mixes act on pooled
vectors. For the poolings that are linear in the tokens (all but max) this is the same as pooling
mixed tokens; the mean of maxima over layers is not the maximum of the mean.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.table import Table

if TYPE_CHECKING:
    from embedlib.records import Floats, Longs, Vectors


@dataclass(frozen=True)
class LayerMix:
    """One way to make a vector out of the vectors of several layers.

    Args:
        name: The row's name: "mean_last_4".
        label: For choosers: "Mean of the last four".
        help: One sentence: what it does, and when one wants it.
        needs: Number of blocks to the layers that the mix takes, ascending.
        function: (layer, text, dim) of these layers to (text, dim of the mix), float32.
    """

    name: str
    label: str
    help: str
    needs: Callable[[int], tuple[int, ...]]
    function: "Callable[[Floats], Floats]"


def last_four(n_layers: int) -> tuple[int, ...]:
    """The last four blocks, or all of them in a model with fewer; never the embedding layer.

    >>> last_four(12), last_four(3)
    ((9, 10, 11, 12), (1, 2, 3))
    """
    return tuple(range(max(1, n_layers - 3), n_layers + 1))


def all_blocks(n_layers: int) -> tuple[int, ...]:
    """Every block; not the embedding layer, whose vectors know nothing of their context."""
    return tuple(range(1, n_layers + 1))


def mean(stack: "Floats") -> "Floats":
    """Average over layers: (layer, text, dim) to (text, dim)."""
    return np.asarray(stack.mean(axis=0), dtype=np.float32)


def concatenation(stack: "Floats") -> "Floats":
    """Layers side by side, the lowest first: (layer, text, dim) to (text, layer * dim)."""
    return np.concatenate(list(stack), axis=1)


_ROWS = (
    LayerMix(
        "mean_last_4",
        "Mean of the last four",
        "Average of the last four layers; steadier than the last, which is shaped by pre-training.",
        last_four,
        mean,
    ),
    LayerMix(
        "concat_last_4",
        "Last four side by side",
        "The last four layers joined; the best frozen features for entities in the BERT paper.",
        last_four,
        concatenation,
    ),
    LayerMix(
        "mean_all",
        "Mean of all layers",
        "Average of all layers but the embeddings; from word form to meaning in one vector.",
        all_blocks,
        mean,
    ),
)

LAYER_MIXES: Table[LayerMix] = Table("layer mix", {row.name: row for row in _ROWS})


def parse_layers(layers: str | int | Sequence[int], n_layers: int) -> tuple[int, ...]:
    """Layer numbers as a person writes them: ascending, each once.

    Args:
        layers: "all", a number, numbers with commas, or a sequence of numbers; a negative number
            counts from the last layer, and the name of a mix stands for the layers it needs.
        n_layers: Number of blocks, which is the highest layer.

    Raises:
        OptionError: If there is none, or one is no number from -(n_layers + 1) to n_layers.

    >>> parse_layers("all", 3), parse_layers("0, -1", 6), parse_layers("mean_last_4", 6)
    ((0, 1, 2, 3), (0, 6), (3, 4, 5, 6))
    """
    if isinstance(layers, str):
        parts: Sequence[object] = [part.strip() for part in layers.split(",") if part.strip()]
    else:
        parts = list(layers) if isinstance(layers, Iterable) else [layers]
    found = {number for part in parts for number in _numbers(part, n_layers)}
    if not found:
        raise OptionError(
            f"layers must name at least one layer, got {shown(layers)}.",
            f"Use all, or numbers from 0 to {n_layers} with commas.",
        )
    return tuple(sorted(found))


def _numbers(part: object, n_layers: int) -> tuple[int, ...]:
    if part == "all":
        return tuple(range(n_layers + 1))
    if isinstance(part, str) and part in LAYER_MIXES:
        return LAYER_MIXES[part].needs(n_layers)
    return (layer_number(part, n_layers),)


def layer_number(layer: object, n_layers: int) -> int:
    """One layer as a number from 0 to `n_layers`; a negative one counts from the last.

    Raises:
        OptionError: If it is no whole number, or the model has no such layer.

    >>> layer_number(-1, 6), layer_number("2", 6)
    (6, 2)
    """
    # Six digits: Python refuses to read numbers of thousands of digits with an error of its own.
    if isinstance(layer, str) and re.fullmatch(r"[+-]?[0-9]{1,6}", layer):
        layer = int(layer)
    if isinstance(layer, int | np.integer) and not isinstance(layer, bool):
        number = int(layer) + (n_layers + 1 if layer < 0 else 0)
        if 0 <= number <= n_layers:
            return number
    raise OptionError(
        f"The layer must be a whole number from 0 to {n_layers}, got {shown(layer)}.",
        f"Use one of these or {', '.join(LAYER_MIXES)}; where several may stand, also all.",
    )


def select(
    vectors: "Vectors",
    pooling: str,
    layer: int | str,
    *,
    normalise: bool = False,
    rows: "Longs | None" = None,
) -> "Floats":
    """Vectors of one pooling and one layer or mix: a fresh (text, dim) float32 array.

    Only the layers that are asked for are read from a memory-mapped array. A vector of zeros
    stays zero when normalised.

    Args:
        vectors: What was extracted.
        pooling: One of `vectors.poolings`.
        layer: A layer number (negative counts from the last) or a name in `LAYER_MIXES`.
        normalise: Divide each vector by its L2 norm.
        rows: (row,) the texts that are wanted, None for all; no others are read.

    Raises:
        OptionError: If the layer or pooling was not extracted.
    """
    if pooling not in vectors.arrays:
        raise OptionError(
            f"The pooling must be one that was extracted, got {shown(pooling)}.",
            f"There are: {', '.join(vectors.poolings)}.",
        )
    array = vectors.arrays[pooling]
    if layer in LAYER_MIXES:
        mix = LAYER_MIXES[str(layer)]
        needed = [_row(vectors, number) for number in mix.needs(vectors.encoder.n_layers)]
        stack = array[needed] if rows is None else np.stack([array[one][rows] for one in needed])
        chosen = mix.function(np.asarray(stack, dtype=np.float32))
    else:
        one = array[_row(vectors, layer_number(layer, vectors.encoder.n_layers))]
        chosen = np.array(one if rows is None else one[rows], dtype=np.float32)
    return _normalised(chosen) if normalise else chosen


def at_layer(hidden: "Floats", layer: int | str) -> "Floats":
    """One layer or mix of vectors that are there for every layer: (text, dim) float32.

    Args:
        hidden: (layer + 1, text, dim), layer 0 to the last.
        layer: A layer number (negative counts from the last) or a name in `LAYER_MIXES`.

    Raises:
        OptionError: If there is no such layer.
    """
    n_layers = len(hidden) - 1
    if layer in LAYER_MIXES:
        mix = LAYER_MIXES[str(layer)]
        chosen = mix.function(np.asarray(hidden[list(mix.needs(n_layers))], dtype=np.float32))
        return np.asarray(chosen)
    return np.array(hidden[layer_number(layer, n_layers)], dtype=np.float32)


def _row(vectors: "Vectors", number: int) -> int:
    if number not in vectors.layers:
        raise OptionError(
            f"The layer must be one that was extracted, got {number}.",
            f"There are: {', '.join(map(str, vectors.layers))}.",
        )
    return vectors.layers.index(number)


def _normalised(vectors: "Floats") -> "Floats":
    squares = np.einsum("td,td->t", vectors, vectors, dtype=np.float64)
    norms = np.sqrt(squares)[:, None]
    return np.asarray(vectors / np.where(norms == 0, 1, norms), dtype=np.float32)
