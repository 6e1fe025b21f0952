"""Showing: which map is on screen now, and what is being made; nothing applies silently.

While the map that is asked for is being made, the last one of the same texts stays, or PCA stands
there, which takes no time; a line says what made what is seen, another what is on its way.
"""

from typing import TYPE_CHECKING

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.jobs import Job
from embedlib.pace import duration
from embedlib.projection import PROJECTIONS
from embedlib.ui import resources
from embedlib.ui.background import PATIENCE_SECONDS, owner, progress_line
from embedlib.ui.literal import literal
from embedlib.ui.map import making
from embedlib.ui.map.making import MapPicture, key_of
from embedlib.ui.map.settings import MapSettings
from embedlib.ui.map.space import Space

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_SHOWN, _FIRST = "_map_shown", "_map_first"


def on_screen(space: Space, settings: MapSettings, slot: "DeltaGenerator") -> MapPicture:
    """The map to show; what is on its way, if anything, is said in `slot`."""
    wanted = key_of(space, settings)
    seconds = making.estimate_seconds(space, settings)
    before: MapPicture | None = st.session_state.get(_SHOWN)
    agreed = wanted in st.session_state.setdefault("_map_agreed", set())
    is_shown = before is not None and key_of(before.space, before.settings) == wanted
    if seconds > making.ASK_FIRST_SECONDS and not agreed and not is_shown:
        with slot:
            _ask(space, settings, seconds)
        return _until_then(space, before)
    job = making.start(space, settings)
    job.wait(PATIENCE_SECONDS)
    if not job.finished or job.error is not None:
        with slot:
            _pending(job, settings)
        return _until_then(space, before)
    picture = MapPicture(space, settings, job.result)
    st.session_state[_SHOWN] = picture
    return picture


def _until_then(space: Space, before: MapPicture | None) -> MapPicture:
    """The last map of the same texts, or PCA."""
    if before is not None and before.space.texts_key == space.texts_key:
        return before
    kept: MapPicture | None = st.session_state.get(_FIRST)
    if kept is None or kept.space.key != space.key or kept.space.texts_key != space.texts_key:
        kept = st.session_state[_FIRST] = making.at_once(space)
    return kept


def _ask(space: Space, settings: MapSettings, seconds: float) -> None:
    layers = f" at {len(space.layers)} layers" if settings.all_layers else ""
    label = f"Lay out {len(space):,} texts{layers} by {PROJECTIONS[settings.method].label}"
    if st.button(f"{label}, about {duration(seconds)}", type="primary"):
        st.session_state["_map_agreed"].add(key_of(space, settings))
        st.rerun()


def _pending(job: Job, settings: MapSettings) -> None:
    """How far the map is that is on its way, or how it ended."""
    if not job.finished:
        _watch(job, PROJECTIONS[settings.method].label)
        return
    if not isinstance(job.error, EmbedlibError):
        resources.jobs().forget(job.key)
        raise job.error
    st.text(f"{job.error} The map below is the one before.", width="stretch")
    st.button("Try again", on_click=resources.jobs().forget, args=(job.key,))


@st.fragment(run_every=0.5)
def _watch(job: Job, label: str) -> None:
    """One line with progress and cancel; a full rerun when the job ends."""
    if job.finished:
        st.rerun()
    now = job.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        line = literal(f"{label}: {progress_line(now)}")
        st.progress(min(1.0, now.done / now.total) if now.total else 0.0, text=line)
        stop = "Stopping" if job.cancelling else "Cancel"
        if st.button(stop, key="cancel_map", disabled=job.cancelling, width="content"):
            job.cancel(owner())
            st.rerun(scope="fragment")
