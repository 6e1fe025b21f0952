"""Which view of the Train page is open, and which run; the run stands in the address."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures.text import shorten
from embedlib.jobs import Work
from embedlib.ui import address, faults, resources
from embedlib.ui.background import PATIENCE_SECONDS, background, owner, result
from embedlib.ui.literal import literal

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

NEW, RUNS, OPEN = "new", "runs", "open"
_RUN, _VIEW, _NEXT = "_train_run", "train_view", "_train_next"
_PANEL_PX = 220


def view(bar: "DeltaGenerator", title: str, n_runs: int) -> str:
    """Draw the switch between the views and give the open one.

    Args:
        bar: Where the switch stands.
        title: Of the open run, "" where none is open.
        n_runs: How many runs there are.
    """
    labels = {NEW: "New run", RUNS: f"Runs ({n_runs})", OPEN: literal(shorten(title, 30))}
    options = [NEW, RUNS, OPEN] if opened() else [NEW, RUNS]
    if st.session_state.get(_VIEW) not in options:
        st.session_state[_VIEW] = NEW
    chosen = bar.segmented_control(
        "View",
        options,
        format_func=labels.get,
        key=_VIEW,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    address.put("run", opened() if chosen == OPEN else None)
    return chosen


def opened() -> str:
    """The id of the open run, "" for none; an address that names one opens it."""
    run_id = st.session_state.pop(_NEXT, None) or st.query_params.get("run")
    if run_id and run_id != st.session_state.get(_RUN):
        open_run(run_id)
    return st.session_state.get(_RUN, "")


def open_run(run_id: str) -> None:
    """Show a run; in a callback, or before the switch is drawn."""
    st.session_state[_RUN], st.session_state[_VIEW] = run_id, OPEN
    st.query_params["run"] = run_id


def open_next(run_id: str) -> None:
    """Show a run from the next drawing of the page on."""
    st.session_state[_NEXT] = run_id


def close_run() -> None:
    """Back to the list; in a callback."""
    st.session_state.pop(_RUN, None)
    st.session_state[_VIEW] = RUNS
    st.query_params.pop("run", None)


def begun(key: Hashable, work: Work, title: str) -> Any:
    """What `work` gives, which starts a process; stops the page until it is there.

    Returns:
        None where it could not be begun: that is said, and the page goes on.
    """
    job = resources.jobs().submit(key, work, owner=owner())
    if not job.wait(PATIENCE_SECONDS):
        result(job, title, _PANEL_PX)
    resources.jobs().forget(key)
    if isinstance(job.error, EmbedlibError):
        faults.show(job.error)
    elif job.error is not None:
        raise job.error
    return job.result


def kept(name: str, key: Hashable, work: Work, title: str) -> Any:
    """What `work` gives, made in the background and kept for this session until `key` changes.

    Unlike the results of other jobs it may be large: the server lets go of it, the session holds
    the last one.
    """
    held = st.session_state.get(name)
    if held is None or held[0] != key:
        asked = (name, owner(), key)
        made = background(asked, work, title, height=_PANEL_PX)
        resources.jobs().forget(asked)
        held = st.session_state[name] = (key, made)
    return held[1]
