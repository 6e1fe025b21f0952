"""Ask first: a button with an estimate stands before work that takes more than some seconds."""

from collections.abc import Hashable

import streamlit as st

from embedlib.pace import duration

ASK_FIRST_SECONDS = 6


def agreed(key: Hashable, seconds: float, what: str, label: str, *, least: float = 0) -> bool:
    """Whether the work may begin: at once where it is short, else once its button was pressed.

    Args:
        key: Of the work; who agreed once is not asked again.
        seconds: What it is expected to take on two cores.
        what: What will be done, with its size: "28 cells of 10,003 rows".
        label: On the button.
        least: Ask above so many seconds; 0 for `ASK_FIRST_SECONDS`.
    """
    known = st.session_state.setdefault("_agreed", set())
    if seconds < (least or ASK_FIRST_SECONDS) or key in known:
        return True
    st.text(f"{what}. On two cores this takes about {duration(seconds)}.")
    if st.button(label, type="primary"):
        known.add(key)
        st.rerun()
    return False
