"""The map of one text's tokens, with the vectors that poolings make of them as stars.

Tokens carry their number as `customdata`; the stars -1, -2, ... in the order given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.amounts import counted
from embedlib.figures.colours import mix
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.planes import Shares, checked_points, kept, names_beside, plane_frame
from embedlib.figures.text import clean, plain, shorten
from embedlib.figures.theme import Palette
from embedlib.records import Bools, Floats, Longs

_MOST_NAMED = 400  # tokens up to which names are tried
_MOST_READ = 30  # tokens that the description lists


def map_of_tokens(  # noqa: PLR0913 - a picture and all that it shows
    points: Floats,
    pieces: Sequence[str],
    pooled: Mapping[str, Floats],
    palette: Palette,
    title: str = "",
    *,
    explained: Shares = None,
    special: Bools | None = None,
    sources: Mapping[str, Sequence[int] | Longs] | None = None,
) -> Picture:
    """The tokens of one text as points, and among them the vectors that poolings make of them.

    Args:
        points: (token, 2), such as `geometry.pca(tokens).points`.
        pieces: (token,) as the tokenizer writes them.
        pooled: Name of a pooling to its (2,) point, such as `Plane.place` gives.
        palette: The theme.
        title: The finding; "" for the question that the map answers.
        explained: (2,) share of the variance along each axis.
        special: (token,) True for special tokens, drawn open.
        sources: Name of a pooling to the tokens that it is made of; a line leads to each.

    Raises:
        OptionError: If the numbers of points and pieces differ.
    """
    n = len(pieces)
    points = checked_points(points, n)
    if n == 0:
        return blank(palette, "There are no tokens to map")
    stars = np.array([*pooled.values()], dtype=np.float32).reshape(len(pooled), 2)
    hollow = np.zeros(n, dtype=bool) if special is None else np.asarray(special, dtype=bool)
    traces = _lines(points, pooled, sources or {}, palette)
    traces += _tokens(points, pieces, hollow, palette) + _stars(stars, tuple(pooled), palette)
    both = np.concatenate([stars, points])
    names = dict(enumerate(pooled))
    order = sorted(range(min(n, _MOST_NAMED)), key=lambda row: bool(hollow[row]))
    names |= {len(stars) + row: shorten(pieces[row], 14) for row in order}
    traces += _named(names_beside(both, names, palette, n_must=len(stars)), len(stars))
    title = title or _title(tuple(pooled), n)
    alt = f"{title}{kept(explained)}. Tokens: {', '.join(map(clean, pieces[:_MOST_READ]))}"
    alt += "…" if n > _MOST_READ else "."
    return picture(traces, plane_frame(both, explained, title, palette), alt)


def _title(poolings: tuple[str, ...], n: int) -> str:
    """The question that the map answers."""
    tokens = counted(n, "token")
    if not poolings:
        return f"{tokens} of one text"
    names = [clean(name) for name in poolings]
    if len(names) == 1:
        return f"Where the vector of “{names[0]}” falls among the {tokens}"
    return f"Where {', '.join(names[:-1])} and {names[-1]} fall among the {tokens}"


def _tokens(
    points: Floats, pieces: Sequence[str], special: Bools, palette: Palette
) -> list[dict[str, Any]]:
    """Marks of the tokens: filled, and open for special ones."""
    hover = np.array(
        [f"<b>{plain(shorten(piece, 60))}</b><br>token {row}" for row, piece in enumerate(pieces)],
        dtype=object,
    )
    kinds = ((~special, "circle", palette.categories[0]), (special, "circle-open", palette.muted))
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": points[chosen, 0],
            "y": points[chosen, 1],
            "customdata": np.flatnonzero(chosen).astype(np.int32),
            "hovertext": hover[chosen],
            "hovertemplate": "%{hovertext}<br>x %{x:.3f}, y %{y:.3f}<extra></extra>",
            "marker": {
                "symbol": symbol,
                "size": 10,
                "color": colour,
                "line": {"width": 1.5, "color": mix(colour, palette.text, 0.35)},
            },
        }
        for chosen, symbol, colour in kinds
        if chosen.any()
    ]


def _stars(stars: Floats, names: tuple[str, ...], palette: Palette) -> list[dict[str, Any]]:
    """The pooled vectors."""
    if not names:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": stars[:, 0],
            "y": stars[:, 1],
            "customdata": _star_numbers(len(names)),
            "hovertext": [f"<b>{plain(name)}</b><br>pooled vector" for name in names],
            "hovertemplate": "%{hovertext}<br>x %{x:.3f}, y %{y:.3f}<extra></extra>",
            "marker": {
                "symbol": "star",
                "size": 17,
                "color": palette.categories[1],
                "line": {"width": 1.5, "color": palette.text},
            },
        }
    ]


def _named(traces: list[dict[str, Any]], n_stars: int) -> list[dict[str, Any]]:
    """The names with the numbers of tokens and stars in place of rows of both together."""
    for trace in traces:
        rows = trace["customdata"]
        trace["customdata"] = np.where(rows < n_stars, -1 - rows, rows - n_stars).astype(np.int32)
    return traces


def _star_numbers(n: int) -> Any:
    """-1, -2, ..."""
    return -1 - np.arange(n, dtype=np.int32)


def _lines(
    points: Floats, pooled: Mapping[str, Floats], sources: Mapping[str, Any], palette: Palette
) -> list[dict[str, Any]]:
    """A line from each pooled vector to the tokens that it is made of."""
    traces = []
    for name, rows in sources.items():
        if name not in pooled or not len(rows):
            continue
        ends = points[np.asarray(rows, dtype=np.int64)]
        path = np.full((3 * len(ends), 2), np.nan, dtype=np.float32)
        path[0::3], path[1::3] = np.asarray(pooled[name], dtype=np.float32), ends
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": path[:, 0],
                "y": path[:, 1],
                "line": {"width": 1.5, "color": mix(palette.background, palette.muted, 0.45)},
                "hoverinfo": "skip",
                "connectgaps": False,
            }
        )
    return traces
