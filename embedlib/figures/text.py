"""Strings that come from people, made safe and fit for a picture; a new danger is one line below.

Plotly reads tags, entities, `$…$` and `%{…}` in every string it draws. `plain` is what stands
between a text and any Plotly property; `clean` is for places that read no markup at all, such as
the description of a picture for a screen reader.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, east_asian_width

_SPACE = re.compile(r"\s+")
# Marks that draw nothing: direction marks, zero-width space, soft hyphen, joiner, byte order mark.
# The joiners U+200C and U+200D stay: Persian, Hindi and family emoji are spelt with them.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u061c\u2060-\u2064\u00ad\ufeff]")
# Controls, overrides of direction, lone surrogates and non-characters: shown as what they are, odd.
_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_SPECIAL = re.compile(r"[&<>\"'$]|%(?=\{)")
# Plotly knows few names of entities (not &quot;), but every number.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_STRONG = re.compile("[^\\W\\d_]")
_IDEOGRAPH = re.compile(
    "[\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U0001f000-\U0003ffff]"
)
_CLOSING = frozenset("、。，．：；！？）］｝」』】〉》”’…—·,.:;!?)]}")
_OPENING = frozenset("（［｛「『【〈《“‘([{")
_FLAG_HALVES = ("\U0001f1e6", "\U0001f1ff")
_FIRST_STRONG, _RTL, _POP = "\u2068", "\u2067", "\u2069"  # our own, always in pairs


def clean(text: str) -> str:
    """`text` on one line, without anything that hides, reorders or covers other text.

    White space becomes one space, marks that draw nothing go, control characters and overrides
    of direction show as U+FFFD, and piles of accents are cut at four.

    >>> clean(" two\\nlines \u202eand a trick ")
    'two lines \ufffdand a trick'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()
    return _PILE.sub(r"\1", _ODD.sub("\ufffd", text))


def plain(text: str) -> str:
    """`text` as Plotly must be given it: it draws just these characters, whatever they are.

    Text with letters from right to left is closed off, so that it does not turn its neighbours.

    >>> plain("<b>5 $ & %{x}</b>")
    '&lt;b&gt;5 &#36; &amp; &#37;{x}&lt;/b&gt;'
    """
    return _closed_off(escaped(clean(text)))


def shorten(text: str, columns: int = 28) -> str:
    """`clean(text)`, cut to a width at a word where there is one, with an ellipsis.

    Args:
        text: Any text; only its beginning is read.
        columns: Most columns, 2 or more; a Chinese character or an emoji takes two.

    Returns:
        At most `columns` wide. Not yet escaped: give it to `plain`.

    >>> shorten("The quick brown fox jumps", 16)
    'The quick brown…'
    >>> shorten("敏捷的棕色狐狸", 8)
    '敏捷的…'
    """
    stripped = text.strip()
    begun = stripped[: 16 * columns + 256]  # a character may take several code points
    cleaned = clean(begun)
    if len(begun) == len(stripped) and _fitting(cleaned, columns) == len(cleaned):
        return cleaned
    end = _fitting(cleaned, columns - 1)
    head = cleaned[:end]
    within_word = cleaned[end : end + 1].strip() and head[-1:].strip()
    space = head.rfind(" ")
    if within_word and space >= 0.6 * len(head):
        head = head[:space]
    if width(head) >= columns:  # not even one wide character has room
        return "…"
    return head.rstrip(" ,;:–-") + "…"


def quoted(text: str, columns: int = 28) -> str:
    """`text` as a sentence quotes it: short, clean, with its own direction of reading.

    >>> quoted("Where is my card?")
    '“Where is my card?”'
    """
    return f"“{_closed_off(shorten(text, columns))}”"


def wrapped(text: str, columns: int = 60, lines: int = 12) -> str:
    """`plain(text)` broken into lines with <br>, for hovering.

    Args:
        text: Any text; what does not fit into the lines is left out, with an ellipsis.
        columns: Most columns a line.
        lines: Most lines.
    """
    cut = shorten(text, columns * lines)
    if width(cut) <= columns:
        return _closed_off(escaped(cut))
    rows = list(broken(cut, columns))
    if len(rows) > lines:  # words left gaps at the ends of lines
        rows = [*rows[: lines - 1], shorten(f"{rows[lines - 1]} {'x' * columns}", columns)]
    right_to_left = _reads_right_to_left(cut)
    return "<br>".join(_closed_off(escaped(row), right_to_left=right_to_left) for row in rows)


def balanced(text: str, columns: int) -> list[str]:
    """`broken` into no more lines than needed, and these about equally long: no last word alone.

    >>> balanced("one two three four", 15), list(broken("one two three four", 15))
    (['one two', 'three four'], ['one two three', 'four'])
    """
    lines = list(broken(text, columns))
    for narrower in range(columns - 1, columns // 2, -1):
        tried = list(broken(text, narrower))
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def broken(text: str, columns: int) -> Iterator[str]:
    """Clean `text` in lines: broken at spaces, between ideographs, and within too long words.

    >>> list(broken("one two three", 8))
    ['one two', 'three']
    """
    start = 0
    while start < len(text):
        end = _fitting(text, columns, start)
        if end < len(text):
            end = next((at for at in range(end, start, -1) if _may_break(text, at)), end)
        line = text[start:end].strip()
        if line:
            yield line
        start = end


def width(text: str) -> int:
    """Columns that `text` takes: 2 for wide characters, 0 for accents and joiners.

    >>> width("ab"), width("狐狸"), width("e\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def escaped(text: str) -> str:
    """`text`, which must be clean, without characters that Plotly or a browser takes as markup."""
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"&#{ord(found[0])};"), text)


def _closed_off(text: str, *, right_to_left: bool | None = None) -> str:
    """`text` with its own direction of reading, when it has letters that read from the right."""
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return text
    return f"{_RTL if right_to_left else _FIRST_STRONG}{text}{_POP}"


def _reads_right_to_left(text: str) -> bool:
    """Whether the first letter is one that reads from the right."""
    first = _STRONG.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first[0]))


@lru_cache(maxsize=8192)
def _columns(character: str) -> int:
    """Columns that one code point takes."""
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _fitting(text: str, columns: int, start: int = 0) -> int:
    """Where the part from `start` that takes at most `columns` ends, between whole characters."""
    if text.isascii():
        return min(len(text), start + columns)
    used, end = 0, start
    while end < len(text):
        used += _columns(text[end])
        if used > columns:
            break
        end += 1
    else:
        return end
    whole = next((at for at in range(end, start, -1) if _parted(text, at)), end)
    return max(whole, start + 1)


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before position `at`."""
    before, after = text[at - 1], text[at]
    if " " in (before, after):
        return True
    wide = _IDEOGRAPH.match(before) or _IDEOGRAPH.match(after)
    return bool(wide) and before not in _OPENING and after not in _CLOSING and _parted(text, at)


def _parted(text: str, at: int) -> bool:
    """Whether two characters, as a reader counts them, meet at `at`: no accent, no half a flag."""
    before, after = text[at - 1], text[at]
    if before == "\u200d" or after == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    if category(after) in ("Mn", "Me", "Mc") or "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        first = at
        while first and _is_flag_half(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 0
    return True


def _is_flag_half(character: str) -> bool:
    """Whether two such letters make a flag."""
    return _FLAG_HALVES[0] <= character <= _FLAG_HALVES[1]
