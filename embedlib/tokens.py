"""tokenise: texts become tokens, cut or in windows; a new way to fit long texts goes into `_plan`.

The Rust tokenizer keeps truncation and padding as state that all who hold it share, so a private
copy with neither is used, and texts are cut here: no lock, and what is cut is counted exactly.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from embedlib.errors import OptionError, TextError, shown
from embedlib.models.encoder import Encoder
from embedlib.records import CutTokens, Ints, Ledger, Longs, Tokens, TokenSettings
from embedlib.texts import checked_texts

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

# Rust encodings weigh about 150 bytes a token: they are turned into arrays a million characters
# at a time.
_CHUNK_CHARACTERS: Final = 2**20
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class _Frame:
    """A private tokenizer, and the special tokens that stand around every text."""

    tokenizer: "Tokenizer"
    leading: tuple[int, ...]
    trailing: tuple[int, ...]

    @property
    def n_special(self) -> int:
        return len(self.leading) + len(self.trailing)


@dataclass(frozen=True, eq=False)
class _Plan:
    """Which tokens go into which window: window w reads sizes[w] tokens from starts[w] on."""

    starts: Longs
    sizes: Longs
    window_text: Longs
    n_kept: Longs


_frames: Final[WeakKeyDictionary[Encoder, _Frame]] = WeakKeyDictionary()


def tokenise(
    encoder: Encoder, texts: Sequence[str], settings: TokenSettings, *, with_spans: bool = True
) -> Tokens:
    """Texts as tokens: what does not fit is cut, or goes into further windows.

    The prefix is part of what the model reads: its tokens are counted, stand in the first window
    only, and have span (0, 0) and word -1.

    Args:
        encoder: Its tokenizer is copied, never changed.
        texts: At least one; none blank. A lone surrogate is read as U+FFFD.
        settings: Bound, windows and prefix.
        with_spans: Whether to fill `spans` and `words`; without, they have no rows.

    Raises:
        TextError: If a text is no string, blank, or gives no token at all.
        LimitError: If a text is too long, or there are too many.
        OptionError: If `settings.max_tokens` is outside what the model takes.
    """
    texts = checked_texts(texts)
    frame = _frame(encoder)
    room = max_tokens(encoder, settings) - frame.n_special
    ids, n_all, spans, words = _content(frame, texts, settings.prefix, with_spans)
    if not frame.n_special and not n_all.all():
        row = int(np.flatnonzero(n_all == 0)[0])
        raise TextError(
            f"texts[{row}] must give at least one token, got none from {shown(texts[row])}.",
            "The model's tokenizer knows none of its characters. Remove the text.",
        )
    plan = _plan(n_all, room, windows=settings.windows)
    bounds = np.concatenate([[0], np.cumsum(plan.sizes + frame.n_special)])
    target = _ranges(bounds[:-1] + len(frame.leading), plan.sizes)
    source = _ranges(plan.starts, plan.sizes)
    n_rows = int(bounds[-1])
    return Tokens(
        ids=_framed_ids(frame, ids[source], bounds, target),
        special=_placed(np.zeros(len(target), dtype=bool), target, (n_rows,), True),
        spans=_placed(spans[source], target, (n_rows, 2), 0) if with_spans else spans,
        words=_placed(words[source], target, (n_rows,), -1) if with_spans else words,
        bounds=bounds,
        window_text=plan.window_text,
        n_all=n_all,
        n_kept=plan.n_kept,
    )


def cut_tokens(encoder: Encoder, text: str, settings: TokenSettings) -> CutTokens:
    """The tokens of a text that do not fit under the settings; none with windows.

    Raises:
        TextError, LimitError, OptionError: As `tokenise` does.
    """
    frame = _frame(encoder)
    ids, _, spans, words = _content(frame, checked_texts([text]), settings.prefix, True)
    room = max_tokens(encoder, settings) - frame.n_special
    first = len(ids) if settings.windows else room
    return CutTokens(pieces(encoder, ids[first:]), ids[first:], spans[first:], words[first:])


def pieces(encoder: Encoder, ids: Sequence[int] | Ints) -> tuple[str, ...]:
    """Vocabulary pieces as the tokenizer writes them ("##ing", "Ġthe"); "" for an unknown id."""
    tokenizer = _frame(encoder).tokenizer
    return tuple(tokenizer.id_to_token(int(number)) or "" for number in ids)


def ledger(encoder: Encoder, tokens: Tokens, max_tokens: int) -> Ledger:
    """What was cut from each text under the bound `max_tokens`, and what is not known of it."""
    n_windows = np.bincount(tokens.window_text, minlength=tokens.n_texts)
    unknown = n_unknown(encoder, tokens)
    return Ledger(tokens.n_all, tokens.n_kept, n_windows, max_tokens, unknown)


def n_unknown(encoder: Encoder, tokens: Tokens) -> Longs:
    """(text,) how many of the tokens are the unknown token, special tokens not counted."""
    # A tokenizer of bytes may give its end token this id, but never writes it in a text.
    unknown = (tokens.ids == encoder.tokenizer.unk_token_id) & ~tokens.special
    text_of = np.repeat(tokens.window_text, np.diff(tokens.bounds))
    counts = np.bincount(text_of[unknown], minlength=tokens.n_texts)
    return np.asarray(counts, dtype=np.int64)


def max_tokens(encoder: Encoder, settings: TokenSettings) -> int:
    """The bound in force, special tokens included: the setting, or the model's own default.

    Raises:
        OptionError: If it is no whole number, leaves no room, or is more than the model takes.
    """
    card, least = encoder.card, _frame(encoder).n_special + 1
    bound = card.max_tokens if settings.max_tokens is None else settings.max_tokens
    whole = isinstance(bound, int | np.integer) and not isinstance(bound, bool)
    if not whole or not least <= bound <= card.most_tokens:
        raise OptionError(
            f"max_tokens must be a whole number from {least} to {card.most_tokens:,} "
            f"for {card.name}, got {shown(bound)}.",
            f"Leave it out for the model's own {card.max_tokens:,}, "
            "and use windows for longer texts.",
        )
    return int(bound)


def _frame(encoder: Encoder) -> _Frame:
    """The encoder's private tokenizer, copied at first use."""
    frame = _frames.get(encoder)
    if frame is None:
        tokenizer = copy.deepcopy(encoder.tokenizer.backend_tokenizer)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        probe = tokenizer.encode("a")
        content = [number for number, added in enumerate(probe.special_tokens_mask) if not added]
        # Should a tokenizer know no "a": the first special token leads, as [CLS] does.
        first, last = (content[0], content[-1] + 1) if content else (1, 1)
        frame = _Frame(tokenizer, tuple(probe.ids[:first]), tuple(probe.ids[last:]))
        _frames[encoder] = frame
    return frame


def _content(
    frame: _Frame, texts: Sequence[str], prefix: str, with_spans: bool
) -> tuple[Ints, Longs, Ints, Ints]:
    """Flat ids, tokens a text, spans and words of the texts without special tokens."""
    encode: Any = frame.tokenizer.encode_batch if with_spans else frame.tokenizer.encode_batch_fast
    prefix = _readable(prefix)
    ids: list[Ints] = []
    lengths: list[int] = []
    spans: list[Ints] = [np.zeros((0, 2), np.int32)]
    words: list[Ints] = [np.zeros(0, np.int32)]
    for chunk in _chunks(texts):
        encodings = encode([prefix + _readable(text) for text in chunk], add_special_tokens=False)
        lengths += map(len, encodings)
        ids.append(np.fromiter(chain.from_iterable(e.ids for e in encodings), np.int32))
        if with_spans:
            spans += (_spans(encoding, len(prefix)) for encoding in encodings)
            words += (_words(encoding, len(prefix)) for encoding in encodings)
    return np.concatenate(ids), np.array(lengths), np.concatenate(spans), np.concatenate(words)


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of texts of about `_CHUNK_CHARACTERS` characters."""
    start = n_characters = 0
    for row, text in enumerate(texts):
        n_characters += len(text)
        if n_characters >= _CHUNK_CHARACTERS:
            yield texts[start : row + 1]
            start, n_characters = row + 1, 0
    if start < len(texts):
        yield texts[start:]


def _readable(text: str) -> str:
    # Rust strings hold no lone surrogates; one character for one, so that spans still hold.
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _spans(encoding: "Encoding", n_prefix: int) -> Ints:
    spans: Ints = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    return (spans - np.int32(n_prefix)).clip(0)


def _words(encoding: "Encoding", n_prefix: int) -> Ints:
    words = np.array([-1 if word is None else word for word in encoding.word_ids], dtype=np.int32)
    if n_prefix:
        ends = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)[:, 1]
        words[ends <= n_prefix] = -1
        of_text = words >= 0
        words[of_text] -= words[of_text].min(initial=len(words))
    return words


def _plan(n_all: Longs, room: int, *, windows: bool) -> _Plan:
    """Windows of at most `room` tokens each; without `windows`, only the first of each text."""
    n_windows = np.maximum(-(-n_all // room), 1) if windows else np.ones_like(n_all)
    n_kept = n_all if windows else np.minimum(n_all, room)
    window_text = np.repeat(np.arange(len(n_all)), n_windows)
    skipped = _ranges(np.zeros_like(n_all), n_windows) * room  # tokens in earlier windows
    first = np.cumsum(n_all) - n_all
    sizes = np.minimum(n_kept[window_text] - skipped, room)
    return _Plan(first[window_text] + skipped, sizes, window_text, n_kept)


def _ranges(starts: Longs, sizes: Longs) -> Longs:
    """start, start + 1, ... (size of them) for each pair, one after the other."""
    ends = np.cumsum(sizes)
    return np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1])


def _framed_ids(frame: _Frame, content: Ints, bounds: Longs, target: Longs) -> Ints:
    ids: Ints = _placed(content, target, (int(bounds[-1]),), 0)
    for place, number in enumerate(frame.leading):
        ids[bounds[:-1] + place] = number
    for place, number in enumerate(frame.trailing):
        ids[bounds[1:] - len(frame.trailing) + place] = number
    return ids


def _placed(rows: Any, target: Longs, shape: tuple[int, ...], filler: int | bool) -> Any:
    """An array of `filler` with `rows` at `target`."""
    whole = np.full(shape, filler, dtype=rows.dtype)
    whole[target] = rows
    return whole
