"""Bytes of unknown encoding to text: a byte order mark, UTF-8, the NUL pattern, then plausibility.

A new legacy encoding is a row of `plausibility.ENCODINGS`; one with a mark is a row of `_MARKS`.
"""

import codecs
import re
from dataclasses import dataclass

from embedlib.errors import ReadError
from embedlib.reading.plausibility import ENCODINGS, Encoding, wide_score
from embedlib.table import Table

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32", "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf_32_be"),
    (codecs.BOM_UTF8, "utf-8", "utf_8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf_16_be"),
    (b"\x84\x31\x95\x33", "gbk", "gb18030"),
)
_WIDE = tuple((name, codec) for _, name, codec in _MARKS if name in ("utf-16", "utf-32"))
_WITHOUT_A_MARK = {"utf-8": "utf_8", "utf-16": "utf_16_le", "utf-32": "utf_32_le"}
CODECS: Table[str] = Table(
    "encoding", _WITHOUT_A_MARK | {row.name: row.codec for row in ENCODINGS.values()}
)
"""What a person may name, and Python's name for it."""

_SAMPLE_BYTES = 2**14
_CLEAR = 0.08
_WIDE_PLAUSIBLE = 0.7
_MOST_DAMAGE = 0.02  # broken characters over characters beyond ASCII
_MOST_CONTROLS = 0.1
_JUDGED = 2**20  # how much of a large file is judged
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_HINT = "Name the encoding, or save the file as UTF-8, and read it again."


@dataclass(frozen=True)
class Decoded:
    """A file's text, the encoding that it was in, and what a person should know about that."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """The text of `content`, without a byte order mark.

    Args:
        content: The whole file.
        encoding: One of CODECS when a person names it.

    Raises:
        ReadError: If it is not text, or in an encoding that cannot be told.
        UnknownNameError: If no such encoding is known.
    """
    decoded = _decode_named(content, encoding) if encoding else _decode(content)
    sample = decoded.text[:_JUDGED]
    n_controls = len(_CONTROLS.findall(sample))
    if n_controls > _MOST_CONTROLS * len(sample):
        raise ReadError(
            "The file must be text, got something binary: "
            f"{n_controls:,} of {len(sample):,} characters are control characters.",
            "Use TXT, CSV, TSV, JSONL or Parquet.",
        )
    if "\x00" in decoded.text:
        line = decoded.text.count("\n", 0, decoded.text.index("\x00")) + 1
        n_nul = decoded.text.count("\x00")
        note = f"Kept {_counted(n_nul, 'NUL character')}; the first is on line {line}."
        return Decoded(decoded.text, decoded.encoding, (*decoded.notes, note))
    return decoded


def _decode_named(content: bytes, encoding: str) -> Decoded:
    for mark, name, codec in _MARKS:
        if name == encoding and content.startswith(mark):
            return _decode_damaged(content[len(mark) :], name, codec)
    return _decode_damaged(content, encoding, CODECS[encoding])


def _decode(content: bytes) -> Decoded:
    for mark, name, codec in _MARKS:
        if content.startswith(mark):
            return _decode_damaged(content[len(mark) :], name, codec)
    if b"\x00" in content and (wide := _decode_wide(content)):
        return wide
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        if _is_damaged_utf8(content):
            return _decode_damaged(content, "utf-8", "utf-8")
    if b"\x00" in content:
        raise ReadError("The file must be text, got something binary: it has NUL bytes.", _HINT)
    return _decode_legacy(content)


def _decode_wide(content: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark, when one of them gives language."""
    found: Decoded | None = None
    best = _WIDE_PLAUSIBLE
    for name, codec in _WIDE:
        try:
            sample = codecs.getincrementaldecoder(codec)().decode(content[:_SAMPLE_BYTES])
            if (score := wide_score(sample)) > best:
                found = Decoded(content.decode(codec), name, (f"Read as {name.upper()}.",))
                best = score
        except UnicodeDecodeError:
            continue
    return found


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether nearly all of it is UTF-8; judged by the beginning before the whole."""
    beginning = codecs.getincrementaldecoder("utf-8")("replace").decode(content[:_JUDGED])
    if len(content) > _JUDGED and not _is_nearly_whole(beginning):
        return False
    return _is_nearly_whole(content.decode("utf-8", "replace"))


def _is_nearly_whole(text: str) -> bool:
    n_broken = text.count("\ufffd")
    n_beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return n_broken <= _MOST_DAMAGE * n_beyond_ascii or (
        # a file cut off in its last character
        n_broken == 1 and text.endswith("\ufffd") and n_beyond_ascii > 1
    )


def _decode_damaged(content: bytes, name: str, codec: str) -> Decoded:
    """Text in an encoding that is certain; broken characters become U+FFFD and are told."""
    legacy = ENCODINGS[name].label if name in ENCODINGS else name.upper()
    notes = () if name == "utf-8" else (f"Read as {legacy}.",)
    try:
        return Decoded(content.decode(codec), name, notes)
    except UnicodeDecodeError:
        text = content.decode(codec, "replace")
    n_broken = text.count("\ufffd")
    if n_broken > 1 + _MOST_CONTROLS * len(text):
        raise ReadError(f"The file must be {legacy}, got bytes that are not.", _HINT)
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    broken = f"{_counted(n_broken, 'broken character')} became \ufffd; the first is on line {line}."
    return Decoded(text, name, (*notes, f"The file is damaged: {broken}"))


def _decode_legacy(content: bytes) -> Decoded:
    """The legacy encoding in which the text looks most like language.

    Raises:
        ReadError: If none does, or two do.
    """
    ranked = sorted(_ranked(_sample(content)), key=lambda pair: -pair[1])
    plausible = [row for row, score in ranked if score >= row.plausible]
    if len(plausible) > 1 and ranked[0][1] - ranked[1][1] < _CLEAR:
        choices = " or ".join(row.label for row in plausible[:3])
        raise ReadError(f"The encoding cannot be told: it could be {choices}.", _HINT)
    for row in plausible:
        try:
            return Decoded(content.decode(row.codec), row.name, (_legacy_note(row),))
        except UnicodeDecodeError:
            continue
    if wide := _decode_wide(content):
        return wide
    tried = ", ".join(["UTF-8", "UTF-16", *(row.label for row in ENCODINGS.values())])
    raise ReadError(f"The encoding cannot be told. It is none of {tried}, or not text.", _HINT)


def _legacy_note(row: Encoding) -> str:
    hedge = " If letters look wrong, name the encoding." if "windows" in row.name else ""
    return f"Read as {row.label}.{hedge}"


def _ranked(sample: bytes) -> list[tuple[Encoding, float]]:
    scores = []
    for row in ENCODINGS.values():
        try:
            # Not final: the sample may end inside a character.
            text = codecs.getincrementaldecoder(row.codec)().decode(sample)
        except UnicodeDecodeError:
            continue
        scores.append((row, row.score(text)))
    return scores


def _sample(content: bytes) -> bytes:
    """The first lines that are not ASCII, up to a bound."""
    lines: list[bytes] = []
    size = 0
    for line in content.split(b"\n"):
        if found := _BEYOND_ASCII.search(line):
            start = max(0, found.start() - 16)  # all ASCII, so no character is cut
            lines.append(line[start : start + _SAMPLE_BYTES])
            size += len(lines[-1])
        if size >= _SAMPLE_BYTES:
            break
    return b"\n".join(lines)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
