"""How a map is looked at: hidden tokens, segments, words, averages, mass; pure functions.

Every function takes arrays whose last two axes are query and key, such as `maps.weights` or one
head of it, and gives a fresh array. A new filter of segments is a row of `SEGMENT_FILTERS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.attention.doors import check_maps, check_mask, check_share, check_token
from embedlib.attention.maps import AttentionMaps
from embedlib.errors import OptionError
from embedlib.records import Floats, Ints
from embedlib.table import Table

_ROUNDING: Final = 1e-6  # of float32 weights


@dataclass(frozen=True)
class SegmentFilter:
    """Which attention between the texts of a pair is shown.

    Args:
        name: The row's name: "a_to_b".
        label: For choosers: "A to B".
        query: Segment of the queries, None for both.
        key: Segment of the keys, None for both.
    """

    name: str
    label: str
    query: int | None
    key: int | None


_ROWS = (
    SegmentFilter("all", "All", None, None),
    SegmentFilter("a_to_a", "A to A", 0, 0),
    SegmentFilter("a_to_b", "A to B", 0, 1),
    SegmentFilter("b_to_a", "B to A", 1, 0),
    SegmentFilter("b_to_b", "B to B", 1, 1),
)

SEGMENT_FILTERS: Final[Table[SegmentFilter]] = Table(
    "segment filter", {row.name: row for row in _ROWS}
)


def without(weights: Any, hidden: Any, *, renormalise: bool) -> Floats:
    """The maps without some tokens, whose rows and columns become 0.

    Args:
        weights: (..., query, key).
        hidden: (token,) True for tokens to hide, such as `maps.special`.
        renormalise: Whether what is left of each row is stretched to the sum it had. A row whose
            whole weight lies on hidden tokens stays 0.

    Raises:
        OptionError: If `hidden` does not have one entry a token.
    """
    array = check_maps(weights)
    drop = check_mask(hidden, array.shape[-1], "hidden")
    kept = np.where(drop[:, None] | drop[None, :], np.float32(0), array)
    return _stretched(kept, array) if renormalise else kept


def cropped(weights: Any, hidden: Any) -> Floats:
    """The maps without the rows and columns of some tokens: (..., kept, kept), as they were.

    Raises:
        OptionError: If `hidden` does not have one entry a token.
    """
    array = check_maps(weights)
    keep = ~check_mask(hidden, array.shape[-1], "hidden")
    return np.asarray(array[..., keep, :][..., keep])


def between(weights: Any, segment: Any, name: str, *, renormalise: bool = False) -> Floats:
    """The attention from one text of a pair to the other; everything else becomes 0.

    Args:
        weights: (..., query, key).
        segment: (token,) 0 or 1, as in `maps.segment`.
        name: A row of `SEGMENT_FILTERS`.
        renormalise: Whether what is left of each row is stretched to the sum it had.

    Raises:
        UnknownNameError: If there is no such filter.
        OptionError: If `segment` does not have one entry a token.
    """
    row, array = SEGMENT_FILTERS[name], check_maps(weights)
    numbers = np.asarray(segment)
    check_mask(numbers >= 0, array.shape[-1], "segment")
    queries = np.ones(len(numbers), dtype=bool) if row.query is None else numbers == row.query
    keys = np.ones(len(numbers), dtype=bool) if row.key is None else numbers == row.key
    kept = np.where(queries[:, None] & keys[None, :], array, np.float32(0))
    return _stretched(kept, array) if renormalise else kept


def averaged(
    weights: Any,
    *,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
) -> Floats:
    """The mean over some layers and heads: (query, key) float32.

    Args:
        weights: (layer, head, query, key).
        layers: Blocks, from 0; None for all.
        heads: Heads, from 0; None for all.

    Raises:
        OptionError: If the list is empty, or names a layer or head that there is not.
    """
    array = check_maps(weights, 4)
    rows = _chosen(layers, array.shape[0], "layers")
    columns = _chosen(heads, array.shape[1], "heads")
    total = np.zeros(array.shape[2:], dtype=np.float64)
    for layer in rows:
        total += array[layer, columns].sum(axis=0, dtype=np.float64)
    return np.asarray(total / (len(rows) * len(columns)), dtype=np.float32)


def head_mean(weights: Any, heads: Sequence[tuple[int, int]]) -> Floats:
    """The mean over some heads, whichever they are: (query, key) float32.

    Args:
        weights: (layer, head, query, key).
        heads: (layer, head) pairs, both from 0; at least one.

    Raises:
        OptionError: If the list is empty, or names a head that there is not.
    """
    array = check_maps(weights, 4)
    if not heads:
        raise OptionError("At least one head must be averaged, got none.", "Such as [(0, 0)].")
    total = np.zeros(array.shape[2:], dtype=np.float64)
    for layer, head in heads:
        if not (0 <= layer < array.shape[0] and 0 <= head < array.shape[1]):
            raise OptionError(
                f"A head must be a pair below {array.shape[:2]}, got {(layer, head)}.",
                "Both count from 0.",
            )
        total += array[layer, head]
    return np.asarray(total / len(heads), dtype=np.float32)


def strongest(weights: Any, mass: float) -> Floats:
    """In each row the fewest keys that hold `mass` of its sum; the others become 0.

    Args:
        weights: (..., query, key), 0 or more.
        mass: 0 (nothing) to 1 (everything). Of equal weights the first are kept.

    Raises:
        OptionError: If `mass` is outside its range.
    """
    array, mass = check_maps(weights), check_share(mass, "The attention mass")
    if mass == 1.0:
        return array.copy()
    order = np.argsort(-array, axis=-1, kind="stable")
    ranked = np.take_along_axis(array, order, axis=-1).astype(np.float64)
    before = np.cumsum(ranked, axis=-1) - ranked
    # A key is needed as long as what stands before it falls short, by more than rounding.
    needed = before < (mass - _ROUNDING) * ranked.sum(axis=-1, keepdims=True)
    keep = np.zeros(array.shape, dtype=bool)
    np.put_along_axis(keep, order, needed, axis=-1)
    return np.where(keep, array, np.float32(0))


def from_token(maps: AttentionMaps, token: int) -> Floats:
    """Where a token looks, in every head: (layer, head, key) float32.

    Raises:
        OptionError: If there is no such token.
    """
    return np.array(maps.weights[:, :, check_token(maps, token), :])


def to_token(maps: AttentionMaps, token: int) -> Floats:
    """Who looks at a token, in every head: (layer, head, query) float32.

    Raises:
        OptionError: If there is no such token.
    """
    return np.array(maps.weights[:, :, :, check_token(maps, token)])


def _stretched(kept: Floats, whole: Floats) -> Floats:
    """`kept` with each row multiplied so that it sums to what it did in `whole`."""
    left = kept.sum(axis=-1, keepdims=True, dtype=np.float64)
    wanted = whole.sum(axis=-1, keepdims=True, dtype=np.float64)
    factor = np.divide(wanted, left, out=np.zeros_like(left), where=left > 0)
    return np.asarray(kept * factor, dtype=np.float32)


def _chosen(numbers: Sequence[int] | None, n: int, what: str) -> Ints:
    if numbers is None:
        return np.arange(n, dtype=np.int32)
    chosen = np.asarray(list(numbers))
    if chosen.ndim != 1 or not len(chosen) or chosen.dtype.kind not in "iu":
        raise OptionError(f"{what} must be a list of at least one number, got {numbers!r}.")
    if chosen.min() < -n or chosen.max() >= n:
        raise OptionError(f"{what} must be numbers from 0 to {n - 1}, got {list(numbers)}.")
    return (chosen % n).astype(np.int32)
