"""The map of texts: a point a text, categories by colour and shape.

Every point carries the number of its row as `customdata`, so that what is selected in the
browser is known by number, whatever trace it belongs to.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import counted
from embedlib.figures.categories import Category, grouped
from embedlib.figures.colours import mix
from embedlib.figures.labels import flagged
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.planes import BOX_PX, Shares, checked_points, kept, names_beside, plane_frame
from embedlib.figures.text import plain, quoted, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette
from embedlib.records import Floats, Longs

_MOST_SVG = 2_000  # points above which WebGL draws them
_MOST_NAMED = 60  # texts up to which names stand beside points
_MOST_FLAGS = 5  # highlighted texts that are named in a box


def map_of_texts(
    points: Floats,
    texts: Sequence[str],
    labels: Sequence[str] | None,
    explained: Shares,
    palette: Palette,
    *,
    highlighted: Sequence[int] | None = None,
    coloured: Sequence[str] | None = None,
) -> Picture:
    """Texts as points; categories by colour and shape.

    Args:
        points: (text, 2), such as `geometry.pca(...).points`.
        texts: (text,) the texts, for hovering and, while they are few, beside the points.
        labels: (text,) the category of each, "" for none; None without categories.
        explained: (2,) share of the variance along each axis; None for another kind of map.
        palette: The theme.
        highlighted: Rows to ring; the first five are named in a box.
        coloured: Categories to colour, eight at most; the eight largest when None.

    Raises:
        OptionError: If the numbers of points, texts and labels differ.
    """
    n = len(texts)
    points = checked_points(points, n)
    if labels is not None and len(labels) != n:
        raise OptionError(
            f"There must be one label a text, got {len(labels)} labels for {n} texts."
        )
    if n == 0:
        return blank(palette, "There are no texts to map")
    groups = grouped(labels, n, palette, coloured)
    n_lines = 3 if n > _MOST_SVG else 10
    hover = np.array([wrapped(text, 60, n_lines) for text in texts], dtype=object)
    rings = np.array(sorted(set(highlighted or ())), dtype=np.int64)
    for group in groups:
        if group.rest and labels is not None:
            hover[group.rows] = _named(hover[group.rows], [labels[row] for row in group.rows])
    traces = [_dots(group, points, hover, palette, n) for group in groups[::-1]]
    traces += [_rings(rings, points, palette)] if len(rings) else []
    named = rings[:_MOST_FLAGS].tolist()
    if n <= _MOST_NAMED:
        names = {row: shorten(texts[row], 22) for row in range(n) if row not in named}
        traces += names_beside(points, names, palette)
    title, alt = _words(texts, labels, explained, rings)
    frame = plane_frame(points, explained, title, palette)
    frame["showlegend"] = labels is not None
    frame["annotations"] = _flags(texts, points, named, palette)
    return picture(traces, frame, alt)


def _dots(group: Category, points: Floats, hover: Any, palette: Palette, n: int) -> dict[str, Any]:
    """The marks of one category."""
    size = 11 if n <= _MOST_NAMED else 8 if n <= 600 else 6 if n <= _MOST_SVG else 5
    label = f"{group.name}<br>" if group.name else ""
    return {
        "type": "scattergl" if n > _MOST_SVG else "scatter",
        "mode": "markers",
        "name": group.name,
        "legendrank": group.rank,
        "x": points[group.rows, 0],
        "y": points[group.rows, 1],
        "customdata": group.rows.astype(np.int32),
        "hovertext": hover[group.rows],
        "hovertemplate": (
            f"%{{hovertext}}<br><span style='color:{palette.muted}'>{label}"
            "x %{x:.3f}, y %{y:.3f}</span><extra></extra>"
        ),
        "marker": {
            "color": group.colour,
            "symbol": group.symbol,
            "size": size,
            "opacity": 0.9 if n <= _MOST_SVG else 0.75,
            "line": {
                "width": 1 if n <= _MOST_SVG else 0.5,
                "color": mix(group.colour, palette.text, 0.35),
            },
        },
    }


def _named(hover: Any, labels: Sequence[str]) -> Any:
    """`hover` with the category of each text, where the legend has only "others"."""
    names = {label: plain(shorten(label, 40)) for label in set(labels)}
    named = [f"{text}<br>{names[label]}" for text, label in zip(hover, labels, strict=True)]
    return np.array(named, dtype=object)


def _rings(rows: Longs, points: Floats, palette: Palette) -> dict[str, Any]:
    """A ring around each highlighted text."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": points[rows, 0],
        "y": points[rows, 1],
        "customdata": rows.astype(np.int32),
        "hoverinfo": "skip",
        "showlegend": False,
        "marker": {
            "symbol": "circle-open",
            "size": 20,
            "color": palette.text,
            "line": {"width": 2.5, "color": palette.text},
        },
    }


def _flags(
    texts: Sequence[str], points: Floats, rows: Sequence[int], palette: Palette
) -> list[dict[str, Any]]:
    """The name of each highlighted text in a box with a line to its mark."""
    names = [shorten(texts[row], 26) for row in rows]
    offsets = flagged(points, rows, names, BOX_PX)
    return [
        {
            "x": float(points[row, 0]),
            "y": float(points[row, 1]),
            "text": f"<b>{plain(name)}</b>",
            "font": {"size": SMALL_PX, "color": palette.text},
            "bgcolor": palette.panel,
            "bordercolor": palette.muted,
            "borderpad": 3,
            "showarrow": True,
            "arrowhead": 0,
            "arrowwidth": 1.5,
            "arrowcolor": palette.text,
            "standoff": 10,
            "ax": right,
            "ay": down,
        }
        for row, name, (right, down) in zip(rows, names, offsets, strict=True)
    ]


def _words(
    texts: Sequence[str], labels: Sequence[str] | None, explained: Shares, rings: Longs
) -> tuple[str, str]:
    """Title and description."""
    what = counted(len(texts), "text")
    if labels is not None:
        n_categories = len({label for label in labels if label})
        what += f" of {counted(n_categories, 'category', 'categories')}"
    what += kept(explained)
    alt = f"Map of {what}."
    if len(rings):
        alt += f" Highlighted: {', '.join(quoted(texts[row], 60) for row in rings[:_MOST_FLAGS])}."
    return what, alt
