"""What a model expects at one place before and after a change: two marks a word, and the line."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embedlib.figures.amounts import percent
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, quoted, shorten
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout

_ROW_PX = 26


def prediction_change(
    before: Mapping[str, float],
    after: Mapping[str, float],
    palette: Palette,
    *,
    what: str,
    n: int = 8,
) -> Picture:
    """The likeliest words before or after, with both probabilities.

    Args:
        before: Word to probability, 0 to 1; many more than `n`, so that those after are found.
        after: The same after the change.
        palette: The theme.
        what: The change, in our words: "without 2 heads".
        n: How many of the likeliest of each to show.
    """
    if not before or not after:
        return blank(palette, "There is no prediction to show")
    first, second = (sorted(side, key=lambda word: -side[word]) for side in (before, after))
    words = list(dict.fromkeys([*first[:n], *second[:n]]))
    # A word that is not among the likeliest has at most the probability of the last that is.
    values = [
        np.array([side.get(word, min(side.values())) for word in words], dtype=np.float32)
        for side in (before, after)
    ]
    title = f"{quoted(second[0])} stays the likeliest {what}: {percent(before[first[0]])} before, "
    title += f"{percent(after[second[0]])} after"
    if first[0] != second[0]:
        title = f"{quoted(first[0])} ({percent(before[first[0]])}) gives way to "
        title += f"{quoted(second[0])} ({percent(after[second[0]])}) {what}"
    most = max(float(side.max()) for side in values)
    frame = layout(
        palette,
        title,
        "Probability with all heads (○) and after (●); words that are likely in either",
        xaxis=axis(palette, "probability", range=[-0.02 * most, 1.06 * most]),
        yaxis=axis(
            palette,
            "word",
            tickvals=list(range(len(words))),
            ticktext=[plain(shorten(word, 20)) for word in words],
            tickfont={"size": SMALL_PX, "color": palette.text},
            range=[len(words) - 0.4, -0.6],
            showgrid=False,
        ),
    )
    frame["height"] = frame["margin"]["t"] + _ROW_PX * len(words) + 56
    traces = [_lines(values[0], values[1], palette)]
    traces += [
        _marks(side, words, name, symbol, palette)
        for side, name, symbol in zip(
            values, ("with all heads", "after"), ("circle-open", "circle"), strict=True
        )
    ]
    return picture(traces, frame, f"{title}. Probabilities of {len(words)} words.")


def _lines(before: Any, after: Any, palette: Palette) -> dict[str, Any]:
    path = np.full((len(before), 3), np.nan, dtype=np.float32)
    path[:, 0], path[:, 1] = before, after
    rows = np.repeat(np.arange(len(before), dtype=np.float32), 3)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": path.ravel(),
        "y": rows,
        "line": {"width": 2, "color": palette.border},
        "hoverinfo": "skip",
    }


def _marks(
    values: Any, words: list[str], name: str, symbol: str, palette: Palette
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": np.arange(len(values), dtype=np.int32),
        "marker": {"symbol": symbol, "size": 11, "color": palette.accent, "line": {"width": 2}},
        "hovertext": [plain(shorten(word, 40)) for word in words],
        "hovertemplate": f"%{{hovertext}}<br>{name} <b>%{{x:.6f}}</b><extra></extra>",
    }
