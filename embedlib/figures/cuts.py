"""What a model's bound on tokens cuts off, as a histogram of the lengths of texts."""

from typing import Any

import numpy as np

from embedlib.figures.amounts import counted, percent
from embedlib.figures.colours import faded
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import count_axis
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.records import Ledger, Longs

_LEGEND = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "yanchor": "bottom",
    "traceorder": "normal",
}


def cut_texts(ledger: Ledger, palette: Palette, *, n_special: int = 2) -> Picture:
    """How many tokens texts have, where the model stops reading, and what lies beyond.

    Args:
        ledger: The truncation ledger.
        palette: The theme.
        n_special: Special tokens that the model adds to each text; they count towards its bound.
    """
    n_all = np.asarray(ledger.n_all)
    if not len(n_all):
        return blank(palette, "There are no texts to count")
    cut = ledger.cut
    bound = int(ledger.n_kept[cut].max()) if cut.any() else ledger.max_tokens - n_special
    title = _finding(ledger, bound)
    edges = _edges(n_all, bound)
    kept, lost = (np.histogram(n_all[chosen], bins=edges)[0] for chosen in (~cut, cut))
    traces = [
        _bars(kept, edges, "read whole", palette.accent, "", palette),
        _bars(lost, edges, "cut", palette.warn, "/", palette),
    ]
    frame = layout(
        palette,
        title,
        height=360,
        barmode="stack",
        bargap=0,
        xaxis=axis(
            palette,
            "tokens of a text, special tokens not counted",
            range=[0, float(edges[-1])],
            tickformat=",d",
            showgrid=False,
        ),
        yaxis=count_axis(palette, "texts", int((kept + lost).max())),
        showlegend=bool(cut.any()),
        legend=_LEGEND,
    )
    if bound <= edges[-1]:
        frame["shapes"], frame["annotations"] = _border(bound, float(edges[-1]), palette)
    alt = (
        f"{title}. Histogram of the tokens of {counted(len(n_all), 'text')}, from "
        f"{n_all.min():,} to {n_all.max():,}; the model reads {bound:,} at most."
    )
    return picture(traces, frame, alt)


def _finding(ledger: Ledger, bound: int) -> str:
    """How many texts are cut and what is lost, or by how much none is."""
    n, n_cut = len(ledger.n_all), int(ledger.cut.sum())
    if n_cut:
        share = percent(ledger.share_lost)
        are = "is" if n_cut == 1 else "are"
        return f"{n_cut:,} of {counted(n, 'text')} {are} cut; {share} of all tokens are lost"
    n_windows = int((ledger.n_windows > 1).sum())
    if n_windows:
        are = "is" if n_windows == 1 else "are"
        split = f"{n_windows:,} of {counted(n, 'text')} {are} read in several windows"
        return f"No token is lost: {split}"
    return f"No text is cut: the longest has {int(ledger.n_all.max()):,} of {bound:,} tokens"


def _edges(n_all: Longs, bound: int) -> Longs:
    """Edges of whole-number bins, one of which begins right behind the bound."""
    longest = int(n_all.max())
    step = max(1, -(-max(longest, 1) // 48))
    first = (bound + 1) % step
    edges = np.arange(first, longest + 2 * step, step)
    return np.concatenate([[0], edges]) if first else edges


def _bars(
    counts: Longs, edges: Longs, name: str, colour: str, pattern: str, palette: Palette
) -> dict[str, Any]:
    """One kind of text, with a pattern beside its colour."""
    return {
        "type": "bar",
        "name": name,
        "x": (edges[:-1] + (np.diff(edges) - 1) / 2).astype(np.float32),
        "width": np.diff(edges).astype(np.float32),
        "y": counts.astype(np.int32),
        "customdata": np.stack([edges[:-1], edges[1:] - 1], axis=1).astype(np.int32),
        "marker": {
            "color": colour,
            "line": {"width": 1, "color": palette.background},
            "pattern": {"shape": pattern, "fgcolor": palette.background, "size": 6},
        },
        "hovertemplate": (
            f"%{{y:,}} texts {name}<br>%{{customdata[0]:,}} to %{{customdata[1]:,}} tokens"
            "<extra></extra>"
        ),
    }


def _border(
    bound: int, end: float, palette: Palette
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line where the model stops reading, shade beyond it, and its name."""
    line = {
        "type": "line",
        "x0": bound + 0.5,
        "x1": bound + 0.5,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"width": 2, "color": palette.text, "dash": "dash"},
    }
    shade = {
        "type": "rect",
        "x0": bound + 0.5,
        "x1": end,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": faded(palette.warn, 0.12),
    }
    left = bound > end / 2
    name = {
        "x": bound + 0.5,
        "xanchor": "right" if left else "left",
        "xshift": -6 if left else 6,
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "text": f"the model reads {bound:,} tokens",
        "showarrow": False,
        "font": {"size": SMALL_PX, "color": palette.text},
    }
    return [line, shade], [name]
