"""Following: the sidebar's layer goes where the map's slider was moved; nothing heavy here."""

import streamlit as st

KEY = "map"
MEMORY = f"{KEY} memory"  # where the component keeps what it heard
_LAYERS, _FRAME = "_map_layers", "_map_frame"


def follow_the_map() -> None:
    """Take the layer that the map's slider was moved to; to be called before the sidebar."""
    memory, layers = st.session_state.get(MEMORY), st.session_state.get(_LAYERS)
    if memory is None or not layers:
        return
    frame = memory.value("frame")
    if frame != st.session_state.get(_FRAME) and frame < len(layers):
        st.session_state[_FRAME] = frame
        st.session_state["layer"] = layers[frame]


def drawn(layers: tuple[int, ...], frame: int) -> None:
    """Remember which layers the map's slider has, and where it stands."""
    st.session_state[_LAYERS], st.session_state[_FRAME] = layers, frame


def forget() -> None:
    """Forget them: the texts are others."""
    for name in (MEMORY, _LAYERS, _FRAME):
        st.session_state.pop(name, None)
