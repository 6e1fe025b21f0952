"""Texts to padded batches for training: tokens once, batches of like lengths, one fixed order.

A task's own way to tokenise is one function here: `text_features` or `word_features`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.records import Longs

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

IGNORED: Final = -100  # torch's cross-entropy leaves these out
_SORTED_BATCHES: Final = 50  # batches among which like lengths are brought together


@dataclass(frozen=True, eq=False)
class Features:
    """Tokenised rows.

    Args:
        ids: (row,) arrays of vocabulary ids, special tokens included.
        segments: (row,) arrays of segment numbers, for models that take them, else ().
        labels: (row,) label numbers, or (row,) arrays of one a token, IGNORED where none counts.
        n_cut: Rows that did not fit.
        first_pieces: (row,) for token labels: where each word's first piece stands; -1 if cut.
    """

    ids: tuple[Longs, ...]
    segments: tuple[Longs, ...]
    labels: tuple[Any, ...]
    n_cut: int
    first_pieces: tuple[Longs, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> int:
        """The row's own number: what the loader hands to `Collator`."""
        return row

    @property
    def lengths(self) -> Longs:
        return np.array([len(row) for row in self.ids], dtype=np.int64)


def text_features(
    tokenizer: "PreTrainedTokenizerFast",
    texts: Sequence[str],
    pairs: Sequence[str],
    labels: Sequence[int],
    max_tokens: int,
) -> Features:
    """Texts, or pairs of texts, as a model reads them; of a pair the longer text is cut first."""
    encoded: Any = tokenizer(
        list(texts),
        list(pairs) or None,
        truncation="longest_first" if pairs else True,
        max_length=max_tokens,
        return_overflowing_tokens=False,
        return_attention_mask=False,
    )
    full: Any = tokenizer(list(texts), list(pairs) or None, return_attention_mask=False)
    n_cut = sum(
        len(a) < len(b) for a, b in zip(encoded["input_ids"], full["input_ids"], strict=True)
    )
    return Features(_arrays(encoded["input_ids"]), _segments(encoded), tuple(labels), n_cut)


def word_features(
    tokenizer: "PreTrainedTokenizerFast",
    words: Sequence[Sequence[str]],
    tags: Sequence[Sequence[int]],
    max_tokens: int,
) -> Features:
    """Words as a model reads them; the first piece of each word carries its tag.

    The other pieces and the special tokens carry IGNORED, so that each word counts once.
    """
    encoded: Any = tokenizer(
        [list(row) for row in words],
        is_split_into_words=True,
        truncation=True,
        max_length=max_tokens,
        return_attention_mask=False,
    )
    labels, places = [], []
    for row, marks in enumerate(tags):
        ids = encoded["input_ids"][row]
        firsts = _first_pieces(encoded.word_ids(row), len(marks))
        of_tokens = np.full(len(ids), IGNORED, dtype=np.int64)
        kept = firsts >= 0
        of_tokens[firsts[kept]] = np.array(marks, dtype=np.int64)[kept]
        labels.append(of_tokens)
        places.append(firsts)
    n_cut = sum(bool((firsts < 0).any()) for firsts in places)
    return Features(
        _arrays(encoded["input_ids"]), _segments(encoded), tuple(labels), n_cut, tuple(places)
    )


def _first_pieces(word_ids: Sequence[int | None], n_words: int) -> Longs:
    """(word,) the place of its first piece, -1 where it was cut or gave no piece."""
    places = np.full(n_words, -1, dtype=np.int64)
    for place in range(len(word_ids) - 1, -1, -1):
        word = word_ids[place]
        if word is not None:
            places[word] = place
    return places


def _arrays(rows: Sequence[Sequence[int]]) -> tuple[Longs, ...]:
    return tuple(np.array(row, dtype=np.int64) for row in rows)


def _segments(encoded: Any) -> tuple[Longs, ...]:
    return _arrays(encoded["token_type_ids"]) if "token_type_ids" in encoded else ()


@dataclass(frozen=True)
class Collator:
    """Rows to one padded batch of tensors.

    Args:
        features: Where the rows are.
        padding: The id that fills short rows.
        with_labels: Whether the batch carries `labels`.
    """

    features: Features
    padding: int
    with_labels: bool = True

    def __call__(self, rows: Sequence[int]) -> "dict[str, torch.Tensor]":
        import torch

        ids = [self.features.ids[row] for row in rows]
        batch = {
            "input_ids": _padded(ids, self.padding),
            "attention_mask": _padded([np.ones(len(row), dtype=np.int64) for row in ids], 0),
        }
        if self.features.segments:
            batch["token_type_ids"] = _padded([self.features.segments[row] for row in rows], 0)
        if self.with_labels:
            labels = [self.features.labels[row] for row in rows]
            by_token = isinstance(labels[0], np.ndarray)
            batch["labels"] = _padded(labels, IGNORED) if by_token else np.array(labels)
        return {name: torch.from_numpy(array) for name, array in batch.items()}


def _padded(rows: Sequence[Longs], filler: int) -> Longs:
    """(row, token) with short rows filled on the right."""
    lengths = np.array([len(row) for row in rows])
    whole = np.full((len(rows), lengths.max()), filler, dtype=np.int64)
    whole[np.arange(lengths.max()) < lengths[:, None]] = np.concatenate(rows)
    return whole


class LikeLengths:
    """A sampler: rows in an order drawn from (seed, epoch), like lengths side by side.

    The order depends on nothing else, so that a resumed run sees the rows that it would have seen.

    Args:
        lengths: (row,) tokens of each row.
        batch_size: Rows a batch.
        seed: Of the draw.
    """

    def __init__(self, lengths: Longs, batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed = lengths, batch_size, seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """The epoch whose order comes next; the loop calls it."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        random = np.random.default_rng((self.seed, self.epoch))
        order = random.permutation(len(self.lengths))
        span = self.batch_size * _SORTED_BATCHES
        batches: list[Longs] = []
        for start in range(0, len(order), span):
            near = order[start : start + span]
            near = near[np.argsort(-self.lengths[near], kind="stable")]
            batches += [
                near[at : at + self.batch_size] for at in range(0, len(near), self.batch_size)
            ]
        whole = [batch for batch in batches if len(batch) == self.batch_size]
        rest = [batch for batch in batches if len(batch) < self.batch_size]
        for position in random.permutation(len(whole)):
            yield from whole[position].tolist()
        for batch in rest:  # last, or it would shift the rows of every batch after it
            yield from batch.tolist()
