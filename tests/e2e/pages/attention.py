"""A page for tests of the attention explorer: a made scene by the URL, and what Python was told."""

import streamlit as st

from embedlib.attention.scene import Scene
from embedlib.ui.components.attention_explorer import attention_explorer
from tests.e2e.scenes import scene_of

st.set_page_config(layout="wide")
asked = st.query_params
for name, value in {
    "kind": "Weight",
    "start": ((1, 1),),
    "text": asked.get("text", "numbers"),
}.items():
    st.session_state.setdefault(name, value)


@st.cache_resource
def made(text: str, n_tokens: int, n_layers: int, n_heads: int, kind: str) -> Scene:
    """The same scene for every run, as a page keeps it."""
    return scene_of(text, n_tokens, n_layers, n_heads, kind)


def change(name: str, value: object) -> None:
    """Set a value before the next run."""
    st.session_state[name] = value


kind = st.session_state.kind
kinds = ("Weight", "Contribution", *(f"Contribution {n}" for n in range(2, 6)))
kinds = kinds[: int(asked.get("kinds", 2))]
other = kinds[(kinds.index(kind) + 1) % len(kinds)]
columns = st.columns(4)
columns[0].button("Run again")
columns[1].button("Other kind", on_click=change, args=("kind", other))
columns[2].button("Open another head", on_click=change, args=("start", ((0, 0),)))
columns[3].button("Other text", on_click=change, args=("text", "other"))
sizes = [int(asked.get(name, n)) for name, n in {"tokens": 12, "layers": 4, "heads": 6}.items()]
found = attention_explorer(
    made(st.session_state.text, *sizes, kind),
    key="explorer",
    selected=st.session_state.start,
    view=asked.get("view", "heat"),
    height=int(asked.get("height", 420)),
)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Selected {list(found.selected)}. Pinned {found.pinned}. Run {st.session_state.runs}.")
