"""The download of a model: what it takes and under which licence, then progress and cancel."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.jobs import Job
from embedlib.models import CATALOG, available
from embedlib.records import Progress
from embedlib.ui import faults, resources
from embedlib.ui.background import owner, progress_line
from embedlib.ui.literal import literal

if TYPE_CHECKING:
    from embedlib.models.offers import HubDescription

OTHER = "Another name on the Hub"


def chooser() -> None:
    """Choose a model, see what a download takes, start it, watch it."""
    here = {model.name for model in available()}
    wanted = [row.hub_name for row in CATALOG.values() if not {row.name, row.hub_name} & here]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox("Model", [*wanted, OTHER], key="wanted", persist_state="session")
        if picked == OTHER:
            picked = st.text_input(
                "Name on the Hub", key="wanted_name", placeholder="organisation/model"
            ).strip()
        asked = st.button("Look up size and licence", disabled=not picked)
    if asked:
        st.session_state["_described"] = None
        _describe(picked)
    asked_for, found = st.session_state.get("_described") or (None, None)
    if found is not None and asked_for == picked:
        _confirm(found)
    _say_how_it_ended()
    job = st.session_state.get("_download")
    if job is not None:
        _panel(job)


def _describe(name: str) -> None:
    from embedlib.models.hub import describe

    try:
        with st.spinner("Asking the Hub"):
            st.session_state["_described"] = name, describe(name)
    except EmbedlibError as error:
        faults.show(error)


def _say_how_it_ended() -> None:
    """What became of the last download, until the next is looked up."""
    if notice := st.session_state.pop("_notice", None):
        st.success(literal(notice), icon=":material/check:")
    if (failure := st.session_state.pop("_failed", None)) is not None:
        if not isinstance(failure, EmbedlibError):
            raise failure
        faults.show(failure)


def _confirm(found: "HubDescription") -> None:
    st.text(
        f"{found.name}: {found.download_bytes / 1e6:,.0f} MB to download, "
        f"licence {found.licence or 'not stated'}, commit {found.revision[:10]}."
    )
    if st.button(f"Download {found.download_bytes / 1e6:,.0f} MB", type="primary"):
        st.session_state["_download"] = _start(found.name)
        st.rerun()


def _start(name: str) -> Job:
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> str:
        from embedlib.models.hub import download

        return download(name, progress=progress, cancelled=cancelled)

    return resources.jobs().submit(("download", name), work, owner=owner())


@st.fragment(run_every=0.5)
def _panel(job: Job) -> None:
    if job.finished:
        st.session_state["_download"] = None
        if job.error is None:
            st.session_state["_described"] = None
            st.session_state["_notice"] = f"{job.result} is ready: choose it in the sidebar."
        else:
            st.session_state["_failed"] = job.error
        st.rerun()
    now = job.progress
    st.progress(min(1.0, now.done / now.total) if now.total else 0.0, text=progress_line(now))
    if st.button("Cancel", key="cancel_download"):
        job.cancel(owner())
