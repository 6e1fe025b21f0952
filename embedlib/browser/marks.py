"""marks: text as runs that a browser can draw without being misled by invisible characters.

A run is a string to draw as it is, or `[kind, label, title, length]`: a label to draw in the place
of `length` UTF-16 units. A new kind needs a style of that name in `style.css`.

Source of the list: Unicode Technical Report 36 and CVE-2021-42574 (bidirectional controls).
"""

import re
import unicodedata

Run = str | list[str | int]

_VISIBLE_FORMAT = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
_BLANK_LETTERS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}

# Joiners and tags inside an emoji belong to it: a family, a flag of a region.
_PICTURE = (
    "[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
)
_WHOLE = re.compile(
    f"{_PICTURE}(?:\u200d{_PICTURE})+|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|\r\n|(?s:.)"
)


def runs(text: str, *, spaces: bool = False) -> list[Run]:
    """`text` as runs; with `spaces`, a space becomes a mark too.

    >>> runs("a\\u202eb\\n")
    ['a', ['unseen', 'U+202E', 'right-to-left override', 1], 'b', ['space', '↵', 'line break', 1]]
    """
    found: list[Run] = []
    plain: list[str] = []
    for unit in _WHOLE.findall(text):
        mark = _mark(unit, spaces=spaces)
        if mark is None:
            plain.append(unit)
            continue
        if plain:
            found.append("".join(plain))
            plain = []
        found.append(mark)
    return [*found, "".join(plain)] if plain else found


def utf16_offsets(text: str) -> list[int]:
    """(character + 1,) where each character begins when a browser counts, and the length."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if ord(character) > 0xFFFF else 1))
    return offsets


def _mark(unit: str, *, spaces: bool) -> Run | None:
    """The mark that stands for one character (or one line break), or None to draw it."""
    if unit == "\t":
        return ["space", "⇥", "tab", 1]
    if unit in {"\n", "\r", "\r\n"}:
        return ["space", "↵", "line break", len(unit)]
    if unit == " ":
        return ["space", "·", "space", 1] if spaces else None
    if len(unit) > 1 or not _is_unseen(unit):
        return None
    length = 2 if ord(unit) > 0xFFFF else 1
    return ["unseen", f"U+{ord(unit):04X}", _name(unit), length]


def _is_unseen(character: str) -> bool:
    if character in _VISIBLE_FORMAT:
        return False
    return character in _BLANK_LETTERS or unicodedata.category(character) in _UNSEEN


def _name(character: str) -> str:
    if unicodedata.category(character) == "Cs":
        return "half of a character"
    return unicodedata.name(character, "control character").lower()
