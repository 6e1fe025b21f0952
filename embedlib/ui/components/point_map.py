"""point_map: the interactive map of a `Cloud`; everything on it happens in the browser.

Arrays travel once: each bundle has an invisible mount of its own, whose message Streamlit replaces
by a reference when it repeats, and so has the code. What is sent again when something changes is
the view (map_payload.py), which is small. Python hears only of what a person chose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from embedlib.browser.assets import ASSETS, SHARED, joined, script, style
from embedlib.browser.bundles import Bundle
from embedlib.browser.rows import unpacked_rows
from embedlib.errors import OptionError
from embedlib.figures.cloud import Cloud, Colouring, MapView
from embedlib.figures.map_payload import view_payload
from embedlib.figures.text import clean
from embedlib.records import Longs
from embedlib.ui.components.front_end import register_part
from embedlib.ui.components.map_memory import Memory, heard, heard_from, next_memory

HEIGHT_PX, LEAST_PX = 640, 320

_FOLDER = ASSETS / "point_map"
_MEETING = (SHARED / "runs.js", _FOLDER / "registry.js")
_DATA = joined(*_MEETING, _FOLDER / "mounts" / "data.js")
_VIEW = joined(*_MEETING, _FOLDER / "mounts" / "view.js")
_mount_kit = register_part("point_map_kit", script("point_map"))
_mount_bundle = register_part("point_map_data", _DATA)
_mount_view = register_part("point_map", _VIEW, style("point_map"))


@dataclass(frozen=True, eq=False)
class MapState:
    """What a person has chosen in a map.

    Args:
        selected: Rows in the lasso or box, ascending.
        opened: The row that was clicked; None after a click beside the points, or Escape.
        frame: Number of the frame.
        colouring: Name of the colouring.
    """

    selected: Longs
    opened: int | None
    frame: int
    colouring: str


def point_map(
    cloud: Cloud,
    colourings: Sequence[Colouring],
    view: MapView,
    *,
    key: str,
    link: str | None = None,
    link_zoom: bool = False,
    height: int = HEIGHT_PX,
) -> MapState:
    """Show the map, and give what a person has chosen in it.

    `view` says with what to begin. While it asks for the same, or for what is in the result, a
    person's choice stands; any other value replaces it. A choice survives reruns, leaving the page
    and coming back, and another layout of the same texts. Keep `cloud` and `colourings` between
    runs (session state, a cached function): packing them costs more than showing them.

    Args:
        cloud: The points.
        colourings: Ways to colour them, with different names; at least one.
        view: What to show of them, and what to say about it.
        key: Streamlit's key.
        link: Maps of one name share what is pointed at, selected and opened.
        link_zoom: Whether linked maps share the zoom too.
        height: In pixels, with all controls.

    Raises:
        OptionError: If a row, frame or colouring is named that there is not, or the map is too low.
        LimitError: If something is more than `limits` allows.
    """
    if height < LEAST_PX:
        raise OptionError(f"A map must be at least {LEAST_PX} pixels high, got {height}.")
    payload = view_payload(cloud, colourings, view)
    names = tuple(clean(colouring.name) for colouring in colourings)
    begun = Memory(cloud.words.digest, cloud.ids, cloud.n_frames, names, {})
    memory = next_memory(st.session_state.get(_memory_key(key)), begun, payload["asked"])
    st.session_state[_memory_key(key)] = memory
    with st.container(gap=None, key=f"{key} map"):
        _mount_arrays(cloud, colourings, key)
        _mount_view(
            key=key,
            data=payload
            | {
                "key": key,
                "epochs": memory.epochs,
                "height": height,
                "link": link,
                "link_zoom": link_zoom,
            },
            on_heard_change=partial(_hear, key, _linked(key, link)),
        )
    return _state_of(memory)


def _state_of(memory: Memory) -> MapState:
    rows = unpacked_rows(memory.value("selected"), len(memory.ids))
    return MapState(rows, memory.value("opened"), memory.value("frame"), memory.value("colouring"))


def _memory_key(key: str) -> str:
    return f"{key} memory"


def _mount_arrays(cloud: Cloud, colourings: Sequence[Colouring], key: str) -> None:
    """The code and every bundle, each in a mount that draws nothing."""
    _mount_kit(key=f"{key} kit", height=0)
    bundles = [cloud.places, cloud.words, *(colouring.packed for colouring in colourings)]
    for bundle in {bundle.digest: bundle for bundle in bundles}.values():
        _mount_bundle(key=f"{key} {bundle.digest}", data=_content(bundle), height=0)


def _content(bundle: Bundle) -> bytes:
    return bundle.digest.encode("ascii") + bundle.content


def _linked(key: str, link: str | None) -> list[str]:
    """The keys of the other maps of this link that were shown so far."""
    if link is None:
        return []
    keys = st.session_state.setdefault(f"point_map link {link}", [])
    if key not in keys:
        keys.append(key)
    return keys


def _hear(key: str, linked: Sequence[str]) -> None:
    """Before the script runs: what the browser sent goes into the memory, and into linked ones."""
    sent = (st.session_state.get(key) or {}).get("heard")
    memory = heard(st.session_state[_memory_key(key)], sent)
    st.session_state[_memory_key(key)] = memory
    for other in linked:
        theirs = st.session_state.get(_memory_key(other))
        if other != key and theirs is not None:
            st.session_state[_memory_key(other)] = heard_from(theirs, memory)
