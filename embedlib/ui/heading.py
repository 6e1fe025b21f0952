"""The head of every page: title, the question it answers, and how to read it."""

import streamlit as st

from embedlib.figures.theme import PALETTES, Palette
from embedlib.ui.pages import PAGES


def heading(name: str) -> None:
    """Title, question and "How to read this" of page `name`."""
    row = PAGES[name]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(row.title, anchor=False, width="content")
        st.caption(row.question, width="stretch")
        with st.popover("How to read this", width="content"):
            st.markdown(row.help)


def palette() -> Palette:
    """The colours of the theme that the person sees."""
    return PALETTES["dark" if st.context.theme.type == "dark" else "light"]
