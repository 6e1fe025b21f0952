"""The page of `benchmarks.attention_browser`: a scene whose weights are there, at a click."""

import os

import numpy as np
import streamlit as st

from embedlib.attention.scene import Scene
from embedlib.ui.components.attention_explorer import attention_explorer

st.set_page_config(layout="wide")


@st.cache_resource
def weights() -> np.ndarray:
    """(layer, head, query, key) float32, in memory before anything is asked for."""
    return np.load(os.environ["ATTENTION_WEIGHTS"])


values = weights()
if st.button("Show"):
    st.session_state.shown = True
if st.session_state.get("shown"):
    if "scene" not in st.session_state:
        n_layers, _, n_tokens, _ = values.shape
        st.session_state.scene = Scene(
            values,
            tuple(f"token{number}" for number in range(n_tokens)),
            np.zeros(n_tokens, dtype=bool),
            np.zeros(n_tokens, dtype=np.int32),
            np.ones(n_layers, dtype=np.float32),
        )
    attention_explorer(st.session_state.scene, key="explorer", selected=[(0, 0)])
