"""A model whose attention cannot be read: why, and what of the text can be shown all the same."""

import streamlit as st

from embedlib.errors import UnsupportedModelError
from embedlib.reading import corpus_from_text
from embedlib.ui import faults
from embedlib.ui.attention.texts import Asked
from embedlib.ui.choice import Choice
from embedlib.ui.explore import tokens
from embedlib.ui.pages import path_of


def show(choice: Choice, asked: Asked, why: UnsupportedModelError) -> None:
    """The reason, and the tokens of the text with their vectors at the sidebar's layer."""
    faults.show(why)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text("What this model makes of each token can be seen all the same:")
        st.page_link(path_of("explore"), label="Vectors of many texts: Explore")
    tokens.choose(choice, corpus_from_text(asked.text.replace("\n", " "), split="lines"))
