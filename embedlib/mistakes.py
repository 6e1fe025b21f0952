"""MISTAKES: errors of tutorials, made on purpose beside the right way; a new one is a row.

Each makes the mean-pooled vectors of some texts at one layer with one thing wrong. The loops are
written plainly with transformers, because that is where the errors are made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embedlib.errors import OptionError
from embedlib.extract import extract
from embedlib.geometry import cosine_matrix, neighbour_overlap, neighbour_rows, unit
from embedlib.layers import layer_number
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Bools, Floats, Longs, TokenSettings
from embedlib.table import Table

Way = Callable[[Encoder, Sequence[str], int], Floats]
NEIGHBOURS = 5


@dataclass(frozen=True)
class Mistake:
    """One error, and what it does.

    Args:
        name: The row's name.
        label: For choosers.
        wrong: What is done wrong, in one sentence.
        lesson: What to do instead, in one sentence.
        function: (encoder, texts, layer) to (text, dim) with the error.
        right: The same without it.
    """

    name: str
    label: str
    wrong: str
    lesson: str
    function: Way
    right: Way


@dataclass(frozen=True, eq=False)
class Damage:
    """What an error costs.

    Args:
        mistake: Which error.
        right: (text, dim) the vectors as they should be.
        wrong: (text, dim) with the error.
        cosines: (text,) of each text's two vectors.
        kept: (text,) share of its nearest texts that each keeps.
        n_neighbours: How many were compared.
        spread: Mean size of the change of a pair's cosine.
    """

    mistake: Mistake
    right: Floats
    wrong: Floats
    cosines: Floats
    kept: Floats
    n_neighbours: int
    spread: float


def damage(encoder: Encoder, texts: Sequence[str], name: str, layer: int = -1) -> Damage:
    """Make a mistake of `MISTAKES` and measure what it costs.

    Args:
        encoder: The model.
        texts: At least 3, at most `LIMITS["mistake_texts"]`; they share one padded batch.
        name: A row of `MISTAKES`.
        layer: A layer number; negative ones count from the last.

    Raises:
        UnknownNameError: If there is no such mistake.
        OptionError: If there are too few texts, or there is no such layer.
        LimitError: If there are too many texts.
    """
    row = MISTAKES[name]
    if len(texts) < 3:
        raise OptionError(f"Damage is measured on at least 3 texts, got {len(texts)}.", "Add some.")
    LIMITS["mistake_texts"].check(len(texts), "The number of texts")
    number = layer_number(layer, encoder.card.n_layers)
    right, wrong = row.right(encoder, texts, number), row.function(encoder, texts, number)
    n = min(NEIGHBOURS, len(texts) - 1)
    cosines = np.einsum("td,td->t", unit(right), unit(wrong)).clip(-1, 1)
    off = ~np.eye(len(texts), dtype=bool)
    change = np.abs(cosine_matrix(right) - cosine_matrix(wrong))[off]
    return Damage(
        mistake=row,
        right=right,
        wrong=wrong,
        cosines=cosines.astype(np.float32),
        kept=neighbour_overlap(neighbour_rows(right, n), neighbour_rows(wrong, n)),
        n_neighbours=n,
        spread=float(change.mean()),
    )


def right_way(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """Mean over all tokens of each text, special ones included, padding never read."""
    return _extracted(encoder, texts, layer, special=True)


def only_words(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """Mean over the tokens of each text without special tokens."""
    return _extracted(encoder, texts, layer, special=False)


def without_mask(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """One padded batch without an attention mask, averaged over padding too."""
    ids, _ = _padded(encoder, texts)
    hidden = _hidden(encoder, ids, np.ones_like(ids, dtype=bool), layer)
    return np.asarray(hidden.mean(axis=1), dtype=np.float32)


def with_padding(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """One padded batch with the attention mask, but averaged over padding too."""
    ids, mask = _padded(encoder, texts)
    return np.asarray(_hidden(encoder, ids, mask, layer).mean(axis=1), dtype=np.float32)


def left_context(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """Each token read with only what stands before it, then averaged.

    For each token the model reads the text up to it, which is what a causal mask would do.
    """
    ids, mask = _padded(encoder, texts)
    rows = []
    for row, real in zip(ids, mask, strict=True):
        n = int(real.sum())
        prefixes = np.tile(row[real], (n, 1))
        seen = np.tril(np.ones((n, n), dtype=bool))
        hidden = _hidden(encoder, prefixes, seen, layer)
        rows.append(hidden[np.arange(n), np.arange(n)].mean(axis=0))
    return np.stack(rows).astype(np.float32)


def shuffled_words(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """The tokens of each text in random order between its special tokens."""
    ids, mask = _padded(encoder, texts)
    special = set(encoder.tokenizer.all_special_ids)
    rng = np.random.default_rng(0)
    for row, real in zip(ids, mask, strict=True):
        inner = [at for at in np.flatnonzero(real) if int(row[at]) not in special]
        row[inner] = row[rng.permutation(inner)]
    hidden = _hidden(encoder, ids, mask, layer)
    total = np.where(mask[..., None], hidden, 0).sum(axis=1)
    return np.asarray(total / mask.sum(axis=1, keepdims=True), dtype=np.float32)


def _extracted(encoder: Encoder, texts: Sequence[str], layer: int, *, special: bool) -> Floats:
    settings = TokenSettings(pool_special=special)
    made = extract(encoder, texts, layers=(layer,), poolings=("mean",), settings=settings)
    return np.array(made.arrays["mean"][0])


def _padded(encoder: Encoder, texts: Sequence[str]) -> tuple[Longs, Bools]:
    """(text, token) ids and mask, padded on the right to the longest text."""
    from embedlib.tokens import tokenise

    tokens = tokenise(encoder, texts, TokenSettings())
    lengths = np.diff(tokens.bounds)
    pad = encoder.tokenizer.pad_token_id or 0
    ids = np.full((len(texts), int(lengths.max())), pad, dtype=np.int64)
    mask = np.arange(ids.shape[1]) < lengths[:, None]
    ids[mask] = tokens.ids
    return ids, mask


def _hidden(encoder: Encoder, ids: Longs, mask: Bools, layer: int) -> Floats:
    """(text, token, dim) of one layer, in small batches."""
    import torch

    from embedlib.extract.forward import forward

    found: list[Floats] = []
    for start in range(0, len(ids), 32):
        part = torch.from_numpy(ids[start : start + 32]).to(encoder.device)
        seen = torch.from_numpy(mask[start : start + 32]).to(encoder.device)
        forward(
            encoder,
            part,
            None if bool(seen.all()) else seen,
            frozenset({layer}),
            lambda _, hidden: found.append(hidden.float().cpu().numpy().copy()),
        )
    return np.concatenate(found)


_ROWS = (
    Mistake(
        "without_mask",
        "Forget the mask",
        "Texts are padded to one length, and neither the model nor the mean is told where they "
        "end.",
        "Pass the attention mask to the model, and pool only where it is 1.",
        without_mask,
        right_way,
    ),
    Mistake(
        "with_padding",
        "Average over padding",
        "The model has the mask, but the mean is taken over all positions, padding included.",
        "Sum where the mask is 1, and divide by the number of ones.",
        with_padding,
        right_way,
    ),
    Mistake(
        "left_context",
        "Read only the left context",
        "A model that reads both sides is used as if it were causal: each token sees only what "
        "stands before it.",
        "Give an encoder the whole text; for a decoder this is the right way and costs nothing.",
        left_context,
        right_way,
    ),
    Mistake(
        "special_tokens",
        "Pool special tokens",
        "[CLS] and [SEP] are averaged with the words.",
        "Decide on purpose: sentence models are trained so, word averages are better without.",
        right_way,
        only_words,
    ),
    Mistake(
        "shuffled_words",
        "Shuffle the words",
        "The tokens stand in random order: what is left is a bag of words.",
        "If little changes, the vectors hardly know word order; do not ask it of them.",
        shuffled_words,
        right_way,
    ),
)

MISTAKES: Table[Mistake] = Table("mistake", {row.name: row for row in _ROWS})
