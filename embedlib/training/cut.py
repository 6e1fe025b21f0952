"""cut_by: which texts a trained model does not read to their end, and after how many tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.figures.amounts import counted
from embedlib.records import Bools, TokenSettings

if TYPE_CHECKING:
    from embedlib.training.predicting import Predictor

_AT_ONCE: Final = 1_000  # texts whose tokens are in memory together


@dataclass(frozen=True, eq=False)
class CutTexts:
    """What was not read.

    Args:
        cut: (text,) True where the end was not read.
        max_tokens: How many tokens of a text are read, special tokens included.
    """

    cut: Bools
    max_tokens: int

    @property
    def n(self) -> int:
        return int(self.cut.sum())

    def sentence(self, *, tagged: bool = False) -> str:
        """How many were not read to their end; "" where all were.

        Args:
            tagged: Whether words are tagged, one by one.

        >>> CutTexts(np.array([True, False]), 128).sentence()
        'The end of 1 of 2 texts was not read: this run reads the first 128 tokens of each.'
        """
        if not self.n:
            return ""
        noun = "sentence" if tagged else "text"
        more = " The words after that are tagged O without being read." if tagged else ""
        return (
            f"The end of {self.n:,} of {counted(len(self.cut), noun)} was not read: this run reads "
            f"the first {self.max_tokens:,} tokens of each.{more}"
        )


def cut_by(
    ready: "Predictor",
    texts: Sequence[str] = (),
    pairs: Sequence[str] = (),
    *,
    words: Sequence[Sequence[str]] = (),
) -> CutTexts:
    """The texts of which the run's model does not read the end.

    Args:
        ready: The run's model.
        texts: As for `Predictor.predict`.
        pairs: Their second texts, or ().
        words: Sentences as for `Predictor.tag`, instead of texts.
    """
    if ready.head is not None:
        return _by_head(ready, texts, pairs)
    most = int(ready.report["facts"]["max_tokens"])
    prefix = "" if words else ready.report["options"].get("prefix", "")
    given: Sequence[Any] = [list(row) for row in words] or [prefix + text for text in texts]
    lengths = [
        len(ids)
        for start in range(0, len(given), _AT_ONCE)
        for ids in _ids(ready, given[start : start + _AT_ONCE], pairs[start : start + _AT_ONCE])
    ]
    return CutTexts(np.array(lengths, dtype=np.int64) > most, most)


def _ids(ready: "Predictor", given: Sequence[Any], pairs: Sequence[str]) -> list[list[int]]:
    """All tokens of each text, however many."""
    with ready.lock:  # a tokenizer's own cutting is a setting that threads would share
        found: Any = ready.tokenizer(
            list(given),
            list(pairs) or None,
            is_split_into_words=not isinstance(given[0], str),
            return_attention_mask=False,
            verbose=False,  # that they are too long is what is asked
        )
    return list(found["input_ids"])


def _by_head(ready: "Predictor", texts: Sequence[str], pairs: Sequence[str]) -> CutTexts:
    """For vectors of the unchanged model, which reads both texts of a pair one by one."""
    from embedlib.tokens import ledger, max_tokens, tokenise

    assert ready.head is not None  # noqa: S101 - `cut_by`
    source, card = ready.head.source, ready.encoder.card
    most = source["max_tokens"]
    settings = TokenSettings(
        max_tokens=None if most is None else min(int(most), card.most_tokens),
        prefix=source["prefix"],
    )
    bound = max_tokens(ready.encoder, settings)

    def cut(given: Sequence[str]) -> Bools:
        tokens = tokenise(ready.encoder, given, settings, with_spans=False)
        return ledger(ready.encoder, tokens, bound).cut

    first = cut(texts)
    return CutTexts(first | cut(pairs) if pairs else first, bound)
