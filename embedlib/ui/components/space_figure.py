"""space_figure: beside a Plotly figure in 3-D: hears which point was clicked, keeps it turned.

Streamlit's own events are those of selections, which Plotly has in two dimensions alone, and it
puts another figure there whenever something in it changes. The camera stays in the browser.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import streamlit as st

from embedlib.browser.assets import script
from embedlib.ui.components.front_end import register_part

_mount = register_part("space_figure", script("space_figure"))


def space_figure(
    container: str, *, shown: Hashable, key: str, on_click: Callable[[int], None]
) -> None:
    """Stand by the figure in the container with the key `container`.

    Args:
        container: A key of letters and underscores.
        shown: What the figure is of: while it is the same, the figure stays turned as it was.
        key: Streamlit's key.
        on_click: Called before the next run with the `customdata` of the point.
    """

    def heard() -> None:
        row = clicked_row((st.session_state.get(key) or {}).get("clicked"))
        if row is not None:
            on_click(row)

    data = {"figure": container, "map": f"{hash(shown):x}"}
    _mount(key=key, data=data, on_clicked_change=heard, height=0)


def clicked_row(sent: Any) -> int | None:
    """The row that a browser sent, which is not trusted; None where it is no click."""
    row = sent.get("row") if isinstance(sent, Mapping) else None
    return row if type(row) is int and row >= 0 else None
