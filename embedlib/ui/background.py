"""Background work for a page: wait for it with progress, estimate and cancel, or show how it ended.

The work belongs to the server, not to a session: it goes on when the page is left, and two people
who ask for the same wait for the same job.
"""

from collections.abc import Hashable
from typing import Any

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.jobs import Job, Work
from embedlib.pace import said
from embedlib.records import Progress
from embedlib.ui import faults, resources

PATIENCE_SECONDS = 0.7  # work that ends within this shows no progress panel
PANEL_PX = 520  # as high as most pictures


def background(key: Hashable, work: Work, title: str, *, height: int = PANEL_PX) -> Any:
    """What `work` gives; stops the page, with progress and cancel, until it is there.

    Args:
        key: Of model, texts (their digest, never themselves) and every setting of the work; who
            asks for the same key waits for the same work. The last results are kept, so that
            they must be small.
        work: Called with (progress, cancelled) in a thread of the server; no Streamlit there.
        title: What is being done, as a person reads it.
        height: Of the panel with the progress, in pixels: that of what will stand there.
    """
    return result(resources.jobs().submit(key, work, owner=owner()), title, height)


def result(job: Job, title: str, height: int = PANEL_PX) -> Any:
    """What `job` gives; stops the page, with progress and cancel, until it is there."""
    if waits(job, title, height):
        st.stop()
    if job.error is not None:
        if isinstance(job.error, EmbedlibError):
            faults.show(job.error)
            st.button("Try again", on_click=resources.jobs().forget, args=(job.key,))
            st.stop()
        resources.jobs().forget(job.key)
        raise job.error
    return job.result


def waits(job: Job, title: str, height: int = PANEL_PX) -> bool:
    """Whether `job` still works; then its progress and cancel stand here, and the page goes on."""
    job.wait(PATIENCE_SECONDS)
    if not job.finished:
        _panel(job, title, height)
        return True
    return False


# Once a second: Streamlit clears memory after each drawing, which the work has to wait for.
@st.fragment(run_every=1.0)
def _panel(job: Job, title: str, height: int) -> None:
    """Progress with rate, time left and cancel; one full rerun when the job ends."""
    if job.finished:
        st.rerun()
    with st.container(border=True, height=height, vertical_alignment="center"):
        st.text(title)
        now = job.progress
        st.progress(min(1.0, now.done / now.total) if now.total else 0.0, text=progress_line(now))
        stop = "Stopping" if job.cancelling else "Cancel"
        # Two panels of one page may wait at once, each with its button.
        if st.button(stop, disabled=job.cancelling, key=f"cancel {hash(job.key)}"):
            job.cancel(owner())
            st.rerun(scope="fragment")


def progress_line(now: Progress) -> str:
    """ "1,200 of 10,003 texts (12%), 210 texts/s, 42 s left", and what is happening."""
    if not now.total:
        return now.note or "Waiting"
    return f"{said(now)}. {now.note}" if now.note else said(now)


def owner() -> str:
    """Who asks: the session; a job ends when all who asked for it have cancelled."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    return "server" if context is None else context.session_id
