"""word_vectors: every word of tagged sentences at every layer, as its first, last or mean piece."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.extract import versions_used
from embedlib.extract.forward import forward
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import (
    Floats,
    Longs,
    Progress,
    Tokens,
    TokenSettings,
    Vectors,
    digest_of_texts,
)
from embedlib.tokens import ledger, max_tokens, tokenise

if TYPE_CHECKING:
    from torch import Tensor

POOLINGS = ("first", "last", "mean")
_BATCH_TOKENS = 2_048


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and their vectors.

    Args:
        vectors: `arrays[pooling]` of (layer, word, dim), pooling being "first", "last" or "mean".
        sentence: (word,) the sentence of each.
        place: (word,) its number in the sentence.
        n_cut: Words that were not read, because their sentence did not fit.
        notes: What was sampled or cut.
    """

    vectors: Vectors
    sentence: Longs
    place: Longs
    n_cut: int
    notes: tuple[str, ...]


def word_vectors(
    encoder: Encoder,
    sentences: Sequence[Sequence[str]],
    *,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WordVectors:
    """Read sentences, with single spaces between their words, and give each word's vectors.

    Args:
        encoder: The model.
        sentences: The words of each; at least one sentence, no blank word.
        seed: Decides which sentences are taken where they have more than `LIMITS["word_rows"]`
            words in all.
        progress: Called in words.
        cancelled: Asked between batches.

    Raises:
        OptionError: If there is no sentence, or a word is blank.
        Cancelled: If `cancelled` said so.

    Source: the first piece stands for a word in Devlin et al. 2019, section 5.3.
    """
    began = time.perf_counter()
    if not sentences or any(not word.strip() for words in sentences for word in words):
        raise OptionError("Sentences must have words, none of them blank.", "Leave them out.")
    rows, notes = _sampled(sentences, seed)
    texts = [" ".join(sentences[row]) for row in rows]
    tokens = tokenise(encoder, texts, TokenSettings())
    found = _pieces_of_words([sentences[row] for row in rows], tokens)  # (word, 4)
    n_layers = encoder.card.n_layers + 1
    shape = (n_layers, len(found), encoder.card.dim)
    arrays = {name: np.empty(shape, dtype=np.float32) for name in POOLINGS}
    done = 0
    for batch in _batches(tokens):
        if cancelled is not None and cancelled():
            raise Cancelled
        words = np.flatnonzero(np.isin(found[:, 0], batch))
        _read(encoder, tokens, batch, found[words], {n: (a, words) for n, a in arrays.items()})
        done += len(words)
        if progress is not None:
            progress(Progress(done, len(found), "words", time.perf_counter() - began))
    n_cut = sum(len(sentences[row]) for row in rows) - len(found)
    if n_cut:
        notes = (*notes, f"{n_cut:,} words were cut with the ends of their sentences.")
    read = ledger(encoder, tokens, max_tokens(encoder, TokenSettings()))
    of = found[:, 0]
    return WordVectors(
        vectors=Vectors(
            arrays=arrays,
            layers=tuple(range(n_layers)),
            encoder=encoder.card,
            settings=TokenSettings(),
            ledger=read.take(of),
            texts_digest=digest_of_texts(texts),
            seconds=time.perf_counter() - began,
            versions=versions_used(),
        ),
        sentence=np.asarray(rows, dtype=np.int64)[of],
        place=found[:, 1],
        n_cut=n_cut,
        notes=notes,
    )


def _sampled(sentences: Sequence[Sequence[str]], seed: int) -> tuple[list[int], tuple[str, ...]]:
    """Rows of sentences that are read, and a note where they are a sample."""
    most = LIMITS["word_rows"].value
    sizes = np.array([len(words) for words in sentences])
    if sizes.sum() <= most:
        return [row for row in range(len(sentences)) if sizes[row]], ()
    order = np.random.default_rng(seed).permutation(len(sentences))
    kept = sorted(int(row) for row in order[sizes[order].cumsum() <= most] if sizes[row])
    note = f"A random {len(kept):,} of {len(sentences):,} sentences are used (seed {seed})."
    return kept, (note,)


def _pieces_of_words(sentences: Sequence[Sequence[str]], tokens: Tokens) -> Longs:
    """(word, 4): sentence, number in it, first and last token, for each word that is read."""
    found = []
    for row, words in enumerate(sentences):
        ends = np.cumsum([len(word) + 1 for word in words]) - 1
        window = slice(tokens.bounds[row], tokens.bounds[row + 1])
        spans = tokens.spans[window]
        inside = np.flatnonzero(spans[:, 0] < spans[:, 1])
        word_of = np.searchsorted(ends, spans[inside, 0], side="right")
        # Byte-level tokenizers count the space before a word to its first piece.
        word_of = np.maximum(word_of, np.searchsorted(ends, spans[inside, 1] - 1, side="right"))
        for number in np.unique(word_of):
            own = inside[word_of == number]
            found.append((row, int(number), int(own[0]), int(own[-1])))
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def _batches(tokens: Tokens) -> list[Longs]:
    """Sentences of like length together, at most about 2,048 tokens with padding."""
    lengths = np.diff(tokens.bounds)
    batches: list[list[int]] = [[]]
    for row in np.argsort(lengths, kind="stable"):
        if batches[-1] and (len(batches[-1]) + 1) * lengths[row] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(int(row))
    return [np.array(batch, dtype=np.int64) for batch in batches]


def _read(
    encoder: Encoder,
    tokens: Tokens,
    batch: Longs,
    words: Longs,
    out: dict[str, tuple[Floats, Longs]],
) -> None:
    """One forward pass; `words` are (word, 4) of its sentences, `out` where their vectors go."""
    import torch

    lengths = np.diff(tokens.bounds)[batch]
    ids = np.full((len(batch), int(lengths.max())), encoder.tokenizer.pad_token_id or 0)
    mask = np.arange(ids.shape[1]) < lengths[:, None]
    ids[mask] = np.concatenate([tokens.ids[slice(*tokens.bounds[b : b + 2])] for b in batch])
    place = {int(row): number for number, row in enumerate(batch)}
    rows = torch.tensor([place[int(row)] for row in words[:, 0]])
    first, last = torch.from_numpy(words[:, 2]), torch.from_numpy(words[:, 3])

    def receive(layer: int, hidden: "Tensor") -> None:
        whole = hidden.float().cpu()
        sums = torch.nn.functional.pad(whole.double().cumsum(1), (0, 0, 1, 0))
        mean = (sums[rows, last + 1] - sums[rows, first]) / (last - first + 1)[:, None]
        for name, vectors in (
            ("first", whole[rows, first]),
            ("last", whole[rows, last]),
            ("mean", mean.float()),
        ):
            array, numbers = out[name]
            array[layer, numbers] = vectors.numpy()

    forward(
        encoder,
        torch.from_numpy(ids).to(encoder.device),
        None if mask.all() else torch.from_numpy(mask).to(encoder.device),
        frozenset(range(encoder.card.n_layers + 1)),
        receive,
    )
