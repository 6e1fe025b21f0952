"""How long vectors are: bars for few texts, a histogram for many."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import number
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import count_axis
from embedlib.figures.text import plain, quoted, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.geometry.doors import checked
from embedlib.records import Floats

_MOST_BARS = 30
_NAME_COLUMNS = 30


def norms_bar(norms: Floats, texts: Sequence[str], palette: Palette) -> Picture:
    """The length of each text's vector: bars for few texts, a histogram for many.

    Args:
        norms: (text,) L2 norms.
        texts: (text,) the texts.
        palette: The theme.

    Raises:
        OptionError: If the numbers of norms and texts differ, or a norm is not finite.
    """
    lengths = np.asarray(norms, dtype=np.float32)
    if lengths.shape != (len(texts),):
        raise OptionError(f"There must be one norm a text, got {lengths.shape} for {len(texts)}.")
    if not len(texts):
        return blank(palette, "There are no vectors to measure")
    checked(lengths, "The norms", n_axes=1)
    title = _norm_words(lengths, texts)
    few = len(texts) <= _MOST_BARS
    trace, frame = (_bars if few else _histogram)(lengths, texts, title, palette)
    alt = (
        f"{title}. L2 norms of {len(texts):,} vectors, median {number(float(np.median(lengths)))}."
    )
    return picture([trace], frame, alt)


def _norm_words(lengths: Floats, texts: Sequence[str]) -> str:
    """The finding: from where to where lengths run, and whose vector is longest."""
    zero = int((lengths == 0).sum())
    if zero:
        return f"{zero:,} of {len(texts):,} vectors {'is' if zero == 1 else 'are'} zero"
    low, high = float(lengths.min()), float(lengths.max())
    if high - low <= 1e-4 * high:
        return f"All vectors have the length {number(high)}"
    longest = quoted(texts[int(lengths.argmax())])
    return f"Lengths run from {number(low)} to {number(high)}; the longest is {longest}"


def _bars(
    lengths: Floats, texts: Sequence[str], title: str, palette: Palette
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A bar a text, the first on top."""
    n = len(texts)
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": lengths,
        "y": np.arange(n, dtype=np.int32),
        "marker": {"color": palette.accent},
        "width": 0.62,
        "text": [number(float(length)) for length in lengths],
        "textposition": "outside",
        "textfont": {"size": SMALL_PX, "color": palette.text},
        "cliponaxis": False,
        "hovertext": [wrapped(text) for text in texts],
        "hovertemplate": "%{hovertext}<br>length <b>%{x:.6g}</b><extra></extra>",
    }
    names = axis(
        palette,
        tickvals=[*range(n)],
        ticktext=[
            f"{plain(shorten(text, _NAME_COLUMNS))}  <b>{row + 1}</b>"
            for row, text in enumerate(texts)
        ],
        tickfont={"size": SMALL_PX, "color": palette.text},
        range=[n - 0.4, -0.6],
        showgrid=False,
    )
    most = float(lengths.max()) or 1.0
    frame = layout(
        palette,
        title,
        xaxis=axis(palette, "length of the vector (L2 norm)", range=[0, 1.12 * most]),
        yaxis=names,
    )
    frame["height"] = frame["margin"]["t"] + 26 * n + 60
    return trace, frame


def _histogram(
    lengths: Floats, texts: Sequence[str], title: str, palette: Palette
) -> tuple[dict[str, Any], dict[str, Any]]:
    """How many vectors have which length."""
    counts, edges = np.histogram(lengths, bins=int(np.clip(np.sqrt(len(texts)) * 1.5, 12, 60)))
    trace = {
        "type": "bar",
        "x": ((edges[1:] + edges[:-1]) / 2).astype(np.float32),
        "y": counts.astype(np.int32),
        "width": np.diff(edges).astype(np.float32),
        "customdata": np.stack([edges[:-1], edges[1:]], axis=1).astype(np.float32),
        "marker": {"color": palette.accent, "line": {"width": 1, "color": palette.background}},
        "hovertemplate": (
            "%{y:,} texts<br>length %{customdata[0]:.4g} to %{customdata[1]:.4g}<extra></extra>"
        ),
    }
    frame = layout(
        palette,
        title,
        height=340,
        xaxis=axis(palette, "length of the vector (L2 norm)", showgrid=False),
        yaxis=count_axis(palette, "texts", int(counts.max())),
        bargap=0,
    )
    return trace, frame
