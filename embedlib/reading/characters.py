"""Characters that do not show: marks for the interface, blank texts, lone surrogates.

To mark a further character, add its range to `_INVISIBLE`; its name comes from Unicode.
"""

import re
import unicodedata

_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls; tab and line ends are no surprise
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_MARKED = re.compile(f"[{_INVISIBLE}]")
_UNSEEN = re.compile(f"[\\s\u2800\ufe00-\ufe0f{_INVISIBLE}]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL_NAMES = {"\x00": "NUL", "\x1b": "escape", "\x7f": "delete", "\x85": "next line"}


def marks(text: str) -> list[tuple[int, str]]:
    """Where `text` holds a bidirectional or invisible control character, and which.

    Tab, line feed and carriage return are not marked. The text itself is for the model unchanged.

    Returns:
        (position from 0, name with code point), in order.

    >>> marks("user\u202eexe.doc")
    [(4, 'right-to-left override (U+202E)')]
    """
    return [(found.start(), _name(found.group())) for found in _MARKED.finditer(text)]


def is_blank(text: str) -> bool:
    """Whether `text` shows nothing: empty, white space, invisible characters.

    >>> is_blank(" \u200b\u00a0"), is_blank("\u200ba")
    (True, False)
    """
    return _UNSEEN.fullmatch(text) is not None


def without_invisible(text: str) -> str:
    """`text` without what `marks` finds, to compare what texts look like."""
    return _MARKED.sub("", text)


def without_surrogates(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD, so that Arrow and Rust can hold it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _name(character: str) -> str:
    named = unicodedata.name(character, "control character").lower()
    return f"{_CONTROL_NAMES.get(character, named)} (U+{ord(character):04X})"
