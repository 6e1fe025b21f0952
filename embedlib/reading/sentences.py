"""A paragraph to sentences, in linear time, for any script that ends sentences with a mark.

A word that ends with a dot without ending a sentence goes into `_ABBREVIATIONS`.
"""

import re
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARK_CHARACTERS = frozenset(".!?…‥。！？｡．؟۔।॥։።᙮‽⁇⁈⁉")
_MARKS = re.compile(f"[{''.join(_MARK_CHARACTERS)}]+")
_WIDE_MARKS = frozenset("。！？｡．")  # need no space after them
_CLOSERS = frozenset("\"'”’»›)]}）】》」』〉〗\u200f\u200e")
_SAID = re.compile("[他她它我你们們]{0,2}[说說问問喊叫答道想笑]")  # “你好！”他说。 is one sentence
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_LONGEST_WORD = 20  # characters looked back for an abbreviation
_ABBREVIATIONS = _words(
    "mr mrs ms mx dr prof st sr sra sen rep gov gen col lt sgt capt rev hon messrs mmes mme mlle "
    "e.g i.e cf vs v viz approx ca z.b d.h u.a bzw ggf usw dipl ing mgr dña т.е т.к св ул"
)
_BEFORE_NUMBERS = _words("no nos nr fig figs eq eqs sec ch vol art p pp")
_ALSO_LAST = _words(  # may end a sentence too: they do when a starter follows
    "etc al inc ltd co corp llc plc jr u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.c dept univ "
    "jan feb apr jun jul aug sep sept oct nov dec ave blvd rd ed eds"
)
_STARTERS = _words(
    "the a an this that these those he she it we they i you his her its our their my your there "
    "here but and or so if when while after before in on at for as however then what who why how "
    "where no yes not one some all many most"
)


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order; each is a slice of it without outer white space.

    A blank line ends a sentence; so does a mark such as `.`, `?`, `…`, `。`, `؟` or `।` with the
    quotation marks and brackets that close after it. A dot does not when it belongs to an
    abbreviation, an initial, a number or a list's number, or when a small letter follows.

    >>> sentences('Dr. Lee paid 3.50 (e.g. in cash). "Why?" he asked. 他来了。她走了！')
    ['Dr. Lee paid 3.50 (e.g. in cash).', '"Why?" he asked.', '他来了。', '她走了！']
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces = (piece for part in _PARAGRAPH.split(unified) for piece in _split(part))
    return [piece for piece in (piece.strip() for piece in pieces) if piece]


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for found in _MARKS.finditer(paragraph):
        end = _after_closers(paragraph, found.end())
        if end > start and _ends_sentence(paragraph, start, found, end):
            yield paragraph[start:end]
            start = end
    yield paragraph[start:]


def _after_closers(text: str, end: int) -> int:
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    return end


def _ends_sentence(text: str, start: int, found: re.Match[str], end: int) -> bool:
    """Whether the marks at `found`, with closers up to `end`, end what begins at `start`."""
    marks = found.group()
    if end == len(text):
        return True
    if not text[end].isspace():
        is_quoted = end > found.end()
        return marks[-1] in _WIDE_MARKS and not (is_quoted and _SAID.match(text, end))
    following = _next_word(text, end)
    if not following:
        return True
    if following[0].islower():
        return False
    return marks != "." or not _is_inner_dot(text, start, found.start(), following)


def _next_word(text: str, end: int) -> str:
    """The first letters after white space and opening marks, at most a word."""
    while end < len(text) and not text[end].isalnum() and text[end] not in _MARK_CHARACTERS:
        end += 1
    last = end
    while last < len(text) and last - end < _LONGEST_WORD and text[last].isalnum():
        last += 1
    return text[end:last]


def _is_inner_dot(text: str, start: int, dot: int, following: str) -> bool:
    """Whether one dot, followed by white space and no small letter, belongs to the word before."""
    first = dot
    while first > max(start, dot - _LONGEST_WORD) and _is_of_a_word(text[first - 1]):
        first -= 1
    word = text[first:dot].lower()
    if word in _ABBREVIATIONS or (word in _BEFORE_NUMBERS and following[0].isdigit()):
        return True
    if word.isdigit():  # "1. First": the number of a list stands alone
        return not text[start:first].strip()
    initial = len(word) == 1 and word.isalpha() and text[first].isupper()
    return (initial or word in _ALSO_LAST) and following.lower() not in _STARTERS


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "."
