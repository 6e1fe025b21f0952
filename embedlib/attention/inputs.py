"""What the model reads for a text or a pair: ids, segments, spans, words; cut visibly.

Tokens are those of `embedlib.tokens`; only pairs and segments are added here.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from embedlib.errors import OptionError, TextError, shown
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Bools, Ints, TokenSettings
from embedlib.texts import checked_texts
from embedlib.tokens import _frame, _readable
from embedlib.tokens import max_tokens as model_bound

if TYPE_CHECKING:
    from tokenizers import Encoding

_NO_SEQUENCE: Final = -1


@dataclass(frozen=True, eq=False)
class ModelInput:
    """The tokens of a text or pair, as the fields of `AttentionMaps` with the same names.

    Args:
        ids: (token,) vocabulary ids.
        type_ids: (token,) what BERT-like models call token types, as the tokenizer gives them.
        spans: (token, 2) characters in the token's own text.
        words: (token,) word number, -1 for special tokens.
        special: (token,) True for tokens that the tokenizer added.
        segment: (token,) 0 for the text, 1 for the pair.
        n_lost: Tokens that did not fit.
    """

    ids: Ints
    type_ids: Ints
    spans: Ints
    words: Ints
    special: Bools
    segment: Ints
    n_lost: int


def model_input(
    encoder: Encoder, text: str, pair: str | None = None, max_tokens: int | None = None
) -> ModelInput:
    """The tokens of `text`, or of `text` and `pair` in one input.

    What does not fit is cut from the end of the longer text, token by token. A tokenizer without
    a template for pairs (most decoders) puts the two texts one after the other.

    Args:
        encoder: Its tokenizer is copied, never changed.
        text: Not blank.
        pair: Not blank, or None.
        max_tokens: Tokens in all, special tokens included; None for the model's own default or
            LIMITS["attention_tokens"], whichever is less.

    Raises:
        TextError: If a text is no string, blank, or gives no token.
        LimitError: If a text is too long, or `max_tokens` over its bound.
        OptionError: If `max_tokens` is outside what the model takes.
    """
    texts = checked_texts((text,) if pair is None else (text, pair))
    bound = token_bound(encoder, max_tokens)
    encoding = _frame(encoder).tokenizer.encode(
        _readable(text), None if pair is None else _readable(pair)
    )
    sequences = np.array(
        [_NO_SEQUENCE if number is None else number for number in encoding.sequence_ids]
    )
    special = np.array(encoding.special_tokens_mask, dtype=bool)
    sequences[special] = _NO_SEQUENCE
    kept = _kept(sequences, bound, len(texts))
    for number, whole in enumerate(texts):
        if not (sequences[kept] == number).any():
            raise TextError(
                f"Each text must give at least one token, got none from {shown(whole)}.",
                "The model's tokenizer knows none of its characters.",
            )
    return ModelInput(
        ids=np.array(encoding.ids, dtype=np.int32)[kept],
        type_ids=np.array(encoding.type_ids, dtype=np.int32)[kept],
        spans=_spans(encoding, special)[kept],
        words=_words(encoding, sequences, texts)[kept],
        special=special[kept],
        segment=_segment(sequences)[kept],
        n_lost=len(sequences) - len(kept),
    )


def token_bound(encoder: Encoder, max_tokens: int | None = None) -> int:
    """Tokens that an attention map may have: asked for, or the model's default within the limit.

    Raises:
        LimitError: If more is asked for than LIMITS["attention_tokens"].
        OptionError: If `max_tokens` is outside what the model takes.
    """
    most = LIMITS["attention_tokens"]
    if max_tokens is None:
        return min(model_bound(encoder, TokenSettings()), most.value)
    bound = model_bound(encoder, TokenSettings(max_tokens))
    most.check(bound, "The number of tokens in an attention map")
    return bound


def window_spans(
    encoder: Encoder, text: str, max_tokens: int | None = None
) -> tuple[tuple[int, int], ...]:
    """Where to split a long text so that each part fits: (first, last plus one) characters.

    Parts begin where words begin, unless one word alone does not fit; what is left of such a word
    is tokenised anew, and may then have more tokens. Together the parts are the whole text.

    Args:
        encoder: Its tokenizer counts.
        text: Not blank.
        max_tokens: As for `model_input`.

    Raises:
        TextError, LimitError, OptionError: As `model_input` does.
    """
    (text,) = checked_texts((text,))
    frame = _frame(encoder)
    room = token_bound(encoder, max_tokens) - frame.n_special
    encoding = frame.tokenizer.encode(_readable(text), add_special_tokens=False)
    words = _words(encoding, np.zeros(len(encoding), dtype=np.int64), (text,))
    begins = [0]  # tokens at which a part begins
    while len(words) - begins[-1] > room:
        end = begins[-1] + room
        of_word = np.flatnonzero(words == words[end])
        at_word = int(of_word[0]) if len(of_word) else end
        begins.append(at_word if at_word > begins[-1] else end)
    cuts = [0, *(encoding.offsets[begin][0] for begin in begins[1:]), len(text)]
    return tuple((first, last) for first, last in pairwise(cuts) if last > first)


def _kept(sequences: "np.ndarray[tuple[int], np.dtype[np.int64]]", bound: int, n: int) -> Ints:
    """Positions of the tokens that fit: all special ones, and the first of each text."""
    sizes = [int((sequences == number).sum()) for number in range(n)]
    room = bound - int((sequences == _NO_SEQUENCE).sum())
    if room < n:
        raise OptionError(
            f"max_tokens must leave room for a token of each text, got {bound}.",
            f"Use at least {bound - room + n}.",
        )
    while sum(sizes) > room:
        longer = int(np.argmax(sizes))
        others = max((size for number, size in enumerate(sizes) if number != longer), default=0)
        # Down to the other's length at once, then one at a time in turns.
        sizes[longer] -= min(sum(sizes) - room, max(1, sizes[longer] - others))
    kept = [np.flatnonzero(sequences == number)[:size] for number, size in enumerate(sizes)]
    special = np.flatnonzero(sequences == _NO_SEQUENCE)
    return np.sort(np.concatenate([special, *kept])).astype(np.int32)


def _spans(encoding: "Encoding", special: Bools) -> Ints:
    spans: Ints = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    spans[special] = 0
    return spans


def _words(
    encoding: "Encoding",
    sequences: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    texts: tuple[str, ...],
) -> Ints:
    """(token,) a number that grows where the tokenizer or a space begins a new word."""
    words: Ints = np.full(len(sequences), -1, dtype=np.int32)
    number, end = -1, 0
    before: tuple[int, int | None] | None = None
    for place, sequence in enumerate(sequences):
        if sequence == _NO_SEQUENCE:
            before = None
            continue
        here = (int(sequence), encoding.word_ids[place])
        first, last = encoding.offsets[place]
        # Some tokenizers take a whole text for one word: a space counts too.
        if here != before or _after_space(texts[sequence], first, last, end):
            number += 1
        words[place], before, end = number, here, last
    return words


def _after_space(text: str, first: int, last: int, end: int) -> bool:
    """Whether a token begins with a space, or stands after one that no token before it holds."""
    if first >= last:
        return False
    return text[first].isspace() or (first > end and text[first - 1].isspace())


def _segment(sequences: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Ints:
    """(token,) 0 or 1; a special token belongs to the text that stands before it."""
    segment: Ints = np.maximum.accumulate(np.maximum(sequences, 0)).astype(np.int32)
    return segment
