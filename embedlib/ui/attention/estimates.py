"""Asking before long work: an estimate and a button, where the work would be felt."""

from collections.abc import Hashable

import streamlit as st

from embedlib.pace import duration
from embedlib.ui.attention.view import AttentionView

_AT_ONCE_SECONDS = 6.0  # what takes less begins by itself
_OPERATIONS_A_SECOND = 2e10  # a laptop's two cores; it is an estimate before anything was measured


def agreed(seen: AttentionView, key: Hashable, n_tokens: int, label: str) -> bool:
    """Whether work may begin; otherwise its estimate and the button for it are drawn.

    Args:
        seen: The view; its model's size counts.
        key: What the work is kept under: who agreed once is not asked again.
        n_tokens: Tokens that the model will read in all.
        label: The button.
    """
    kept = st.session_state.setdefault("_agreed", set())
    card = seen.maps.encoder
    block = 12 * card.dim**2  # weights of a block, nearly: attention 4, feed-forward 8
    seconds = 2 * card.n_layers * block * n_tokens / _OPERATIONS_A_SECOND
    if seconds < _AT_ONCE_SECONDS or key in kept:
        return True
    st.text(f"{label}: {n_tokens:,} tokens to read, about {duration(seconds)}.")
    if st.button(label, type="primary"):
        kept.add(key)
        st.rerun()
    return False
