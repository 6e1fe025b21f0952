"""Bars beside names: how much each of a few things is, such as the pull of a token."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Floats

_BAR_PX = 22
_MOST = 60


def named_bars(
    names: Sequence[str],
    values: Floats,
    palette: Palette,
    title: str,
    *,
    unit: str,
    subtitle: str = "",
) -> Picture:
    """One horizontal bar a name, in the order given; the first 60 are drawn, and it is said.

    Args:
        names: Any texts.
        values: One number each; negative ones point left, in another colour.
        palette: The theme.
        title: The finding; a person's text in it is `quoted`.
        unit: Name and unit of the numbers.
        subtitle: What is drawn.
    """
    shown = np.asarray(values, dtype=np.float32)[:_MOST]
    if not len(shown):
        return blank(palette, title or "There is nothing to draw")
    if len(names) > _MOST:
        subtitle = f"{subtitle} The first {_MOST} of {len(names)} are drawn.".strip()
    frame = layout(palette, title, subtitle, hovermode="closest")
    frame["height"] = _BAR_PX * len(shown) + frame["margin"]["t"] + 70
    frame["bargap"] = 0.25
    frame["xaxis"] = axis(
        palette, unit, zeroline=True, zerolinecolor=palette.muted, zerolinewidth=1.5
    )
    frame["yaxis"] = _names(names[: len(shown)], palette)
    bars = _bars(names[: len(shown)], shown, palette)
    most = int(np.abs(shown).argmax())
    alt = f"{title}. Largest: {shorten(names[most], 40)}, {shown[most]:.3f}."
    return picture([bars], frame, alt)


def _names(names: Sequence[str], palette: Palette) -> dict[str, Any]:
    return axis(
        palette,
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[plain(shorten(name, 26)) for name in names],
        tickfont={"size": SMALL_PX, "color": palette.text},
        autorange="reversed",
        showgrid=False,
    )


def _bars(names: Sequence[str], values: Floats, palette: Palette) -> dict[str, Any]:
    colours = [palette.accent if value >= 0 else palette.bad for value in values.tolist()]
    return {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": list(range(len(values))),
        "hovertext": [wrapped(name, 60, 4) for name in names],
        "hovertemplate": "%{hovertext}<br><b>%{x:.4f}</b><extra></extra>",
        "marker": {"color": colours},
    }
