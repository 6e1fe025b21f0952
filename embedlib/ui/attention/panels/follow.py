"""Follow a token: what it looks at in every layer, and who looks at it."""

import streamlit as st

from embedlib.attention import KINDS, follow
from embedlib.figures import followed_map
from embedlib.ui import address
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.view import AttentionView

_DIRECTIONS = {"at": "What it looks at", "by": "Who looks at it", "both": "Both"}
_MEAN = "Mean of all heads"


def show(seen: AttentionView) -> None:
    """One token or word through all layers, with the filters of the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        row = picking.pick_token(seen, "Token", "followed", texts=seen.shown.labels)
        number = st.selectbox(
            "Head",
            [None, *range(seen.maps.n_heads)],
            format_func=lambda head: _MEAN if head is None else f"Head {head + heads.FIRST}",
            key="followed_head",
            width=200,
            help="The same head number in every layer. Heads of different layers share only "
            "their number; the mean shows where the layer as a whole goes.",
        )
        direction = address.chooser(
            st.segmented_control,
            "Direction",
            _DIRECTIONS,
            key="direction",
            default="both",
            required=True,
        )
    found = follow(seen.shown, row, number)
    words = f"mean of {seen.maps.n_heads} heads"
    words = words if number is None else f"head {number + heads.FIRST} of every layer"
    for name, values in (("at", found.looks_at), ("by", found.looked_at)):
        if direction in (name, "both"):
            picture = followed_map(
                values,
                seen.shown.labels,
                seen.palette,
                row=row,
                receives=name == "by",
                heads=words,
                unit=KINDS[seen.kind].label.lower(),
            )
            picking.show(picture, f"followed_{name}")
    if seen.maps.causal:
        st.caption(
            ":material/info: In this model a token sees only itself and what stands before it."
        )
