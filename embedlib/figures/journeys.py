"""Small maps of the same points, one a layer, aligned so that what moves has really moved."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_A_ROW, _MAP_PX = 4, 210
_MANY, _MANY_A_ROW, _MANY_PX = 16, 6, 150  # a deep model's maps are smaller

_NAME_PX = 22  # above each map
Domains = tuple[list[float], list[float]]  # left and right, bottom and top; 0 to 1


def layer_maps(
    points: Floats,
    layers: Sequence[str],
    names: Sequence[str],
    groups: Sequence[str],
    palette: Palette,
    title: str,
    subtitle: str = "",
) -> Picture:
    """One small map a layer; colour and mark say the group.

    Args:
        points: (layer, point, 2), such as `geometry.aligned_planes` gives.
        layers: (layer,) their names.
        names: (point,) any texts, shown on hovering.
        groups: (point,) the category of each; the first eight have colours.
        palette: The theme.
        title: The finding.
        subtitle: What is drawn.

    Raises:
        OptionError: If the numbers of points, names and groups differ.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.ndim != 3 or array.shape[:2] != (len(layers), len(names)):
        raise OptionError(
            f"The points must be ({len(layers)}, {len(names)}, 2), got {array.shape}."
        )
    if not array.size:
        return blank(palette, title or "There is nothing to draw")
    places = _domains(len(layers))
    frame = layout(palette, title, subtitle, showlegend=len(set(groups)) > 1, hovermode="closest")
    frame["legend"] |= {"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"}
    frame["margin"] |= {"t": frame["margin"]["t"] + 16, "b": 40}
    frame["height"] = _inner_px(len(layers)) + frame["margin"]["t"] + 40
    half = float(np.abs(array).max()) * 1.12 or 1.0
    for number, domains in enumerate(places):
        frame |= _axes(number, domains, half, palette)
    frame["annotations"] = [
        _name(layer, domains, palette) for layer, domains in zip(layers, places, strict=True)
    ]
    traces = [
        _points(number, place, kind, array[number], names, groups, palette)
        for number in range(len(layers))
        for place, kind in enumerate(dict.fromkeys(groups))
    ]
    return picture(traces, frame, f"{title}. {len(names)} points at {len(layers)} layers.")


def _shape(n_layers: int) -> tuple[int, int, int]:
    """Maps in a row, rows, and the height of a row in pixels."""
    a_row, map_px = (_MANY_A_ROW, _MANY_PX) if n_layers > _MANY else (_A_ROW, _MAP_PX)
    return a_row, -(-n_layers // a_row), map_px


def _inner_px(n_layers: int) -> int:
    _, n_rows, map_px = _shape(n_layers)
    return n_rows * map_px


def _domains(n_layers: int) -> list[Domains]:
    """(layer,) where each map lies in the picture, its name above it."""
    a_row, n_rows, _ = _shape(n_layers)
    inner_px = _inner_px(n_layers)
    return [
        (
            [column / a_row + 0.01, (column + 1) / a_row - 0.01],
            [1 - (row + 1) / n_rows + 4 / inner_px, 1 - row / n_rows - _NAME_PX / inner_px],
        )
        for row, column in (divmod(number, a_row) for number in range(n_layers))
    ]


def _points(
    number: int,
    place: int,
    kind: str,
    points: Floats,
    names: Sequence[str],
    groups: Sequence[str],
    palette: Palette,
) -> dict[str, Any]:
    rows = [row for row, group in enumerate(groups) if group == kind]
    known = place < len(palette.categories)
    colour = palette.categories[place] if known else palette.other
    ending = "" if number == 0 else str(number + 1)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(shorten(kind, 30)) or "no label",
        "legendgroup": str(place),
        "showlegend": number == 0,
        "xaxis": f"x{ending}",
        "yaxis": f"y{ending}",
        "x": points[rows, 0],
        "y": points[rows, 1],
        "customdata": rows,
        "hovertext": [wrapped(names[row], 60, 5) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": 10,
            "symbol": SYMBOLS[place] if known else "circle-open",
            "color": colour,
            "line": {"width": 1.5, "color": palette.outline},
        },
    }


def _axes(number: int, domains: Domains, half: float, palette: Palette) -> dict[str, Any]:
    ending = "" if number == 0 else str(number + 1)
    common: dict[str, Any] = {
        "range": [-half, half],
        "showticklabels": False,
        "showgrid": False,
        "showline": True,
        "mirror": True,
        "linewidth": 1.5,
    }
    return {
        f"xaxis{ending}": axis(palette, domain=domains[0], anchor=f"y{ending}", **common),
        f"yaxis{ending}": axis(palette, domain=domains[1], anchor=f"x{ending}", **common),
    }


def _name(layer: str, domains: Domains, palette: Palette) -> dict[str, Any]:
    return {
        "x": domains[0][0],
        "y": domains[1][1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 1,
        "text": plain(shorten(layer, 24)),
        "showarrow": False,
        "font": {"size": SMALL_PX, "color": palette.muted},
    }
