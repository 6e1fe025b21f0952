"""What a head is good for: the text's vector with some heads switched off, on the twin alone.

Source: Michel et al. 2019, section 2.3 (a head's output is masked with 0).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.attention.doors import Doubles, check_heads
from embedlib.attention.inputs import ModelInput, model_input
from embedlib.attention.pooled import automatic, pooled_tokens
from embedlib.attention.recording import Recording
from embedlib.attention.twin import eager_twin, forward
from embedlib.errors import Cancelled
from embedlib.layers import layer_number
from embedlib.models.encoder import Encoder
from embedlib.pooling import Pooling
from embedlib.records import Bools, Floats, Progress

if TYPE_CHECKING:
    from torch import Tensor

_WEIGHT_BYTES: Final = 64 * 2**20  # attention weights of one layer and batch


@dataclass(frozen=True, eq=False)
class Ablation:
    """A text's vectors with all heads, and without some.

    Args:
        heads: The (layer, head) that were off, both from 0.
        pooling: How the text's vector was made.
        before: (layer + 1, dim) float32, with all heads.
        after: (layer + 1, dim) float32, without them.
        cosines: (layer + 1,) float32, between before and after; layer 0 is always 1.
    """

    heads: tuple[tuple[int, int], ...]
    pooling: str
    before: Floats
    after: Floats
    cosines: Floats


def ablate(
    encoder: Encoder,
    text: str,
    heads: Iterable[tuple[int, int]],
    pair: str | None = None,
    *,
    pooling: str = "mean",
    pool_special: bool = True,
    max_tokens: int | None = None,
) -> Ablation:
    """The vectors of a text at every layer, with and without some heads.

    Args:
        encoder: The model; its shared copy is not touched.
        text: Not blank.
        heads: (layer, head) pairs to switch off, both from 0; see `all_heads`.
        pair: A second text in the same input, or None.
        pooling: A row of `POOLINGS`.
        pool_special: Whether special tokens are pooled.
        max_tokens: As for `attention`.

    Raises:
        UnsupportedModelError: If the model's attention cannot be read.
        OptionError: If there is no such head, or the pooling needs a choice of tokens.
        TextError, LimitError: As `attention` does.
    """
    off = check_heads(encoder.card, heads)
    row = automatic(pooling)
    given = model_input(encoder, text, pair, max_tokens)
    mask = pooled_tokens(given.special, pool_special=pool_special)
    before, after = (
        _pooled(hidden, mask, row)[:, 0]
        for hidden in (_run(encoder, given, [()]), _run(encoder, given, [off]))
    )
    cosines = _cosines(before.astype(np.float64), after.astype(np.float64))
    return Ablation(off, pooling, before, after, cosines.astype(np.float32))


def head_effects(  # noqa: PLR0913 - what `ablate` takes, and how to watch and stop it
    encoder: Encoder,
    text: str,
    pair: str | None = None,
    *,
    pooling: str = "mean",
    pool_special: bool = True,
    layer: int = -1,
    max_tokens: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Floats:
    """How far the text's vector moves when one head is switched off, for every head.

    Args:
        encoder: The model; its shared copy is not touched.
        text: Not blank.
        pair: A second text in the same input, or None.
        pooling: A row of `POOLINGS`.
        pool_special: Whether special tokens are pooled.
        layer: The layer of the vector, 0 to n_layers; the last by default.
        max_tokens: As for `attention`.
        progress: Called after each batch of heads.
        cancelled: Asked before each batch.

    Returns:
        (layer, head) float32, 1 - cosine between with and without: 0 for no change. Heads above
        the layer asked for have no effect on it.

    Raises:
        Cancelled: If `cancelled` says so.
        UnsupportedModelError, OptionError, TextError, LimitError: As `ablate` does.
    """
    card, row = encoder.card, automatic(pooling)
    number = layer_number(layer, card.n_layers)
    given = model_input(encoder, text, pair, max_tokens)
    mask = pooled_tokens(given.special, pool_special=pool_special)
    whole = _pooled(_run(encoder, given, [()]), mask, row)[number].astype(np.float64)
    effects = np.zeros((card.n_layers, card.n_heads), dtype=np.float32)
    # A block acts on the layers above it alone.
    heads = [(block, head) for block in range(number) for head in range(card.n_heads)]
    began, done = perf_counter(), 0
    for batch in _batches(heads, len(given.ids), card.n_heads):
        if cancelled is not None and cancelled():
            raise Cancelled
        hidden = _run(encoder, given, [(head,) for head in batch])
        vectors = _pooled(hidden, mask, row)[number].astype(np.float64)
        cosines = _cosines(np.broadcast_to(whole, vectors.shape), vectors)
        for place, cosine in zip(batch, cosines.tolist(), strict=True):
            effects[place] = 1.0 - cosine
        done += len(batch)
        if progress is not None:
            progress(Progress(done, len(heads), "heads", perf_counter() - began))
    return effects


def all_heads(encoder: Encoder) -> tuple[tuple[int, int], ...]:
    """Every (layer, head) of the model, both from 0."""
    card = encoder.card
    return tuple((layer, head) for layer in range(card.n_layers) for head in range(card.n_heads))


def kept_heads(encoder: Encoder, rows: Iterable[Iterable[tuple[int, int]]]) -> "Tensor":
    """(row, layer, head) 1 for heads that stay, 0 for those switched off in that row."""
    import torch

    listed = [list(row) for row in rows]
    keep = torch.ones(len(listed), encoder.card.n_layers, encoder.card.n_heads)
    for number, off in enumerate(listed):
        for layer, head in off:
            keep[number, layer, head] = 0.0
    return keep.to(encoder.device)


def _run(
    encoder: Encoder, given: ModelInput, rows: list[tuple[tuple[int, int], ...]]
) -> "tuple[Tensor, ...]":
    """Hidden states (row, token, dim) of the text, once for each set of heads that are off."""
    keep = kept_heads(encoder, rows) if any(rows) else None
    recording = Recording(encoder.card.n_layers, encoder.card.n_heads, keep=keep)
    ids = np.repeat(given.ids[None], len(rows), axis=0)
    type_ids = np.repeat(given.type_ids[None], len(rows), axis=0)
    return forward(encoder, eager_twin(encoder), ids, type_ids, recording)


def _pooled(hidden: "tuple[Tensor, ...]", mask: Bools, row: Pooling) -> Floats:
    """(layer + 1, row, dim) float32."""
    import torch

    with torch.inference_mode():
        rows = torch.from_numpy(mask).to(hidden[0].device).expand(hidden[0].shape[:2])
        return np.stack([row.function(layer, rows).cpu().numpy() for layer in hidden])


def _batches(
    heads: list[tuple[int, int]], n_tokens: int, n_heads: int
) -> Iterator[list[tuple[int, int]]]:
    size = max(1, _WEIGHT_BYTES // (4 * n_heads * n_tokens**2))
    for start in range(0, len(heads), size):
        yield heads[start : start + size]


def _cosines(first: Doubles, second: Doubles) -> Doubles:
    """(row,) cosine of two (row, dim); 0 where either is a zero vector."""
    products = np.einsum("rd,rd->r", first, second)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(products / np.where(lengths > 0, lengths, np.inf))
