"""Words that set some texts apart from the others, in any script and without a list of stop words.

A further way to cut texts into terms goes into `_terms_of`. Scripts written without spaces have
no words that could be found without a dictionary: there a term is a run of two characters, and
what stands in the same texts is joined again.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedlib.errors import OptionError
from embedlib.words import runs_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_LONGEST_JOINED = 8  # characters of a run that is put together again
_JOINED_SHARE = 0.8  # of a piece's texts that must have the whole run
_CANDIDATES = 4  # times as many terms are ranked as are given, since pieces are joined
_Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Keyword:
    """A word that is commoner in the selection than in the rest.

    Args:
        word: In lower case.
        score: Standard score of the log-odds difference, above 0; above 1.96 it would arise by
            chance in fewer than 1 of 40 words.
        n_inside: Texts of the selection that have it.
        n_outside: Texts of the rest that have it.
    """

    word: str
    score: float
    n_inside: int
    n_outside: int


@dataclass(frozen=True, eq=False)
class Terms:
    """Which terms stand in which texts; made once, asked for many selections.

    Args:
        texts: The texts in lower case, Unicode composed.
        names: (term,) the terms, in the order in which they first appear.
        matrix: (text, term) 1 where the text has the term.
    """

    texts: tuple[str, ...]
    names: tuple[str, ...]
    matrix: "csr_matrix"

    @cached_property
    def totals(self) -> _Doubles:
        """(term,) texts that have each term."""
        return np.asarray(self.matrix.sum(axis=0), dtype=np.float64).ravel()


def terms(texts: Sequence[str]) -> Terms:
    """The terms of texts: words, and runs of two characters where no spaces are written.

    >>> terms(["The bank", "信用卡"]).names
    ('the', 'bank', '信用', '用卡')
    """
    from scipy.sparse import csr_matrix

    lowered = tuple(unicodedata.normalize("NFC", text).lower() for text in texts)
    places: dict[str, int] = {}
    columns: list[int] = []
    bounds = [0]
    for text in lowered:
        found = dict.fromkeys(_terms_of(text))
        columns += [places.setdefault(term, len(places)) for term in found]
        bounds.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    shape = (len(lowered), len(places))
    return Terms(lowered, tuple(places), csr_matrix((ones, columns, bounds), shape=shape))


def distinguishing(found: Terms, rows: Any, n: int = 10) -> tuple[Keyword, ...]:
    """The words that set the texts in `rows` apart from all other texts, the strongest first.

    Log-odds with an informative Dirichlet prior: each term counts once a text; the prior is the
    share of the term in all texts, and weighs as much as the selection itself. A word that is
    common everywhere scores near 0, and a rare word needs several texts to score high.

    Args:
        found: What `terms` gave.
        rows: The selection, rows of the texts in any order; neither none of them nor all.
        n: How many words at most.

    Returns:
        At most `n` words with a score above 0; fewer, or none, where nothing sets them apart.

    Raises:
        OptionError: If a row is no row of the texts.

    Source: Monroe, Colaresi and Quinn 2008, Fightin' Words, equations 16, 19 and 22.

    >>> found = terms(["lost my card", "card stolen", "exchange rate", "rate of my transfer"])
    >>> [keyword.word for keyword in distinguishing(found, [0, 1], n=1)]
    ['card']
    """
    selected = _checked(rows, len(found.texts))
    if not 0 < len(selected) < len(found.texts):
        return ()
    inside = np.asarray(found.matrix[selected].sum(axis=0), dtype=np.float64).ravel()
    scores = _scores(inside, found.totals - inside)
    order = np.argsort(-scores, kind="stable")[: _CANDIDATES * n]
    keywords = [
        Keyword(
            found.names[term],
            float(scores[term]),
            int(inside[term]),
            int(found.totals[term] - inside[term]),
        )
        for term in order
        if scores[term] > 0
    ]
    return tuple(_joined(keywords, [found.texts[row] for row in selected])[:n])


def group_names(found: Terms, codes: Any, n: int = 3) -> tuple[str, ...]:
    """A name for each group of texts out of its `n` most distinguishing words: "card, lost, pin".

    Args:
        found: What `terms` gave.
        codes: (text,) the group of each text from 0; negative for none.
        n: Words in a name.

    Returns:
        (group,) names; "" where nothing sets a group apart.
    """
    numbers = np.asarray(codes)
    groups = range(int(numbers.max(initial=-1)) + 1)
    return tuple(
        ", ".join(word.word for word in distinguishing(found, np.flatnonzero(numbers == group), n))
        for group in groups
    )


def _terms_of(text: str) -> list[str]:
    """The words of a text, and the pairs of neighbours in runs without spaces."""
    cut: list[str] = []
    for run, spaced in runs_of(text):
        cut += [run] if spaced or len(run) == 1 else [a + b for a, b in pairwise(run)]
    return cut


def _scores(inside: _Doubles, outside: _Doubles) -> _Doubles:
    """(term,) standard scores of the difference in log-odds; 0 for a term that nobody has."""
    n_inside, n_outside = inside.sum(), outside.sum()
    if n_inside == 0 or n_outside == 0:
        return np.zeros_like(inside)
    prior = n_inside * (inside + outside) / (n_inside + n_outside)  # alpha_w; sums to n_inside
    had = prior > 0
    weight = prior.sum()
    scores = np.zeros_like(inside)
    a, b, p = inside[had], outside[had], prior[had]
    # One term in all texts: nothing else to be odds against.
    difference = np.log((a + p) / np.maximum(n_inside + weight - a - p, 1e-12)) - np.log(
        (b + p) / np.maximum(n_outside + weight - b - p, 1e-12)
    )
    scores[had] = difference / np.sqrt(1 / (a + p) + 1 / (b + p))
    return scores


def _joined(keywords: Sequence[Keyword], texts: Sequence[str]) -> list[Keyword]:
    """Pieces of a longer run put together: 信用 and 用卡 of the same texts are 信用卡."""
    joined: list[Keyword] = []
    for keyword in keywords:
        if any(keyword.word in known.word for known in joined if len(known.word) > 2):
            continue
        joined.append(_grown(keyword, keywords, texts))
    return list({keyword.word: keyword for keyword in joined}.values())


def _grown(keyword: Keyword, pieces: Sequence[Keyword], texts: Sequence[str]) -> Keyword:
    """`keyword` with the pieces that overlap its ends, as long as most of its texts have them."""
    if len(keyword.word) != 2 or runs_of(keyword.word)[0][1]:
        return keyword
    word = keyword.word
    pairs = [piece.word for piece in pieces if len(piece.word) == 2]
    growing = True
    while growing and len(word) < _LONGEST_JOINED:
        after = [word + pair[1] for pair in pairs if pair[0] == word[-1]]
        before = [pair[0] + word for pair in pairs if pair[1] == word[0]]
        needed = _JOINED_SHARE * keyword.n_inside
        longer = [run for run in after + before if sum(run in text for text in texts) >= needed]
        growing = bool(longer)
        word = longer[0] if longer else word
    n_inside = sum(word in text for text in texts)
    return Keyword(word, keyword.score, n_inside, keyword.n_outside)


def _checked(rows: Any, n_texts: int) -> NDArray[np.int64]:
    selected = np.unique(np.asarray(rows, dtype=np.int64))
    if len(selected) and not 0 <= selected[0] <= selected[-1] < n_texts:
        raise OptionError(
            f"The rows must be from 0 to {n_texts - 1}, got {selected[0]} to {selected[-1]}."
        )
    return selected
