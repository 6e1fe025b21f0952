"""Maps: texts, or the tokens of one text, as points in a plane; another map starts from `_plot`.

Every point carries the number of its row as `customdata`, so that what is selected in the
browser is known by number, whatever trace it belongs to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.categories import Category, grouped
from embedlib.figures.colours import mix
from embedlib.figures.labels import MARGIN, placed
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import clean, percent, plain, quoted, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Bools, Floats, Longs

_MOST_SVG = 2_000  # points above which WebGL draws them
_MOST_NAMED = 60  # texts up to which names stand beside points
_MOST_SPREAD = 600  # tokens up to which names are tried
_BOX_PX = (600.0, 400.0)  # the smallest plot in which names must not touch
_HEIGHT_PX = 540


def map_of_texts(
    points: Floats,
    texts: Sequence[str],
    labels: Sequence[str] | None,
    explained: Floats | Sequence[float] | None,
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
        highlighted: Rows to ring and name.
        coloured: Categories to colour, eight at most; the eight largest when None.

    Raises:
        OptionError: If the numbers of points, texts and labels differ.
    """
    points = _checked(points, texts, labels)
    n = len(texts)
    if n == 0:
        return blank(palette, "There are no texts to map.")
    groups = grouped(labels, n, palette, coloured)
    hover = np.array(
        [wrapped(text, 60, 3 if n > _MOST_SVG else 10) for text in texts], dtype=object
    )
    rings = np.array(sorted(set(highlighted or ())), dtype=np.int64)
    traces = [_dots(group, points, hover, palette, n) for group in groups[::-1]]
    traces += [_rings(rings, points, palette)] if len(rings) else []
    names = [*range(n)] if n <= _MOST_NAMED else rings.tolist()
    names.sort(key=lambda row: row not in rings)
    traces += _names(points, {row: shorten(texts[row], 22) for row in names}, palette, bold=rings)
    title, alt = _words(texts, labels, groups, explained, rings)
    frame = _plot(points, _axis_names(explained), title, palette)
    frame |= {"showlegend": labels is not None}
    return picture(traces, frame, alt)


def map_of_tokens(
    points: Floats,
    pieces: Sequence[str],
    pooled: Mapping[str, Floats],
    palette: Palette,
    *,
    explained: Floats | Sequence[float] | None = None,
    special: Bools | None = None,
    sources: Mapping[str, Sequence[int] | Longs] | None = None,
) -> Picture:
    """The tokens of one text as points, and among them the vectors that poolings make of them.

    Args:
        points: (token, 2), such as `geometry.pca(tokens).points`.
        pieces: (token,) as the tokenizer writes them.
        pooled: Name of a pooling to its (2,) point, such as `Plane.place` gives.
        palette: The theme.
        explained: (2,) share of the variance along each axis.
        special: (token,) True for special tokens, drawn open.
        sources: Name of a pooling to the tokens that it is made of; a line leads to each.

    Raises:
        OptionError: If the numbers of points and pieces differ.
    """
    points = _checked(points, pieces, None)
    n = len(pieces)
    if n == 0:
        return blank(palette, "There are no tokens to map.")
    stars = np.array([*pooled.values()], dtype=np.float32).reshape(len(pooled), 2)
    open_ = np.zeros(n, dtype=bool) if special is None else np.asarray(special, dtype=bool)
    traces = _lines(points, pooled, sources or {}, palette)
    traces += _tokens(points, pieces, open_, palette)
    order = sorted(range(min(n, _MOST_SPREAD)), key=lambda row: bool(open_[row]))
    names = {row: shorten(pieces[row], 14) for row in order}
    traces += _stars(stars, tuple(pooled), points, palette)
    traces += _names(points, names, palette, taken=stars)
    joined = ", ".join(pooled)
    title = f"Where {joined} {'fall' if len(pooled) > 1 else 'falls'} among the {n:,} tokens"
    title = title if pooled else f"{n:,} tokens of one text"
    frame = _plot(np.concatenate([points, stars]), _axis_names(explained), title, palette)
    kept = _kept(explained)
    alt = f"{title}. Tokens: {', '.join(clean(piece) for piece in pieces[:30])}{kept}."
    return picture(traces, frame, alt)


def _checked(points: Any, texts: Sequence[str], labels: Sequence[str] | None) -> Floats:
    """(text, 2) float32.

    Raises:
        OptionError: If the numbers of points, texts and labels differ.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.shape != (len(texts), 2):
        raise OptionError(
            f"The points must have the shape ({len(texts)}, 2), one a text, got {array.shape}."
        )
    if labels is not None and len(labels) != len(texts):
        raise OptionError(
            f"There must be one label a text, got {len(labels)} labels for {len(texts)} texts."
        )
    return array


def _dots(group: Category, points: Floats, hover: Any, palette: Palette, n: int) -> dict[str, Any]:
    """The marks of one category."""
    size = 11 if n <= _MOST_NAMED else 8 if n <= 600 else 6 if n <= _MOST_SVG else 5
    edge = mix(group.colour, palette.text, 0.35)
    label = f"{group.name}<br>" if group.name else ""
    return {
        "type": "scattergl" if n > _MOST_SVG else "scatter",
        "mode": "markers",
        "name": group.name,
        "legendrank": 2000 if group.rest else 1000,
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
            "opacity": 0.55 if group.rest and group.name else 0.9 if n <= _MOST_SVG else 0.75,
            "line": {"width": 1 if n <= _MOST_SVG else 0.5, "color": edge},
        },
    }


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


def _names(
    points: Floats,
    names: Mapping[int, str],
    palette: Palette,
    *,
    bold: Longs | None = None,
    taken: Floats | None = None,
) -> list[dict[str, Any]]:
    """Names beside the points that have room for one; the first in `names` choose first."""
    if not names:
        return []
    rows = np.array([*names], dtype=np.int64)
    others = np.setdiff1d(np.arange(len(points)), rows)
    marks = points[others] if taken is None else np.concatenate([points[others], taken])
    sides = placed(points[rows], [*names.values()], _BOX_PX, marks)
    heavy = set(() if bold is None else bold.tolist())
    shown = [(row, side) for row, side in zip(rows.tolist(), sides, strict=True) if side]
    kept = [row for row, _ in shown]
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": points[kept, 0],
            "y": points[kept, 1],
            "customdata": np.array(kept, dtype=np.int32),
            "text": [f"<b>{plain(names[r])}</b>" if r in heavy else plain(names[r]) for r in kept],
            "textposition": [side for _, side in shown],
            "textfont": {"size": SMALL_PX, "color": palette.text},
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


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


def _stars(
    stars: Floats, names: tuple[str, ...], points: Floats, palette: Palette
) -> list[dict[str, Any]]:
    """The pooled vectors, each a star with its name."""
    if not names:
        return []
    sides = placed(stars, [f"{name}mm" for name in names], _BOX_PX, points)
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": stars[:, 0],
            "y": stars[:, 1],
            "customdata": -1 - np.arange(len(names), dtype=np.int32),
            "text": [f"<b>{plain(name)}</b>" for name in names],
            "textposition": [side or "top center" for side in sides],
            "textfont": {"size": SMALL_PX + 1, "color": palette.text},
            "cliponaxis": False,
            "hovertext": [f"<b>{plain(name)}</b><br>the pooled vector" for name in names],
            "hovertemplate": "%{hovertext}<br>x %{x:.3f}, y %{y:.3f}<extra></extra>",
            "marker": {
                "symbol": "star",
                "size": 18,
                "color": palette.categories[1],
                "line": {"width": 1.5, "color": palette.text},
            },
        }
    ]


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


def _plot(
    points: Floats, axis_names: tuple[str, str], title: str, palette: Palette
) -> dict[str, Any]:
    """The frame of a map: one scale on both axes, room for names at the edges."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-3) / (1 - 2 * MARGIN)
    ranges = np.stack([middle - half, middle + half], axis=1).astype(float).tolist()
    common = {"fixedrange": False, "zeroline": True, "zerolinecolor": palette.border}
    return layout(
        palette,
        title,
        height=_HEIGHT_PX,
        xaxis=axis(palette, axis_names[0], range=ranges[0], zerolinewidth=1.5, **common),
        yaxis=axis(
            palette, axis_names[1], range=ranges[1], scaleanchor="x", zerolinewidth=1.5, **common
        ),
        legend={
            "font": {"size": SMALL_PX},
            "itemsizing": "constant",
            "x": 1.01,
            "y": 1,
            "xanchor": "left",
        },
        hovermode="closest",
        dragmode="zoom",
    )


def _axis_names(explained: Floats | Sequence[float] | None) -> tuple[str, str]:
    """ "PC 1 (34 % of variance)" and the other."""
    if explained is None:
        return "axis 1", "axis 2"
    first, second = (f"PC {k + 1} ({percent(float(explained[k]))} of variance)" for k in range(2))
    return first, second


def _words(
    texts: Sequence[str],
    labels: Sequence[str] | None,
    groups: list[Category],
    explained: Floats | Sequence[float] | None,
    rings: Longs,
) -> tuple[str, str]:
    """Title and description."""
    n = len(texts)
    title = "One text" if n == 1 else f"{n:,} texts"
    if labels is not None:
        n_categories = len({label for label in labels if label})
        title += f" of {n_categories:,} {'category' if n_categories == 1 else 'categories'}"
    title += _kept(explained)
    alt = f"Map of {title[0].lower() + title[1:]}."
    if len(rings):
        alt += f" Highlighted: {', '.join(quoted(texts[row], 60) for row in rings[:5])}."
    return title, alt


def _kept(explained: Floats | Sequence[float] | None) -> str:
    """What the plane keeps of the variance, as the end of a sentence."""
    if explained is None or not sum(explained):
        return ""
    return f"; the plane keeps {percent(float(sum(explained)))} of their variance"
