"""Filters: which part of the maps is on show, in tokens or words; a treatment is a row of SPECIALS.

The picture, the numbers that are exported and the code all go through `shown`, so that they agree.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from embedlib.attention.doors import check_share
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.attention.merging import by_word
from embedlib.attention.views import SEGMENT_FILTERS, between, cropped, strongest, without
from embedlib.errors import OptionError
from embedlib.records import Bools, Floats, Ints, Longs
from embedlib.table import Table


@dataclass(frozen=True)
class Special:
    """What is done with the tokens that the tokenizer added.

    Args:
        name: The row's name: "zeroed".
        label: For choosers: "Special tokens zeroed".
        short: Where there is little room: "Special zeroed".
        help: One sentence: what that does to the numbers.
        zeroed: Whether their rows and columns become 0.
        left_out: Whether their rows and columns are gone.
        rescaled: Whether what is left of each row is stretched to the sum that it had.
    """

    name: str
    label: str
    short: str
    help: str
    zeroed: bool = False
    left_out: bool = False
    rescaled: bool = False


_SPECIALS = (
    Special("shown", "Special tokens shown", "Special shown", "Everything that the model reads."),
    Special(
        "zeroed",
        "Special tokens zeroed",
        "Special zeroed",
        "Their rows and columns are 0; the others keep their numbers, rows sum to less than 1.",
        zeroed=True,
    ),
    Special(
        "zeroed_rescaled",
        "Special tokens zeroed, rows rescaled",
        "Special zeroed, rescaled",
        "Their rows and columns are 0, and each other row is stretched to the sum that it had.",
        zeroed=True,
        rescaled=True,
    ),
    Special(
        "left_out",
        "Special tokens left out",
        "Special left out",
        "They are not drawn; the others keep their numbers, rows sum to less than 1.",
        left_out=True,
    ),
    Special(
        "left_out_rescaled",
        "Special tokens left out, rows rescaled",
        "Special left out, rescaled",
        "They are not drawn, and each other row is stretched to the sum that it had.",
        left_out=True,
        rescaled=True,
    ),
)
SPECIALS: Final[Table[Special]] = Table(
    "treatment of special tokens", {row.name: row for row in _SPECIALS}
)
UNITS: Final[Table[str]] = Table(
    "unit",
    {
        "tokens": "One row a token, as the model reads them.",
        "words": "The sum to the pieces of a word, the mean from them (Clark et al. 2019).",
    },
)


@dataclass(frozen=True)
class Filters:
    """How maps are looked at.

    Args:
        unit: "tokens" or "words"; a row of `UNITS`.
        special: A row of `SPECIALS`.
        segment: A row of `SEGMENT_FILTERS`.
        mass: 0 to 1; in each row only the fewest keys that hold this share of it are kept.
    """

    unit: str = "tokens"
    special: str = "shown"
    segment: str = "all"
    mass: float = 1.0

    def __post_init__(self) -> None:
        UNITS[self.unit], SPECIALS[self.special], SEGMENT_FILTERS[self.segment]
        check_share(self.mass, "The attention mass")


@dataclass(frozen=True, eq=False)
class Shown:
    """Maps after the filters; a row is a token or a word.

    Args:
        kind: A row of `KINDS`.
        filters: What was asked for.
        values: (layer, head, query, key) float32, 0 or more.
        rows: (token,) the row that each token of the maps is in, -1 where it is left out.
        labels: (row,) how each is written.
        special: (row,) True for tokens that the tokenizer added.
        segment: (row,) 0 for the text, 1 for the pair.
    """

    kind: str
    filters: Filters
    values: Floats
    rows: Longs
    labels: tuple[str, ...]
    special: Bools
    segment: Ints

    @property
    def n_bytes(self) -> int:
        """Memory that the arrays take."""
        return self.values.nbytes + self.rows.nbytes + self.special.nbytes + self.segment.nbytes

    def tokens(self, row: int) -> tuple[int, ...]:
        """The tokens of the maps that a row stands for."""
        return tuple(np.flatnonzero(self.rows == row).tolist())


def shown(maps: AttentionMaps, kind: str = "weight", filters: Filters = Filters()) -> Shown:
    """The maps of one kind after the filters: special tokens, then segments, words and mass.

    Args:
        maps: One text.
        kind: A row of `KINDS`.
        filters: How to look at it.

    Raises:
        UnknownNameError: If there is no such kind.
        OptionError: If every token is special and these are left out.
    """
    special, row = SPECIALS[filters.special], KINDS[kind]
    values = np.stack([row.function(maps, layer) for layer in range(maps.n_layers)])
    if special.zeroed or special.left_out:
        values = without(values, maps.special, renormalise=special.rescaled)
    if filters.segment != "all":
        values = between(values, maps.segment, filters.segment)
    labels = tuple(maps.written(token) for token in range(maps.n_tokens))
    rows = np.arange(maps.n_tokens)
    if filters.unit == "words":
        words = by_word(maps, values)
        values, labels, rows = words.weights, words.labels, words.groups
    firsts = np.unique(rows, return_index=True)[1]
    if special.left_out:
        values, labels, rows = _left_out(maps, values, labels, rows)
        firsts = firsts[~maps.special[firsts]]
    if filters.mass < 1.0:
        values = strongest(values, filters.mass)
    values.flags.writeable = False
    return Shown(kind, filters, values, rows, labels, maps.special[firsts], maps.segment[firsts])


def _left_out(
    maps: AttentionMaps, values: Floats, labels: tuple[str, ...], rows: Longs
) -> tuple[Floats, tuple[str, ...], Longs]:
    """Values, labels and rows without those of special tokens; such a token is its own row."""
    gone = np.zeros(len(labels), dtype=bool)
    gone[rows[maps.special]] = True
    if gone.all():
        raise OptionError("A text must have a token that is not special, got none.")
    numbers = np.where(gone, -1, np.cumsum(~gone) - 1)
    kept = tuple(label for label, dropped in zip(labels, gone, strict=True) if not dropped)
    return cropped(values, gone), kept, numbers[rows]
