"""A page for tests of the attention explorer: a made scene by the URL, and what Python was told."""

import streamlit as st

from embedlib.attention.scene import Scene
from embedlib.ui.components.attention_explorer import attention_explorer
from tests.e2e.scenes import scene_of

st.set_page_config(layout="wide")
asked = st.query_params


@st.cache_resource
def made(name: str, n_tokens: int, n_layers: int, n_heads: int, kind: str) -> Scene:
    """The same scene for every run, as a page keeps it."""
    return scene_of(name, n_tokens, n_layers, n_heads, kind)


for name, value in {"kind": "Weight", "start": ((1, 1),), "number": 0}.items():
    st.session_state.setdefault(name, value)


def change(name: str, value: object) -> None:
    """Set a value before the next run."""
    st.session_state[name] = value


columns = st.columns(4)
columns[0].button("Run again")
other = {"Weight": "Contribution", "Contribution": "Weight"}[st.session_state.kind]
columns[1].button("Other kind", on_click=change, args=("kind", other))
columns[2].button("Open another head", on_click=change, args=("start", ((0, 0),)))
columns[3].button("Other text", on_click=change, args=("number", 1))
text = asked.get("text", "plain") if st.session_state.number == 0 else "other"
scene = made(
    text,
    int(asked.get("tokens", 12)),
    int(asked.get("layers", 4)),
    int(asked.get("heads", 6)),
    st.session_state.kind,
)
found = attention_explorer(
    scene, key="explorer", selected=st.session_state.start, view=asked.get("view", "heat")
)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Selected {list(found.selected)}. Pinned {found.pinned}. Run {st.session_state.runs}.")
