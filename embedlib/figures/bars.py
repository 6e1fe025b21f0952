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
    frame["yaxis"] = axis(
        palette,
        tickmode="array",
        tickvals=list(range(len(shown))),
        ticktext=[plain(shorten(name, 26)) for name in names[:_MOST]],
        tickfont={"size": SMALL_PX, "color": palette.text},
        autorange="reversed",
        showgrid=False,
    )
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": shown,
        "y": list(range(len(shown))),
        "hovertext": [wrapped(name, 60, 4) for name in names[:_MOST]],
        "hovertemplate": "%{hovertext}<br><b>%{x:.4f}</b><extra></extra>",
        "marker": {
            "color": [palette.accent if value >= 0 else palette.bad for value in shown.tolist()]
        },
    }
    most = int(np.abs(shown).argmax())
    alt = f"{title}. Largest: {shorten(names[most], 40)}, {shown[most]:.3f}."
    return picture([bars], frame, alt)
