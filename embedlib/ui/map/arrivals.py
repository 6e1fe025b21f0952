"""Arrivals: what is still being found out about a map; the page is drawn anew when it is there.

Whoever starts such work calls `expect` with its job; the page calls `watch` when all have.
"""

from typing import TYPE_CHECKING

import streamlit as st

from embedlib.jobs import Job
from embedlib.ui.map import state

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

MOMENT_SECONDS = 0.1  # work on few texts is done in it
COLOUR_SECONDS = 10.0  # a person who colours by it would lose that, were it not waited for
_EXPECTED = "_map_expected"


def begin() -> None:
    """Nothing is expected yet; to be called before anything is started."""
    st.session_state[_EXPECTED] = []


def expect(job: Job, what: str, *colourings: str) -> None:
    """Wait a moment for `job`; longer where the map is coloured by what it gives.

    Args:
        job: What was started.
        what: What it finds out, in words.
        colourings: Names of the colourings that come of it.
    """
    job.wait(COLOUR_SECONDS if state.coloured_by() in colourings else MOMENT_SECONDS)
    if not job.finished:
        st.session_state[_EXPECTED].append((job, what))


def watch(slot: "DeltaGenerator") -> None:
    """A line on what is still being found out."""
    expected = st.session_state[_EXPECTED]
    if expected:
        with slot:
            _wait(expected)


@st.fragment(run_every=1.0)
def _wait(expected: list[tuple[Job, str]]) -> None:
    if any(job.finished for job, _ in expected):
        st.rerun()
    st.caption("Finding out " + " and ".join(what for _, what in expected) + ".")
