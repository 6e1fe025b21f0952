"""token_chips: the tokens of one text as chips that flow like text, to read or to choose from.

What a chip shows is decided in `_chip_payload`; how it looks, in `assets/components/token_chips/`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from embedlib.browser.marks import runs, utf16_offsets
from embedlib.browser.pieces import UNKNOWN, piece_runs, quoted
from embedlib.errors import OptionError
from embedlib.ui.components.front_end import register

MOST_CHIPS = 512  # drawn in about 30 ms; 2,048 take more than 100
MOST_CHARACTERS = 8_000

_mount = register("token_chips")


@dataclass(frozen=True)
class Chip:
    """One token as the chips show it.

    Args:
        piece: As the tokenizer writes it: "##ing", "Ġbank", "[CLS]".
        id: Its number in the vocabulary.
        word: Word number within the text, -1 for special tokens.
        start: First character in the text.
        end: Last character plus one; equal to `start` where the token stands for no character.
        special: Whether the tokenizer added it.
        kept: Whether the model reads it; False when it was cut.
        text: The slice of the text that it stands for.
    """

    piece: str
    id: int
    word: int
    start: int
    end: int
    special: bool = False
    kept: bool = True
    text: str = ""


@dataclass(frozen=True)
class TokenChipsResult:
    """What a person chose: token numbers in the order of the chips, ascending."""

    chosen: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """A selection, and what it belongs to.

    Args:
        text_id: The text that it was made in.
        epoch: Counts how often the script began anew: another text, or another start.
        start: What the script last asked to start with.
        chosen: Token numbers, ascending.
    """

    text_id: str
    epoch: int
    start: tuple[int, ...]
    chosen: tuple[int, ...]


def token_chips(
    tokens: Sequence[Chip],
    *,
    text: str,
    key: str,
    chosen: Iterable[int] = (),
    selectable: bool = False,
    n_lost: int = 0,
    text_id: str | None = None,
) -> TokenChipsResult:
    """Show the tokens of `text`; with `selectable`, let a person choose among those read.

    Args:
        tokens: In reading order; those that were cut may stand among them (`kept=False`).
        text: The text that the tokens came from, as it was typed.
        key: Streamlit's key.
        chosen: The selection that the text starts with. While it stays the same, or follows the
            result, the person's own selection stands; any other value replaces it.
        selectable: Whether tokens can be chosen.
        n_lost: Tokens that were cut and do not stand in `tokens`.
        text_id: Another value begins anew with `chosen`; by default a hash of text and tokens.

    Raises:
        OptionError: If `chosen` names a token that there is not, or that was cut.
    """
    start = _checked(chosen, tokens)
    identity = text_id if text_id is not None else _identity(tokens, text)
    memory_key = f"{key}__selection"
    selection = next_selection(
        st.session_state.get(memory_key),
        (st.session_state.get(key) or {}).get("selection"),
        text_id=identity,
        start=start,
        allowed=frozenset(number for number, chip in enumerate(tokens) if chip.kept),
    )
    st.session_state[memory_key] = selection
    _mount(
        key=key,
        data=chips_payload(tokens, text=text, selection=selection, n_lost=n_lost)
        | {"selectable": selectable},
        on_selection_change=lambda: None,
    )
    return TokenChipsResult(selection.chosen if selectable else start)


def next_selection(
    before: Selection | None,
    sent: Any,
    *,
    text_id: str,
    start: tuple[int, ...],
    allowed: frozenset[int],
) -> Selection:
    """The selection in force, from the last one, what the browser sent and what the script asks.

    Args:
        before: The selection of the last run, None in the first.
        sent: What the browser sent last, not yet trusted; None when a person has done nothing.
        text_id: The text on screen.
        start: The selection that the script asks to start with.
        allowed: Tokens that can be chosen.
    """
    if before is None:
        before = Selection(text_id, 0, start, start)
    elif before.text_id != text_id or start not in (before.start, before.chosen):
        before = Selection(text_id, before.epoch + 1, start, start)
    chosen = _received(sent, before)
    if chosen is None:
        chosen = before.chosen
    return replace(before, start=start, chosen=tuple(n for n in chosen if n in allowed))


def chips_payload(
    tokens: Sequence[Chip], *, text: str, selection: Selection, n_lost: int = 0
) -> dict[str, Any]:
    """What the browser gets: plain JSON values, offsets counted as a browser counts."""
    drawn = tokens[:MOST_CHIPS]
    offsets = utf16_offsets(text)
    read, unread, n_hidden = _source_runs(drawn, text)
    shown = {
        "tokens": [_chip_payload(chip, offsets) for chip in drawn],
        "read": read,
        "unread": unread,
        "n_hidden": n_hidden,
        "not_drawn": [_state(chip) for chip in tokens[MOST_CHIPS:]],
        "n_special": sum(chip.special for chip in tokens),
        "n_unknown": sum(_is_unknown(chip) for chip in tokens),
        "n_lost": n_lost + sum(not chip.kept for chip in tokens),
        "n_unlisted": n_lost,
    }
    digest = hashlib.blake2b(json.dumps(shown).encode(), digest_size=16).hexdigest()
    return shown | {
        "view": digest,
        "text_id": selection.text_id,
        "epoch": selection.epoch,
        "chosen": list(selection.chosen),
    }


def _chip_payload(chip: Chip, offsets: list[int]) -> dict[str, Any]:
    last = len(offsets) - 1
    shown: dict[str, Any] = {
        "runs": piece_runs(chip.piece, chip.text),
        "id": int(chip.id),
        "word": int(chip.word),
        "span": [int(chip.start), int(chip.end)],
        "at": [offsets[min(int(chip.start), last)], offsets[min(int(chip.end), last)]],
        "state": _state(chip),
    }
    if chip.text and chip.text != chip.piece:
        shown["text"] = quoted(chip.text)
    if _is_unknown(chip):
        shown["unknown"] = quoted(chip.text, 12)
    return shown


def _state(chip: Chip) -> str:
    if not chip.kept:
        return "cut"
    return "special" if chip.special else "read"


def _is_unknown(chip: Chip) -> bool:
    return chip.piece in UNKNOWN and not chip.special


def _source_runs(drawn: Sequence[Chip], text: str) -> tuple[list[Any], list[Any], int]:
    """The text that is read, the text that was cut, and how many characters are not drawn."""
    end = min(len(text), MOST_CHARACTERS)
    read_to = max((c.end for c in drawn if c.kept and not c.special), default=0)
    cut_from = min((c.start for c in drawn if not c.kept), default=len(text))
    boundary = min(end, cut_from if cut_from >= read_to else len(text))
    return runs(text[:boundary]), runs(text[boundary:end]), len(text) - end


def _checked(chosen: Iterable[int], tokens: Sequence[Chip]) -> tuple[int, ...]:
    start = tuple(sorted({int(number) for number in chosen}))
    for number in start:
        if not 0 <= number < len(tokens) or not tokens[number].kept:
            raise OptionError(
                f"A chosen token must be one of the {len(tokens)} tokens and be read by the "
                f"model, got {number}.",
                "Count tokens from 0, special tokens included.",
            )
    return start


def _received(sent: Any, before: Selection) -> tuple[int, ...] | None:
    """The token numbers that the browser sent, or None if they belong to something else."""
    if not isinstance(sent, dict):
        return None
    if sent.get("text_id") != before.text_id or sent.get("epoch") != before.epoch:
        return None
    numbers = sent.get("chosen")
    if not isinstance(numbers, list):
        return None
    return tuple(sorted({number for number in numbers if type(number) is int}))


def _identity(tokens: Sequence[Chip], text: str) -> str:
    total = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    total.update(json.dumps([chip.id for chip in tokens], default=int).encode())
    return total.hexdigest()
