"""The page that `benchmarks/point_map.py` measures: clumps of points, shown on a click."""

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Cloud, Colouring, MapView, categories, numbers
from embedlib.ui.components.point_map import point_map

N_CLUMPS = 40


@st.cache_resource
def made(n: int) -> tuple[Cloud, list[Colouring]]:
    """Texts of 60 characters in clumps that move from frame to frame."""
    pick = np.random.default_rng(0)
    clump = pick.integers(0, N_CLUMPS, n)
    n_frames = 13 if n <= 200_000 else 3
    centres = pick.normal(size=(n_frames, N_CLUMPS, 2)) * 3
    frames = centres[:, clump] + pick.normal(size=(n_frames, n, 2))
    texts = tuple(
        f"A made-up text of some sixty characters, with the number {row}" for row in range(n)
    )
    labels = [f"clump {code}" for code in clump.tolist()]
    return Cloud(frames, texts), [categories("clump", labels), numbers("length", pick.random(n))]


st.set_page_config(layout="wide")
cloud, colourings = made(int(st.query_params["n"]))
if st.session_state.get("shown") or st.button("Show", key="show"):
    st.session_state.shown = True
    view = MapView("Clumps", "Made-up clumps of points, seed 0")
    state = point_map(cloud, colourings, view, key="map")
    st.text(f"Selected {len(state.selected)} rows")
