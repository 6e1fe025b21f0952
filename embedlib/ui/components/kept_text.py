"""kept_text: typed text outlives a reload of its browser tab, without the server keeping it.

The browser's session storage has it until the tab is closed; another tab, another person and the
address do not. What is longer than `LIMITS["kept_characters"]` is not kept.
"""

from typing import Any

import streamlit as st

from embedlib.browser.assets import script
from embedlib.limits import LIMITS
from embedlib.ui.components.front_end import register_part

_mount = register_part("kept_text", script("kept_text"))


def kept_text(name: str) -> None:
    """Keep the text of the text area with the key `name`; put it back after a reload.

    Call it after the text area. In a session that has had no text yet, the browser is asked for
    what it kept.
    """
    text = st.session_state.get(name) or ""
    had = f"_{name}_had"  # from then on an empty text was emptied by a person
    if text:
        st.session_state[had] = True
    key = f"{name}_kept"

    def heard() -> None:
        found = restored((st.session_state.get(key) or {}).get("found"))
        if found and not st.session_state.get(name):
            st.session_state[name] = found

    fits = len(text) <= LIMITS["kept_characters"].value
    sent = {"name": name, "text": text if fits else "", "ask": had not in st.session_state}
    _mount(key=key, data=sent, on_found_change=heard, height=0)


def restored(sent: Any) -> str:
    """The text that a browser sent, which is not trusted; "" where it is none that was kept."""
    if not isinstance(sent, str) or len(sent) > LIMITS["kept_characters"].value:
        return ""
    return sent
