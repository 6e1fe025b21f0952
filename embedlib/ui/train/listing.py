"""The list of runs, newest first: open, rename, remove; those that train are kept fresh."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.training import runs
from embedlib.training.recipes import RECIPES
from embedlib.training.runs import Run
from embedlib.ui import faults
from embedlib.ui.literal import literal
from embedlib.ui.train import state, words

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_PAGE = 20
_ERROR = "_train_list_error"
_WIDTHS = [3.2, 2, 2.3, 2.7, 2, 2.8]


def show(found: Sequence[Run]) -> None:
    """Draw the list."""
    if (error := st.session_state.pop(_ERROR, None)) is not None:
        faults.show(error)
    if not found:
        st.caption("No run yet. Prepare one under *New run*; it will stand here and stay.")
        return
    most = st.session_state.setdefault("_train_listed", _PAGE)
    live = any(run.status().live for run in found[:most])
    st.fragment(_rows, run_every=2.0 if live else None)(tuple(found[:most]))
    if len(found) > most:
        st.button(f"Show more of {len(found):,}", on_click=_more)


def _rows(found: Sequence[Run]) -> None:
    for run in found:
        try:
            _row(run)
        except EmbedlibError as error:  # somebody removed or spoiled its folder meanwhile
            st.text(f"{run.id}: {error.what}")


def _row(run: Run) -> None:
    settings, status = run.settings, run.status()
    with st.container(border=True):
        cells = st.columns(_WIDTHS, vertical_alignment="center")
        _twice(cells[0], settings.name, words.rows(run))
        label, colour = words.badge(status)
        cells[1].badge(label, color=colour)
        _twice(cells[2], RECIPES[settings.recipe].label, settings.model)
        cells[3].text(words.score(run) or "–")
        _twice(cells[4], words.when(status.asked), words.took(run))
        with cells[5].container(horizontal=True, horizontal_alignment="right", gap="small"):
            if st.button("Open", key=f"open_{run.id}"):
                state.open_next(run.id)
                st.rerun()
            with st.popover("", icon=":material/more_vert:", help="Rename or remove"):
                _more_of(run, live=status.live)


def _twice(cell: "DeltaGenerator", first: str, second: str) -> None:
    """Two lines in a cell, the second one smaller."""
    with cell.container(gap=None):
        st.text(first)
        if second:
            st.caption(literal(second))


def _more_of(run: Run, *, live: bool) -> None:
    name = st.text_input("Name", run.settings.name, key=f"name_{run.id}", max_chars=80)
    if st.button("Rename", key=f"rename_{run.id}"):
        _done(lambda: runs.rename(run, name))
    if st.button(
        "Remove for good",
        key=f"remove_{run.id}",
        disabled=live,
        help="A run that waits or trains must be cancelled first." if live else None,
    ):
        _done(lambda: runs.remove(run))


def _done(change: Callable[[], object]) -> None:
    """Change a run; the whole page is drawn again, which tells of the number and the title too."""
    try:
        change()
    except EmbedlibError as error:
        st.session_state[_ERROR] = error
    st.rerun()


def _more() -> None:
    st.session_state["_train_listed"] += _PAGE
