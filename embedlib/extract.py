"""extract: texts become vectors of every layer and pooling asked for, in one pass over the model."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.forward import forward
from embedlib.models.encoder import Encoder
from embedlib.pooling import POOLINGS
from embedlib.records import (
    Bools,
    Floats,
    Longs,
    Progress,
    Tokens,
    TokenSettings,
    TokenVectors,
    Vectors,
    digest_of_texts,
)
from embedlib.texts import checked_texts
from embedlib.tokens import ledger, max_tokens, pieces, tokenise

if TYPE_CHECKING:
    from torch import Tensor

_CPU_TOKENS: Final = 1024
_RELEASE_BYTES: Final = 64 * 2**20


@dataclass(frozen=True, eq=False)
class _Work:
    encoder: Encoder
    tokens: Tokens
    pooled: Bools  # (token,) what is pooled
    layers: tuple[int, ...]
    poolings: tuple[str, ...]


def extract(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: tuple[int, ...],
    poolings: tuple[str, ...],
    settings: TokenSettings = TokenSettings(),
    out: "dict[str, Floats] | None" = None,
    release: Callable[[], None] | None = None,
    chosen: Mapping[int, Sequence[int]] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Vectors:
    """Vectors of the texts for every pooling and layer asked for."""
    texts = checked_texts(texts)
    for pooling in poolings:
        POOLINGS[pooling]
    if "chosen" in poolings and chosen is None:
        raise OptionError("chosen must name tokens for the pooling 'chosen', got none.")
    started = time.perf_counter()
    firsts: dict[Any, int] = {}
    rows_of: list[list[int]] = []
    unique: list[int] = []
    for row, text in enumerate(texts):
        key = (text, row) if chosen is not None else text
        if key not in firsts:
            firsts[key] = len(unique)
            unique.append(row)
            rows_of.append([])
        rows_of[firsts[key]].append(row)
    tokens = tokenise(encoder, [texts[row] for row in unique], settings, with_spans=False)
    pooled = _pooled(
        tokens, settings, None if chosen is None else [chosen.get(r, ()) for r in unique]
    )
    if out is None:
        shape = (len(layers), len(texts), encoder.card.dim)
        out = {name: np.full(shape, np.nan, np.float32) for name in poolings}
    work = _Work(encoder, tokens, pooled, layers, poolings)
    _run(work, rows_of, out, release, progress, cancelled, len(texts), started)
    inverse = np.zeros(len(texts), dtype=np.int64)
    for place, rows in enumerate(rows_of):
        inverse[rows] = place
    whole = ledger(tokens, max_tokens(encoder, settings))
    return Vectors(
        arrays={name: out[name] for name in poolings},
        layers=layers,
        encoder=encoder.card,
        settings=settings,
        ledger=type(whole)(
            whole.n_all[inverse], whole.n_kept[inverse], whole.n_windows[inverse], whole.max_tokens
        ),
        texts_digest=digest_of_texts(texts),
        seconds=time.perf_counter() - started,
    )


def _pooled(tokens: Tokens, settings: TokenSettings, chosen: "list[Sequence[int]] | None") -> Bools:
    window_of = np.repeat(np.arange(tokens.n_windows), np.diff(tokens.bounds))
    if chosen is not None:
        mask = np.zeros(len(tokens.ids), dtype=bool)
        first = np.searchsorted(tokens.window_text, np.arange(tokens.n_texts + 1))
        for text, numbers in enumerate(chosen):
            start, end = tokens.bounds[first[text]], tokens.bounds[first[text + 1]]
            for number in numbers:
                if not 0 <= number < end - start:
                    raise OptionError(
                        f"A chosen token must be one of the {end - start} tokens of its text, "
                        f"got {number}."
                    )
                mask[start + number] = True
        return mask
    if settings.pool_special:
        return np.ones(len(tokens.ids), dtype=bool)
    mask = ~tokens.special
    some = np.bincount(window_of, weights=mask, minlength=tokens.n_windows) > 0
    return np.asarray(mask | ~some[window_of])


def _run(
    work: _Work,
    rows_of: list[list[int]],
    out: dict[str, Floats],
    release: Callable[[], None] | None,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
    total: int,
    started: float,
) -> None:
    tokens = work.tokens
    lengths = np.diff(tokens.bounds)
    order = np.argsort(-lengths, kind="stable")
    several = np.bincount(tokens.window_text, minlength=tokens.n_texts) > 1
    sums: dict[tuple[int, str, int], Floats] = {}
    weights: dict[int, float] = {}
    left = np.bincount(tokens.window_text, minlength=tokens.n_texts)
    done, written, start = 0, 0, 0
    while start < len(order):
        if cancelled is not None and cancelled():
            raise Cancelled
        longest = int(lengths[order[start]])
        size = max(1, _CPU_TOKENS // longest)
        batch = order[start : start + size]
        start += size
        counts = _batch(work, batch, out, rows_of, several, sums, weights)
        for window in batch:
            text = int(tokens.window_text[window])
            left[text] -= 1
            if left[text] == 0:
                done += len(rows_of[text])
                if several[text]:
                    _write_windows(work, text, rows_of[text], out, sums, weights)
        written += counts
        if release is not None and written > _RELEASE_BYTES:
            release()
            written = 0
        if progress is not None:
            progress(Progress(done, total, "texts", time.perf_counter() - started))


def _batch(
    work: _Work,
    batch: Longs,
    out: dict[str, Floats],
    rows_of: list[list[int]],
    several: Bools,
    sums: dict[tuple[int, str, int], Floats],
    weights: dict[int, float],
) -> int:
    import torch

    tokens, encoder = work.tokens, work.encoder
    lengths = np.diff(tokens.bounds)[batch]
    width = int(lengths.max())
    pad = encoder.tokenizer.pad_token_id or 0
    ids = np.full((len(batch), width), pad, dtype=np.int64)
    mask = np.zeros((len(batch), width), dtype=bool)
    pool = np.zeros((len(batch), width), dtype=bool)
    for place, window in enumerate(batch):
        span = slice(tokens.bounds[window], tokens.bounds[window + 1])
        ids[place, : lengths[place]] = tokens.ids[span]
        mask[place, : lengths[place]] = True
        pool[place, : lengths[place]] = work.pooled[span]
    inputs = {"input_ids": torch.from_numpy(ids).to(encoder.device)}
    if not mask.all():
        inputs["attention_mask"] = torch.from_numpy(mask).long().to(encoder.device)
    pool_tensor = torch.from_numpy(pool).to(encoder.device)
    n_pooled = pool.sum(1)

    def receive(layer: int, hidden: "Tensor") -> None:
        place = work.layers.index(layer)
        for name in work.poolings:
            vectors = POOLINGS[name].function(hidden, pool_tensor).float().cpu().numpy()
            for one, window in enumerate(batch):
                text = int(tokens.window_text[window])
                if several[text]:
                    if n_pooled[one]:
                        key = (text, name, place)
                        part = vectors[one].astype(np.float64) * n_pooled[one]
                        sums[key] = sums.get(key, 0) + part
                else:
                    out[name][place, rows_of[text]] = vectors[one]

    with torch.inference_mode():
        forward(encoder, inputs, work.layers, receive)
    for one, window in enumerate(batch):
        text = int(tokens.window_text[window])
        weights[text] = weights.get(text, 0) + int(n_pooled[one])
    return len(batch) * len(work.layers) * len(work.poolings) * encoder.card.dim * 4


def _write_windows(
    work: _Work,
    text: int,
    rows: list[int],
    out: dict[str, Floats],
    sums: dict[tuple[int, str, int], Floats],
    weights: dict[int, float],
) -> None:
    for name in work.poolings:
        for place in range(len(work.layers)):
            total = sums.pop((text, name, place), None)
            if total is not None:
                out[name][place, rows] = (total / weights[text]).astype(np.float32)


def token_vectors(
    encoder: Encoder, text: str, settings: TokenSettings = TokenSettings()
) -> TokenVectors:
    """Every token of one text at every layer."""
    import torch

    tokens = tokenise(encoder, [text], settings)
    end = int(tokens.bounds[1])
    ids = tokens.ids[:end]
    layers = tuple(range(encoder.card.n_layers + 1))
    hidden = np.empty((len(layers), end, encoder.card.dim), np.float32)

    def receive(layer: int, batch: "Tensor") -> None:
        hidden[layer] = batch[0].float().cpu().numpy()

    with torch.inference_mode():
        forward(
            encoder,
            {"input_ids": torch.from_numpy(ids.astype(np.int64))[None].to(encoder.device)},
            layers,
            receive,
        )
    return TokenVectors(
        hidden,
        pieces(encoder, ids),
        ids,
        tokens.spans[:end],
        tokens.words[:end],
        tokens.special[:end],
        int(tokens.n_all[0] - tokens.n_kept[0]),
    )
