"""Strings that come from people, made safe and fit for a picture; a new danger is one line below.

Plotly reads tags, entities, `$…$` and `%{…}` in every string it draws. `plain` is what stands
between a text and any Plotly property; `clean` is for places that read no markup at all, such as
the description of a picture for a screen reader.
"""

import re
from collections.abc import Iterator
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
_IDEOGRAPHS = (
    "\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U0001f000-\U0003ffff"
)
_CLOSING = "、。，．：；！？）］｝」』】〉》”’…—·,.:;!?)]}"
_UNITS = re.compile(f"[{_IDEOGRAPHS}][{re.escape(_CLOSING)}]*\\s?|[^\\s{_IDEOGRAPHS}]+\\s?|\\s")
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
    text = _UNSEEN.sub("", _SPACE.sub(" ", text).strip())
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
    begun = text.lstrip()[: 16 * columns + 256]  # a character may take several code points
    cleaned = clean(begun)
    if width(cleaned) <= columns and len(begun) == len(text.lstrip()):
        return cleaned
    kept, used = [], 0
    for cluster in clusters(cleaned):
        used += width(cluster)
        if used > columns - 1:
            break
        kept.append(cluster)
    head = "".join(kept)
    within_word = cleaned[len(head) : len(head) + 1].strip() and head[-1:].strip()
    space = head.rfind(" ")
    if within_word and space >= 0.6 * len(head):
        head = head[:space]
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


def escaped(text: str) -> str:
    """`text`, which must be clean, without characters that Plotly or a browser takes as markup."""
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"&#{ord(found[0])};"), text)


def broken(text: str, columns: int) -> Iterator[str]:
    """Clean `text` in lines: broken at spaces, between ideographs, and within too long words."""
    line, used = "", 0
    for found in _UNITS.finditer(text):
        for part in _parts(found[0], columns):
            needed = width(part.rstrip())
            if line and used + needed > columns:
                yield line.rstrip()
                line, used = "", 0
            line += part
            used += width(part)
    if line.strip():
        yield line.rstrip()


def width(text: str) -> int:
    """Columns that `text` takes: 2 for wide characters, 0 for accents and joiners.

    >>> width("ab"), width("狐狸"), width("e\u0301")
    (2, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1
        for c in text
    )


def clusters(text: str) -> Iterator[str]:
    """The characters as a reader counts them: accents, joined emoji and flags stay whole.

    >>> [len(cluster) for cluster in clusters("e\u0301👩‍🔬🇨🇳!")]
    [2, 3, 2, 1]
    """
    if text.isascii():
        yield from text
        return
    current = ""
    for character in text:
        if current and not _joins(current, character):
            yield current
            current = ""
        current += character
    if current:
        yield current


def number(value: float) -> str:
    """`value` with three significant digits, a real minus sign and separated thousands.

    >>> number(-0.034567), number(12345.6), number(0.5), number(3), number(float("nan"))
    ('−0.0346', '12,300', '0.500', '3', 'not known')
    """
    if value != value:
        return "not known"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", "−")
    if 1e-4 <= abs(value) < 1e6:
        digits = max(0, 2 - _exponent(value))
        rounded = round(value, 2 - _exponent(value))
        return f"{rounded:,.{digits}f}".replace("-", "−")
    return f"{value:.2e}".replace("-", "−")


def counted(n: int, noun: str, plural: str = "") -> str:
    """How many there are of something.

    >>> counted(1, "text"), counted(2400, "text"), counted(2, "category", "categories")
    ('1 text', '2,400 texts', '2 categories')
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def percent(share: float) -> str:
    """A share, 0 to 1, in per cent: "34 %", "3.4 %", "0.34 %", and never 0 % for a little.

    >>> percent(0.3412), percent(0.0341), percent(0.00001), percent(0), percent(1)
    ('34 %', '3.4 %', '< 0.01 %', '0 %', '100 %')
    """
    value = 100 * share
    if 0 < value < 0.01:
        return "< 0.01 %"
    if 99.5 <= value < 100:
        return f"{min(value, 99.99):.2f} %"
    digits = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def _exponent(value: float) -> int:
    """The power of ten of the first significant digit after rounding to three."""
    return int(f"{abs(value):.2e}".split("e")[1])


def _closed_off(text: str, *, right_to_left: bool | None = None) -> str:
    """`text` with its own direction of reading, when it has letters that read from the right."""
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return text
    return f"{_RTL if right_to_left else _FIRST_STRONG}{text}{_POP}"


def _reads_right_to_left(text: str) -> bool:
    """Whether the first letter is one that reads from the right."""
    first = _STRONG.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first[0]))


def _joins(cluster: str, character: str) -> bool:
    """Whether `character` belongs to the cluster before it."""
    if category(character) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if "\U0001f1e6" <= character <= "\U0001f1ff":  # the second half of a flag
        return len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"
    return (
        character == "\u200d"
        or cluster.endswith("\u200d")
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _parts(unit: str, columns: int) -> Iterator[str]:
    """`unit`, in pieces when it is wider than a line."""
    if width(unit) <= columns:
        yield unit
        return
    piece, used = "", 0
    for cluster in clusters(unit):
        if used + width(cluster) > columns:
            yield piece
            piece, used = "", 0
        piece += cluster
        used += width(cluster)
    yield piece
