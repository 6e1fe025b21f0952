"""Colour scales and axes that several pictures share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.figures.theme import SMALL_PX, Palette, axis

SCALE_BAR_PX = 44  # what a scale above the plot takes


def scale(colours: tuple[str, ...]) -> list[list[float | str]]:
    """`colours` as a Plotly colour scale."""
    return [[position / (len(colours) - 1), colour] for position, colour in enumerate(colours)]


def round_ticks(low: float, high: float, most: int = 6) -> tuple[list[float], list[str]]:
    """Round numbers from `low` to `high` to mark on a scale, and how they are written.

    >>> round_ticks(0.0333, 0.767), round_ticks(-0.0104, 0.0104)[1]
    (([0.2, 0.4, 0.6], ['0.2', '0.4', '0.6']), ['−0.010', '−0.005', '0.000', '0.005', '0.010'])
    """
    span = high - low
    if not span > 0:
        return [low], [f"{low:.4g}".replace("-", "−")]
    size = 10.0 ** np.floor(np.log10(span / most))
    step = next(size * n for n in (1, 2, 5, 10) if span / (size * n) <= most)
    digits = max(0, -int(np.floor(np.log10(step * 1.0001))))
    numbers = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1)
    ticks = [round(float(number * step), 12) + 0.0 for number in numbers]  # no minus zero
    words = [f"{tick:,.{digits}f}".replace("-", "−") for tick in ticks]
    return ticks, words


def scale_bar(palette: Palette, ticks: Sequence[float], words: Sequence[str]) -> dict[str, Any]:
    """A colour scale lying above the plot at its left edge; leave `SCALE_BAR_PX` for it.

    Args:
        palette: The theme.
        ticks: Values to mark.
        words: What to write at each.
    """
    return {
        "title": {"text": ""},  # without it Plotly moves the picture's title up, out of sight
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "ypad": 8,
        "xpad": 0,
        "lenmode": "pixels",
        "len": 240,
        "thickness": 10,
        "outlinewidth": 1,
        "outlinecolor": palette.border,
        "tickvals": list(ticks),
        "ticktext": list(words),
        "tickfont": {"size": SMALL_PX, "color": palette.muted},
    }


def count_axis(palette: Palette, title: str, most: int) -> dict[str, Any]:
    """An axis of whole numbers from 0 to `most`, without halves of a text."""
    steps = {"dtick": 1} if most <= 5 else {}
    return axis(palette, title, tickformat=",d", rangemode="tozero", **steps)
