"""One run: how far it is, its curves, cancel and resume; and its report once it is done.

All is read from the run's folder, so that it looks the same from every session, and after a
restart of the server.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures import CONFIG, training_curves
from embedlib.figures.training import CURVES_PX
from embedlib.records import Progress
from embedlib.training import runs
from embedlib.training.examples import PARTS
from embedlib.training.journal import Curves
from embedlib.training.recipes import RECIPES
from embedlib.training.runs import LOG, Run
from embedlib.training.status import Status
from embedlib.training.tasks import TASKS
from embedlib.ui import faults
from embedlib.ui.background import progress_line
from embedlib.ui.heading import palette
from embedlib.ui.literal import literal
from embedlib.ui.train import report, state, words
from embedlib.ui.train.ladder import ladder_table

_RESUMING, _DRAWN = "_train_resuming", "_train_drawn"
_BEST_HELP = "Of all epochs so far, on validation rows; the weights of that epoch are kept."
_STEADY_SECONDS = 3.0
_LOG_BYTES = 20_000
_LOG_LINES = 60


def find(run_id: str) -> Run | EmbedlibError | None:
    """The run of an id, why there is none, or None for no id."""
    if not run_id:
        return None
    try:
        run = runs.find(run_id)
        run.settings  # noqa: B018 - read now: it may be spoiled
    except EmbedlibError as error:
        return error
    return run


def title(run: Run | EmbedlibError | None) -> str:
    """What to call it in the switch between the views."""
    return run.settings.name if isinstance(run, Run) else "Not found"


def show(run: Run | EmbedlibError) -> None:
    """Draw the run, or say why it cannot be shown."""
    if not isinstance(run, Run):
        faults.show(run)
        st.button("Back to the list", on_click=state.close_run)
        return
    _resume_if_asked(run)
    status = run.status()
    if status.live:
        st.fragment(_watch, run_every=1.0)(run)
    elif status.state == "done":
        _head(run, status)
        _done(run)
    else:
        _head(run, status)
        _ended_early(run, status)
        _pictures(run)
        _facts(run)


def _done(run: Run) -> None:
    """The report, and below it how it came about, which is drawn first: the report may wait."""
    whole = st.container()
    if RECIPES[run.settings.recipe].changes_model:
        with st.expander("How it trained"):
            _curves(run)
    _facts(run)
    with whole:
        report.show(run)


def _watch(run: Run) -> None:
    """What changes while it trains; one full rerun when it ends."""
    status = run.status()
    if not status.live:
        st.rerun()
    _head(run, status)
    now = status.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        share = min(1.0, now.done / now.total) if now.total else 0.0
        line = progress_line(now) if now.total else words.sentence(run, status)
        st.progress(share, text=literal(line))
        stopping = words.stopping(run, status)
        st.button(
            "Stopping" if stopping else "Cancel",
            key="train_cancel",
            disabled=stopping,
            on_click=cancel,
            args=(run,),
        )
    _pictures(run, live=True)
    _facts(run)


def cancel(run: Run) -> None:
    """Ask a run to end; by force after three seconds. The page does not wait for it."""
    from embedlib.training import launch
    from embedlib.training.runs import CANCEL

    (run.folder / CANCEL).touch()  # at once, so that the button says so
    threading.Thread(target=launch.cancel, args=(run,), name="cancel run", daemon=True).start()


def _head(run: Run, status: Status) -> None:
    settings = run.settings
    label, colour = words.badge(status)
    rows = settings.data.get("rows", {})
    parts = [f"{rows[part]:,} {part}" for part in PARTS if part in rows]
    facts = [RECIPES[settings.recipe].label, settings.model, f"{', '.join(parts)} rows"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(label, color=colour, width="content")
        st.text(settings.name, width="content")
        st.caption(literal(" · ".join([*facts, f"seed {settings.seed}"])), width="stretch")


def _ended_early(run: Run, status: Status) -> None:
    """Why it ended, and the button to go on."""
    with st.container(border=True):
        st.text(status.what or words.sentence(run, status))
        if status.hint:
            st.text(status.hint)
        st.caption(
            "What its newest checkpoint holds is kept: resumed, it goes on from there."
            if RECIPES[run.settings.recipe].changes_model
            else "Resumed, it begins again; what was embedded is kept."
        )
        st.button("Resume", type="primary", on_click=_ask_to_resume, args=(run,))


def _ask_to_resume(run: Run) -> None:
    st.session_state[_RESUMING] = (run.id, run.status().resumes)


def _resume_if_asked(run: Run) -> None:
    """Start the run's process again; stops the page until it is there."""
    held = st.session_state.get(_RESUMING)
    if held is None or held[0] != run.id:
        return

    def work(progress: Callable[[Progress], None], _: Callable[[], bool]) -> None:
        from embedlib.training import launch

        progress(Progress(0, 0, "steps", 0.0, "Starting the process"))
        if not run.status().live:  # another session may have been faster
            launch.resume(run)

    state.begun(("train resume", *held), work, f"Resuming {run.settings.name}")
    st.session_state.pop(_RESUMING, None)


def _pictures(run: Run, *, live: bool = False) -> None:
    """Curves beside numbers for what trains in steps, and the ladder so far."""
    if not RECIPES[run.settings.recipe].changes_model:
        _ladder(run)
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _curves(run, live=live)
    with right:
        _numbers(run)
        _ladder(run)


def _curves(run: Run, *, live: bool = False) -> None:
    curves = _steady(run) if live else run.curves()
    score = TASKS[run.settings.task].score
    last = curves.train[-1] if curves.train else {}
    picture = training_curves(
        curves.column("train", "loss"),
        curves.column("validation", "loss"),
        curves.column("validation", score),
        palette(),
        score=f"validation {words.SCORES[score]}",
        steps=int(last.get("steps", 0)),
    )
    with st.container(height=CURVES_PX + 24, border=False):
        st.plotly_chart(
            picture.figure, theme=None, config=CONFIG, key=f"curves_{run.id}", alt=picture.alt
        )


def _steady(run: Run) -> Curves:
    """The curves of a few seconds ago: each new picture takes the box from under the pointer."""
    held = st.session_state.get(_DRAWN)
    now = time.monotonic()
    if held is None or held[0] != run.id or now - held[1] > _STEADY_SECONDS:
        held = st.session_state[_DRAWN] = (run.id, now, run.curves())
    return held[2]


def _numbers(run: Run) -> None:
    """Epoch, learning rate and texts a second of the last measured step, and the best epoch."""
    curves = run.curves()
    last: dict[str, Any] = curves.train[-1] if curves.train else {}
    key = TASKS[run.settings.task].score
    best = max((line[key] for line in curves.validation if line.get(key) is not None), default=None)
    cells = [*st.columns(2), *st.columns(2)]
    epochs = run.settings.options.get("epochs")
    shown = {
        "Epoch": f"{last['epoch']:.1f} of {epochs}" if last else "–",
        f"Best {words.SCORES[key]}": "–" if best is None else f"{best:.3f}",
        "Learning rate": f"{last['learning_rate']:.2g}" if "learning_rate" in last else "–",
        "Texts a second": f"{last['texts_per_second']:,.0f}" if last else "–",
    }
    for cell, (label, value) in zip(cells, shown.items(), strict=True):
        cell.metric(label, value, help=_BEST_HELP if label.startswith("Best") else None)


def _ladder(run: Run) -> None:
    climbed = (run.ladder() or {}).get("ladder", [])
    waiting = [*run.settings.rungs, run.settings.recipe]
    beside_curves = RECIPES[run.settings.recipe].changes_model
    ladder_table(climbed, waiting, short=beside_curves)
    if beside_curves:
        st.caption("The table has scores of test rows, the curves those of validation rows.")


def _facts(run: Run) -> None:
    """The log's end, and everything that decides the run."""
    log = st.expander("Log", key="train_log", on_change="rerun")
    if log.open:
        with log:
            st.code(tail(run) or "Nothing was written.", language=None, height=240)
    settings = st.expander("Settings", key="train_settings", on_change="rerun")
    if settings.open:
        from dataclasses import asdict

        with settings:
            st.json(asdict(run.settings))
            st.text(f"Folder: {run.folder}")


def tail(run: Run) -> str:
    """The last lines of the run's log."""
    try:
        with (run.folder / LOG).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _LOG_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LOG_LINES:])
