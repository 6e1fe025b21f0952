"""Words of a text and the tokens that belong to them, by character spans.

A word is a run of letters, digits and marks; in scripts without spaces (Chinese, Japanese, Thai)
each character stands for itself, and a longer word is found as a run of characters.
"""

import re
from collections.abc import Sequence

from embedlib.records import TokenVectors

_WORD = re.compile(r"\w+(?:['’]\w+)*")
# Written without spaces: CJK ideographs, kana, Thai, Lao, Khmer, Myanmar.
_UNSPACED = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff]"
)


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text, in the order in which they first appear.

    >>> words_of("The bank, the river's bank. 打球")
    ('The', 'bank', 'the', "river's", '打', '球')
    """
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match.group()
        parts = list(word) if _UNSPACED.search(word) else [word]
        found.update(dict.fromkeys(parts))
    return tuple(found)


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
        pattern = rf"(?<!\w){pattern}(?!\w)"
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
