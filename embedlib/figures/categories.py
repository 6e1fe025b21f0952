"""Categories as colours and shapes: eight of them, and what is left in grey with its number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedlib.figures.amounts import counted
from embedlib.figures.text import plain, shorten
from embedlib.figures.theme import Palette
from embedlib.records import Longs

SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "x",
    "triangle-down",
    "cross",
    "pentagon",
)  # the star is for pooled vectors
_REST_SYMBOL, _NONE_SYMBOL = "circle-open", "circle-open-dot"


@dataclass(frozen=True, eq=False)
class Category:
    """One entry of a legend.

    Args:
        name: As the legend shows it, escaped, with the number of texts.
        rows: (text,) rows of its texts, ascending.
        colour: Of its marks.
        symbol: Plotly's name of its mark.
        rank: Place in the legend; lower stands higher.
        rest: Whether it is several categories in one, so that hovering must name each.
    """

    name: str
    rows: Longs
    colour: str
    symbol: str
    rank: int = 0
    rest: bool = False


def grouped(
    labels: Sequence[str] | None,
    n_texts: int,
    palette: Palette,
    coloured: Sequence[str] | None = None,
) -> list[Category]:
    """The entries of the legend: coloured categories, then "other", then "no label".

    Args:
        labels: (text,) one a text, "" for none; None for one unnamed group in the accent.
        n_texts: How many texts there are.
        palette: The theme.
        coloured: The categories to colour, eight at most; the eight largest when None.
    """
    if labels is None:
        return [Category("", np.arange(n_texts), palette.accent, "circle")]
    sizes = Counter(label for label in labels if label)
    by_size = [label for label, _ in sizes.most_common()]
    wanted = by_size if coloured is None else [label for label in coloured if label in sizes]
    named = wanted[: len(palette.categories)]
    places = {label: place for place, label in enumerate(named)} | {"": -1}
    places |= {label: len(named) for label in by_size if label not in places}
    codes = np.array([places[label] for label in labels], dtype=np.int64)
    entries = [
        Category(
            f"{plain(shorten(label, 26))} ({sizes[label]:,})",
            np.flatnonzero(codes == place),
            palette.categories[place],
            SYMBOLS[place],
            place + 1,
        )
        for place, label in enumerate(named)
    ]
    rest, none = np.flatnonzero(codes == len(named)), np.flatnonzero(codes == -1)
    if len(rest):
        n_rest = len(by_size) - len(named)
        name = f"{counted(n_rest, 'other category', 'other categories')} ({len(rest):,})"
        entries.append(Category(name, rest, palette.other, _REST_SYMBOL, 100, rest=True))
    if len(none):
        name = f"no label ({len(none):,})"
        entries.append(Category(name, none, palette.other, _NONE_SYMBOL, 101))
    return entries
