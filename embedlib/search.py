"""Search: texts by their words, in any script, and texts by meaning, near a vector.

A further way to search is a function that gives rows; nothing here reads a pattern.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count, checked
from embedlib.geometry.similarity import unit
from embedlib.records import Floats, Longs

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|「([^」]*)」|(\S+)')


def by_words(texts: Sequence[str], query: str) -> Longs:
    """The texts that have every word of the query, whatever the case, anywhere in a word.

    Words are separated by spaces; what stands in quotation marks is looked for as it stands.
    Characters that look the same are the same: full width and half width, composed or not.

    Args:
        texts: (text,) the texts.
        query: What was typed; blank finds nothing.

    Returns:
        Rows, ascending.

    >>> texts = ["The Straße", "lost card", "card lost"]
    >>> by_words(texts, "LOST card").tolist(), by_words(texts, '"lost card"').tolist()
    ([1, 2], [1])
    >>> by_words(texts, "STRASSE").tolist()
    [0]
    """
    wanted = [part for part in map(folded, _parts(query)) if part]
    if not wanted:
        return np.zeros(0, dtype=np.int64)
    found = [
        row for row, text in enumerate(map(folded, texts)) if all(part in text for part in wanted)
    ]
    return np.array(found, dtype=np.int64)


def by_meaning(vectors: Any, query: Any, n: int) -> tuple[Longs, Floats]:
    """The texts nearest to a vector by cosine, the nearest first.

    Args:
        vectors: (text, dim) finite numbers.
        query: (dim,) the vector of what was typed, of the same model, layer and pooling.
        n: How many to give; all when there are fewer.

    Returns:
        (n,) rows and (n,) float32 cosines, descending; equal cosines in the order of rows.

    Raises:
        OptionError: If the dimensions differ, a number is not finite, or `n` is below 1.

    >>> by_meaning([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [2.0, 0.1], n=2)[0].tolist()
    [0, 2]
    """
    directions, wanted = unit(vectors), unit(checked(query, "The query", 1)[None])[0]
    if directions.shape[1] != len(wanted):
        raise OptionError(
            f"The query must have {directions.shape[1]} dimensions as the vectors have, "
            f"got {len(wanted)}.",
            "Embed it with the same model, layer and pooling.",
        )
    n = check_count(n, 1, 2**31, "The number of texts")
    cosines = np.clip(directions @ wanted, -1.0, 1.0).astype(np.float32)
    rows: Longs = np.argsort(-cosines, kind="stable")[:n]
    return rows, cosines[rows]


def folded(text: str) -> str:
    """`text` as it is compared: case folded, compatible forms made one, white space made one.

    >>> folded("ＡＢＣ  Cafe\\u0301") == folded("abc caf\\u00e9")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _parts(query: str) -> list[str]:
    return [next(filter(None, groups), "") for groups in _QUOTED.findall(query)]
