"""Which heads are on show and which are switched off; in the session and in the address."""

import re
from collections.abc import Iterable

import streamlit as st

from embedlib.ui.attention.view import Head

SELECTED, OFF = "heads", "off"
_ONE = re.compile(r"(\d{1,4})\.(\d{1,4})", re.ASCII)


def chosen(key: str, n_layers: int, n_heads: int) -> tuple[Head, ...]:
    """The heads under `key` (SELECTED or OFF) that the model has; () for none."""
    if key not in st.session_state:
        st.session_state[key] = read(st.query_params.get(key, ""))
    return tuple(
        (layer, head)
        for layer, head in st.session_state[key]
        if layer < n_layers and head < n_heads
    )


def choose(key: str, heads: Iterable[Head]) -> None:
    """Put other heads on show (SELECTED) or switch other heads off (OFF); also as a callback."""
    st.session_state[key] = tuple(heads)
    if st.session_state[key]:
        st.query_params[key] = written(st.session_state[key])
    elif key in st.query_params:
        del st.query_params[key]


def name(head: Head) -> str:
    """ "layer 3, head 0": both counted from 0, as everywhere on the page."""
    return f"layer {head[0]}, head {head[1]}"


def written(heads: Iterable[Head]) -> str:
    """ "3.0,3.11" for an address."""
    return ",".join(f"{layer}.{head}" for layer, head in heads)


def read(text: str) -> tuple[Head, ...]:
    """The heads of an address; what is none is passed over.

    >>> read("3.0,x,3.11,3.0")
    ((3, 0), (3, 11))
    """
    found = (_ONE.fullmatch(part) for part in text[:20_000].split(","))
    return tuple(dict.fromkeys((int(one[1]), int(one[2])) for one in found if one))


def names(chosen: tuple[Head, ...], n_layers: int, n_heads: int) -> str:
    """What is on show in words: one head, or of which heads the mean."""
    if len(chosen) == 1:
        return name(chosen[0]).capitalize()
    layers, numbers = {layer for layer, _ in chosen}, {number for _, number in chosen}
    if len(chosen) == n_layers * n_heads:
        return "Mean of all heads"
    if len(layers) == 1 and len(numbers) == n_heads:
        return f"Mean of layer {chosen[0][0]}"
    if len(numbers) == 1 and len(layers) == n_layers:
        return f"Mean of head {chosen[0][1]} over layers"
    return f"Mean of {len(chosen)} heads"
