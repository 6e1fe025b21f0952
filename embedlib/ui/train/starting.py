"""Estimate and start: a few measured steps, then a run in the line; neither blocks the page."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import streamlit as st

from embedlib import paths
from embedlib.errors import EmbedlibError
from embedlib.jobs import Job
from embedlib.pace import duration
from embedlib.records import Progress
from embedlib.training import runs
from embedlib.training.doctor import Applied, Finding
from embedlib.training.estimating import Estimate, estimate
from embedlib.training.examples import Examples
from embedlib.training.recipes import RECIPES
from embedlib.training.rungs import LADDER
from embedlib.training.settings import Settings
from embedlib.ui import faults, resources
from embedlib.ui.background import owner
from embedlib.ui.train import doctor, state
from embedlib.ui.train.prepared import Divided, Prepared

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_STARTING, _ESTIMATE = "_train_starting", "_train_estimate"


def place(*, ready: bool) -> "DeltaGenerator":
    """Where the buttons will stand; until rows are ready, with some that cannot be pressed."""
    slot = st.empty()
    if ready:
        return slot
    with slot.container():
        with st.container(horizontal=True, gap="small"):
            st.button("Start training", type="primary", disabled=True, key="start_waits")
            st.button("Estimate", disabled=True, key="estimate_waits")
        st.caption("The data doctor looks at the rows.")
    return slot


def controls(
    made: Settings | None, rows: Prepared, parts: Divided, findings: Sequence[Finding]
) -> None:
    """The buttons that estimate and start, or why there is nothing to start.

    Args:
        made: What is to run, None where the choices do not go together.
        rows: What the doctor has seen.
        parts: The same rows, split.
        findings: All that was found.
    """
    reasons = doctor.blocking(findings)
    blocked = bool(reasons) or parts.examples is None or made is None
    with st.container(horizontal=True, gap="small"):
        started = st.button("Start training", type="primary", disabled=blocked)
        measured = st.button(
            "Estimate",
            disabled=blocked,
            help="Measures a few real steps: time, memory and disk that the run would take.",
        )
    for reason in reasons:
        st.text(f"Before it can start: {reason}")
    if made is None or parts.examples is None or reasons:
        if not reasons and made is not None:
            st.caption("These rows cannot be split: why is said above the rows of each label.")
        return
    if started:
        st.session_state[_STARTING] = (uuid.uuid4().hex, made, parts.examples, rows.applied)
        st.rerun()
    _estimating(made, rows, parts.examples, findings, asked=measured)


def begin() -> None:
    """Go on with a start that was asked for; stops the page until the run is in the line."""
    held = st.session_state.get(_STARTING)
    if held is None:
        return
    mark, made, examples, applied = held

    def work(progress: Callable[[Progress], None], _: Callable[[], bool]) -> str:
        progress(Progress(0, 0, "rows", 0.0, "Writing the rows, starting the process"))
        return start(made, examples, applied)

    run_id = state.begun(("train start", mark), work, f"Starting {made.name}")
    st.session_state.pop(_STARTING, None)
    if run_id is not None:
        state.open_next(run_id)
        st.rerun()


def start(made: Settings, examples: Examples, applied: Sequence[Applied]) -> str:
    """A new run in the line; its id.

    Raises:
        EmbedlibError: If the data does not suit, too many runs wait, or it cannot be written.
    """
    from embedlib.training import launch
    from embedlib.training.line import check_room

    check_room(paths.runs_folder())
    facts = {"remedies": [one.plain() for one in applied]}
    run = runs.create(replace(made, data=facts), examples)
    launch.start(run)
    return run.id


def _estimating(
    made: Settings,
    rows: Prepared,
    examples: Examples,
    findings: Sequence[Finding],
    *,
    asked: bool,
) -> None:
    """What it will take, once it was asked for; another setting needs another measurement."""
    key = ("train estimate", owner(), _digest(made), rows.key)
    if asked:
        resources.jobs().forget(key)
        st.session_state[_ESTIMATE] = (key, None)
    wanted, found = st.session_state.get(_ESTIMATE, (None, None))
    if wanted != key:
        st.caption(doctor.summary(findings))
        return
    if found is not None:
        _say(found, made)
        return

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Estimate:
        progress(Progress(0, 0, "steps", time.time(), "Measuring a few steps"))
        return estimate(made, examples, cancelled)

    job = resources.jobs().submit(key, work, owner=owner())
    if not job.finished:
        _measuring(job)
    elif isinstance(job.error, EmbedlibError):
        faults.show(job.error)
    elif job.error is not None:
        resources.jobs().forget(key)
        raise job.error
    else:
        st.session_state[_ESTIMATE] = (key, job.result)
        _say(job.result, made)


@st.fragment(run_every=0.5)
def _measuring(job: Job) -> None:
    if job.finished:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        began = job.progress.seconds
        waited = f", {time.time() - began:.0f} s" if began else ""
        st.text(f"Measuring a few steps{waited}", width="stretch")
        if st.button("Stopping" if job.cancelling else "Cancel", disabled=job.cancelling):
            job.cancel(owner())
            st.rerun(scope="fragment")


def _say(found: Estimate, made: Settings) -> None:
    memory = "" if found.memory_bytes is None else f", {found.memory_bytes / 1e9:.1f} GB of memory"
    steps = f"{found.steps:,} steps, " if found.steps else ""
    st.text(
        f"About {duration(found.seconds)}: {steps}{found.texts_per_second:,.0f} texts/s"
        f"{memory}, {_size(found.disk_bytes)} on disk."
    )
    if int(made.options.get("patience", 0)):
        st.caption("Less where it stops early, more where the machine has other work.")
    slow = [LADDER[name].label for name in made.rungs if not LADDER[name].quick]
    if slow:
        st.caption(f"{RECIPES[made.recipe].label} alone; {' and '.join(slow)} come on top.")
    if made.trials:
        st.caption(f"Up to {made.trials} trials come on top, none after {made.minutes:g} min.")


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes >= 1e6 else f"{max(n_bytes / 1e3, 1):,.0f} KB"


def _digest(made: Settings) -> str:
    content = json.dumps(asdict(replace(made, name="")), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
