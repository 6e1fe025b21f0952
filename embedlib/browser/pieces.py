"""pieces: how a vocabulary piece is drawn, with the tokenizer's own marks told from its letters.

A tokenizer family with another continuation mark gets a branch in `_split`.
"""

import re
import unicodedata

from embedlib.browser.marks import Run, runs

LONGEST = 48
UNKNOWN = {"[UNK]", "<unk>", "<UNK>", "<|unk|>"}


def _byte_alphabet() -> dict[str, int]:
    """Each letter of a byte-level vocabulary, and its byte.

    Source: Radford et al. 2019 (GPT-2), `bytes_to_unicode` in encoder.py.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    moved = {chr(256 + number): byte for number, byte in enumerate(others)}
    return {chr(byte): byte for byte in printable} | moved


_BYTES = _byte_alphabet()


def piece_runs(piece: str, text: str) -> list[Run]:
    """`piece` as runs: continuation marks of kind "join", bytes of a split character as "bytes".

    Args:
        piece: As the tokenizer writes it: "##ing", "Ġbank", "▁bank", "ä½ł".
        text: The slice of the text that it stands for; decides whether the piece is in bytes.

    >>> piece_runs("##ing", "ing")
    [['join', '##', 'continues the word', 2], 'ing']
    >>> piece_runs("Ġä½ł", "你")
    [['join', 'Ġ', 'begins with a space', 1], '你']
    """
    before, core, after = _split(piece, text)
    drawn = _core_runs(core, text)
    return [*before, *drawn, *after] or [["join", "empty", "no letters", 0]]


def clipped(text: str, most: int = LONGEST) -> str:
    """`text`, cut to `most` characters with an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def quoted(text: str, most: int = LONGEST) -> list[Run]:
    """A slice of a text as runs, cut to `most` characters; a lone accent gets a letter to sit on.

    >>> quoted("\u0301")
    ['◌́']
    """
    lone = unicodedata.category(text[:1] or " ").startswith("M")
    return runs(clipped("◌" + text if lone else text, most), spaces=True)


def _split(piece: str, text: str) -> tuple[list[Run], str, list[Run]]:
    """The marks before, the letters, the marks after; a mark that the text holds is letters."""
    if piece.startswith("##") and len(piece) > 2 and not text.startswith("##"):
        return [["join", "##", "continues the word", 2]], piece[2:], []
    if piece.endswith("</w>") and len(piece) > 4 and not text.endswith("</w>"):
        return [], piece[:-4], [["join", "</w>", "ends the word", 4]]
    spaces = re.match("[Ġ▁]+", piece)
    if spaces and not text.startswith(("Ġ", "▁")):
        mark: list[Run] = [["join", spaces[0], "begins with a space", len(spaces[0])]]
        return mark, piece[spaces.end() :], []
    return [], piece, []


def _core_runs(core: str, text: str) -> list[Run]:
    if core.isascii() or not all(letter in _BYTES for letter in core):
        return quoted(core)
    raw = bytes(_BYTES[letter] for letter in core)
    if raw not in text.encode("utf-8", "surrogatepass"):
        # Plain letters that also stand in the byte alphabet, such as é; or a special token.
        return quoted(core)
    try:
        return quoted(raw.decode("utf-8"))
    except UnicodeDecodeError:
        shown = " ".join(f"{byte:02X}" for byte in raw[:8])
        return [["bytes", shown, "bytes of a character that was split", len(core)]]
