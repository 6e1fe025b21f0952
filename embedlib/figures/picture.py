"""Picture: what every figure function returns; a new figure is a function that ends in `picture`.

Plotly is imported only when a picture is made, so that palettes and texts cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from embedlib.figures.theme import Palette, layout


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure and its finding in words.

    Args:
        figure: A plotly.graph_objects.Figure; `st.plotly_chart(figure, theme=None)`.
        alt: One or two sentences for who cannot see it; plain text, not escaped.
    """

    figure: Any
    alt: str


def picture(traces: Sequence[dict[str, Any]], frame: dict[str, Any], alt: str) -> Picture:
    """The picture of some traces in a frame that `layout` made."""
    import plotly.graph_objects as go

    return Picture(go.Figure({"data": list(traces), "layout": frame}), alt)


def blank(palette: Palette, sentence: str, *, height: int = 160) -> Picture:
    """A picture with nothing in it but the sentence, without its full stop, that says why."""
    hidden = {"visible": False}
    frame = layout(palette, sentence, height=height, xaxis=hidden, yaxis=hidden)
    return picture([], frame, f"{sentence}.")
