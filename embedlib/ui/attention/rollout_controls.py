"""What a rollout is asked for: method, residual share, up to which layer, and whose sources."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.attention import token_shares
from embedlib.attention.pooled import pooled_tokens
from embedlib.figures import quoted
from embedlib.pooling import POOLINGS
from embedlib.records import Floats
from embedlib.ui import address
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.view import AttentionView

METHODS = {
    "assumed": "Rollout",
    "measured": "Measured rollout",
    "flow": "Flow",
}


@dataclass(frozen=True, eq=False)
class Asked:
    """What the controls say.

    Args:
        method: A key of `METHODS`.
        residual: The residual share that is assumed, 0 to 1.
        layer: Up to which block, from 0.
        start: (token,) how much of each token the vector is made of whose sources are shown.
        whose: That vector in words: "the text's vector (mean)".
    """

    method: str
    residual: float
    layer: int
    start: Floats
    whose: str


def controls(seen: AttentionView) -> Asked:
    """Draw the controls in one row and give what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        method = address.chooser(
            st.segmented_control,
            "Method",
            METHODS,
            key="rollout",
            default="assumed",
            required=True,
            help="Rollout multiplies the layers' weights; flow asks how much could pass through "
            "them. Both need to know how much of itself a token keeps in each layer (the residual "
            "connection): usually one half is assumed, here it is measured too.",
        )
        residual = st.slider(
            "Residual share",
            0.0,
            1.0,
            0.5,
            0.05,
            key="residual",
            disabled=method == "measured",
            width=170,
            help="How much of itself a token keeps in each layer. Measured: for each token and "
            "layer, from the lengths of the vectors that are added (Kobayashi et al. 2021).",
        )
        layer = st.select_slider(
            "Up to layer",
            range(heads.FIRST, seen.maps.n_layers + heads.FIRST),
            seen.maps.n_layers,
            key="rollout_layer",
            width=130,
        )
        start, whose = _start(seen)
    return Asked(method, residual, layer - heads.FIRST, start, whose)


def _start(seen: AttentionView) -> tuple[Floats, str]:
    """How much of each token the vector is made of whose sources are shown, and its name."""
    tokens = picking.token_labels(seen)
    name = seen.choice.pooling if not POOLINGS[seen.choice.pooling].needs_choice else "mean"
    options = ["pooled", *range(len(tokens))]
    if st.session_state.get("whose") not in options:
        st.session_state["whose"] = "pooled"
    whose = st.selectbox(
        "Sources of",
        options,
        format_func=lambda row: (
            f"The text's vector ({POOLINGS[name].label.lower()})"
            if row == "pooled"
            else f"{row}  {tokens[row]}"
        ),
        key="whose",
        width=210,
    )
    if whose == "pooled":
        mask = pooled_tokens(seen.maps.special, pool_special=seen.choice.tokens.pool_special)
        return token_shares(name, mask), f"the text's vector ({POOLINGS[name].label.lower()})"
    return np.eye(len(tokens), dtype=np.float32)[whose], f"token {whose}, {quoted(tokens[whose])}"
