"""Words of a text and the tokens that belong to them, by character spans.

A word is a run of letters, digits and marks; in scripts without spaces (Chinese, Japanese, Thai)
each character stands for itself, and a longer word is found as a run of characters.
"""

import re
import unicodedata
from collections.abc import Sequence

from embedlib.records import TokenVectors

# Vowel signs and accents stand on a letter and belong to its word; Python's \w leaves them out.
_MARKS = "".join(c for c in map(chr, range(0x300, 0x20000)) if unicodedata.category(c)[0] == "M")
_LETTER = rf"[\w{_MARKS}]"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
# Written without spaces: CJK ideographs, kana, Thai, Lao, Khmer, Myanmar.
_NO_SPACES = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{_NO_SPACES}]")
_SCRIPTS = re.compile(f"([{_NO_SPACES}]+)|([^{_NO_SPACES}]+)")


def runs_of(text: str) -> list[tuple[str, bool]]:
    """The words of a text in order, each with whether its script writes spaces between words.

    A word in which scripts meet is cut where they do.

    >>> runs_of("Visa信用卡 lost")
    [('Visa', True), ('信用卡', False), ('lost', True)]
    """
    found = []
    for match in _WORD.finditer(text):
        for unspaced, spaced in _SCRIPTS.findall(match.group()):
            found.append((unspaced or spaced, not unspaced))
    return found


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text, in the order in which they first appear.

    >>> words_of("The bank, the river's bank. 打球")
    ('The', 'bank', 'the', "river's", '打', '球')
    >>> words_of("हिन्दी कविता")
    ('हिन्दी', 'कविता')
    """
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match.group()
        parts = list(word) if _UNSPACED.search(word) else [word]
        found.update(dict.fromkeys(parts))
    return tuple(found)


def likest_wording(text: str, texts: Sequence[str], least: float = 0.0) -> str | None:
    """Of some texts the one that shares most words with `text`, whatever their case.

    Args:
        text: Any text.
        texts: Where to look; those with just the same words are passed over.
        least: The share of common among all words that it must have, more than 0.

    Returns:
        The first of those with the largest share; None where no text has it.

    Source: the share is the Jaccard index.

    >>> likest_wording("We sat down", ["The sea", "We SAT there", "we sat down."])
    'We SAT there'
    """
    own = _folded(text)
    best, most = None, 0.0
    for other in texts:
        words = _folded(other)
        share = len(own & words) / len(own | words) if own | words else 0.0
        if words != own and share > most and share >= least:
            best, most = other, share
    return best


def without_last_word(text: str) -> str:
    """`text` without its last word, or character of a script without spaces; "" for one word.

    >>> without_last_word("We sat down."), without_last_word("打球"), without_last_word("Go!")
    ('We sat.', '打', '')
    """
    matches = list(_WORD.finditer(text))
    if not matches:
        return ""
    first, last = matches[-1].span()
    if _UNSPACED.search(matches[-1].group()):
        first = last - 1
    left = text[:first].rstrip() + text[last:]
    return left if _WORD.search(left) else ""


def _folded(text: str) -> set[str]:
    return {word.casefold() for word in words_of(text)}


def spans_of_word(text: str, word: str) -> tuple[tuple[int, int], ...]:
    """Where `word` stands in `text`, whatever its case: (first, last plus one) characters.

    A word of a script with spaces must stand alone; one of a script without is found anywhere.

    >>> spans_of_word("Banks and bank", "bank"), spans_of_word("打电话", "电话")
    (((10, 14),), ((1, 3),))
    """
    if not word.strip():
        return ()
    pattern = re.escape(word.strip())
    if not _UNSPACED.search(word):
        pattern = rf"(?<!{_LETTER}){pattern}(?!{_LETTER})"
    return tuple(match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


def tokens_of_spans(
    token_spans: Sequence[Sequence[int]], spans: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    """The tokens that overlap one of the spans; a token without characters overlaps none.

    Args:
        token_spans: (token, 2) characters of each token.
        spans: Characters wanted.
    """
    return tuple(
        number
        for number, (start, end) in enumerate(token_spans)
        if start < end and any(start < last and end > first for first, last in spans)
    )


def tokens_of_word(found: TokenVectors, text: str, word: str) -> tuple[int, ...]:
    """The tokens of every occurrence of `word` in `text`, as `found` numbers them."""
    return tokens_of_spans(found.spans.tolist(), spans_of_word(text, word))


def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each word stands, in order; in scripts without spaces each character by itself.

    >>> word_spans("a bank, 打球")
    ((0, 1), (2, 6), (8, 9), (9, 10))
    """
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        unspaced = _UNSPACED.search(match.group())
        found += [(at, at + 1) for at in range(start, end)] if unspaced else [(start, end)]
    return tuple(found)
