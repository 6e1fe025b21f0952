"""Which heads are on show and which are switched off; in the session and in the address.

In code blocks and heads count from 0. A person reads and links to them counted from 1, so that
"layer 4" is the same on every page: the block whose output is layer 4 (layer 0 has no attention).
"""

import re
from collections.abc import Iterable

import streamlit as st

from embedlib.ui import address
from embedlib.ui.attention.view import Head

SELECTED, OFF = "heads", "off"
FIRST = 1  # what the first block and the first head are called on the page
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
    address.put(key, written(st.session_state[key]), default="")


def name(head: Head) -> str:
    """As a person reads it, counted from 1.

    >>> name((3, 0))
    'layer 4, head 1'
    """
    return f"layer {head[0] + FIRST}, head {head[1] + FIRST}"


def written(heads: Iterable[Head]) -> str:
    """For an address, counted from 1.

    >>> written([(3, 0), (3, 11)])
    '4.1,4.12'
    """
    return ",".join(f"{layer + FIRST}.{head + FIRST}" for layer, head in heads)


def read(text: str) -> tuple[Head, ...]:
    """The heads of an address; what is none is passed over.

    >>> read("4.1,x,0.1,4.12,4.1")
    ((3, 0), (3, 11))
    """
    found = (_ONE.fullmatch(part) for part in text[:20_000].split(","))
    pairs = ((int(one[1]) - FIRST, int(one[2]) - FIRST) for one in found if one)
    return tuple(dict.fromkeys(pair for pair in pairs if min(pair) >= 0))


def names(chosen: tuple[Head, ...], n_layers: int, n_heads: int) -> str:
    """What is on show in words: one head, or of which heads the mean."""
    if len(chosen) == 1:
        return name(chosen[0]).capitalize()
    layers, numbers = {layer for layer, _ in chosen}, {number for _, number in chosen}
    if len(chosen) == n_layers * n_heads:
        return "Mean of all heads"
    if len(layers) == 1 and len(numbers) == n_heads:
        return f"Mean of layer {chosen[0][0] + FIRST}"
    if len(numbers) == 1 and len(layers) == n_layers:
        return f"Mean of head {chosen[0][1] + FIRST} over layers"
    return f"Mean of {len(chosen)} heads"
