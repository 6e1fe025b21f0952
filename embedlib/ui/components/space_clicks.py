"""space_clicks: hears which point of a Plotly figure in 3-D was clicked; draws nothing.

Streamlit's own events are those of selections, which Plotly has in two dimensions alone.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from embedlib.browser.assets import script
from embedlib.ui.components.front_end import register_part

_mount = register_part("space_clicks", script("space_clicks"))
_FARTHEST = 1e3  # of a camera, in sizes of the figure


def space_clicks(container: str, *, key: str, on_click: Callable[[int, Any], None]) -> None:
    """Hear of clicks in the figure that stands in the container with the key `container`.

    Args:
        container: A key of letters and underscores.
        key: Streamlit's key.
        on_click: Called before the next run with the `customdata` of the point, and with the
            camera that looked at it, or None.
    """

    def heard() -> None:
        found = clicked_point((st.session_state.get(key) or {}).get("clicked"))
        if found is not None:
            on_click(*found)

    _mount(key=key, data={"figure": container}, on_clicked_change=heard, height=0)


def clicked_point(sent: Any) -> tuple[int, dict[str, dict[str, float]] | None] | None:
    """The row and camera that a browser sent, which is not trusted; None where it is no click."""
    if not isinstance(sent, Mapping) or type(sent.get("row")) is not int or sent["row"] < 0:
        return None
    return sent["row"], _camera(sent.get("camera"))


def _camera(sent: Any) -> dict[str, dict[str, float]] | None:
    """A Plotly camera; None where anything of it is amiss."""
    if not isinstance(sent, Mapping):
        return None
    camera = {}
    for part in ("eye", "center", "up"):
        place = sent.get(part)
        values = [place.get(axis) for axis in "xyz"] if isinstance(place, Mapping) else [None]
        if not all(type(value) in (int, float) for value in values):
            return None
        if not all(math.isfinite(value) and abs(value) < _FARTHEST for value in values):
            return None
        camera[part] = dict(zip("xyz", map(float, values), strict=True))
    return camera
