"""A page for tests of the components: a text in the URL, its tokens, and what Python was told."""

import re

import numpy as np
import streamlit as st

from embedlib.ui.components.token_chips import Chip, token_chips
from embedlib.ui.components.vector_strip import vector_strip

TEXTS = ["Strawberries grow near the river bank.", "Another text altogether."]
VALUES = (np.sin(np.arange(384) * 0.7) * np.linspace(0.2, 1, 384) / 10).astype(np.float32)
VALUES[17] = -0.0432


def tokens_of(text: str, n_kept: int) -> list[Chip]:
    """Words in pieces of at most five letters, between [CLS] and [SEP]; the rest is cut."""
    chips = [Chip("[CLS]", 101, -1, 0, 0, special=True)]
    for word, match in enumerate(re.finditer(r"\w+|[^\w\s]", text)):
        for start in range(match.start(), match.end(), 5):
            end = min(start + 5, match.end())
            piece = ("##" if start > match.start() else "") + text[start:end]
            kept = len(chips) <= n_kept
            chips.append(Chip(piece, 1000 + start, word, start, end, False, kept, text[start:end]))
    closing = Chip("[SEP]", 102, -1, len(text), len(text), special=True)
    return [*[c for c in chips if c.kept], closing, *[c for c in chips if not c.kept]]


st.set_page_config(layout="wide")
number = st.session_state.setdefault("number", 0)
lost = st.session_state.setdefault("lost", 0)
start = st.session_state.setdefault("start", ())
chosen_text = st.query_params.get("text", TEXTS[number % 2])
n_kept = int(st.query_params.get("kept", 1000))


def change(name: str, value: object) -> None:
    """Set a value before the next run."""
    st.session_state[name] = value


columns = st.columns(4)
columns[0].button("Run again")
columns[1].button("Other data", on_click=change, args=("lost", lost + 1))
columns[2].button("Other text", on_click=change, args=("number", number + 1))
columns[3].button("Choose the first two", on_click=change, args=("start", (1, 2)))

st.title("Components")
result = token_chips(
    tokens_of(chosen_text, n_kept),
    text=chosen_text,
    key="chips",
    selectable=True,
    chosen=start,
    n_lost=lost,
)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Chosen: {list(result.chosen)}. Run {st.session_state.runs}.")
vector_strip(VALUES, key="strip")
