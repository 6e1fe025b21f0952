"""Switch heads off: what becomes of the text's vector, its neighbours and the predicted words."""

import streamlit as st

from embedlib.attention import Ablation, ablate
from embedlib.figures import change_curve
from embedlib.ui.attention import effects, heads, neighbours, picking, predictions
from embedlib.ui.attention.view import AttentionView, Head
from embedlib.ui.background import background


def show(seen: AttentionView) -> None:
    """Which heads are off, what that changes, and what each head alone would change."""
    off = _choose(seen)
    pooling = picking.pooling(seen)
    if off:
        what = f"without {heads.name(off[0])}" if len(off) == 1 else f"without {len(off)} heads"
        found = _ablated(seen, off, pooling)
        layer = seen.choice.layer if isinstance(seen.choice.layer, int) else None
        picture = change_curve(
            {"The text's vector": 1.0 - found.cosines},
            seen.palette,
            what=what,
            chosen_layer=layer,
        )
        picking.show(picture, "ablation_curve")
        predictions.show(seen, off, what)
    else:
        st.caption("Choose heads, or take those on show, to see what becomes of the text.")
    effects.show(seen, off, pooling)
    if off:
        neighbours.show(seen, found, pooling, what)


def _choose(seen: AttentionView) -> tuple[Head, ...]:
    """The heads that are off; at first none, for the picture above marks them."""
    maps = seen.maps
    off = heads.chosen(heads.OFF, maps.n_layers, maps.n_heads)
    st.session_state["heads_off"] = list(off)
    box, button = st.columns([5, 1], vertical_alignment="bottom")
    box.multiselect(
        "Heads that are off",
        [(layer, head) for layer in range(maps.n_layers) for head in range(maps.n_heads)],
        format_func=heads.name,
        key="heads_off",
        on_change=lambda: heads.choose(heads.OFF, st.session_state["heads_off"]),
        placeholder="Choose heads to switch off",
        help="What a head would add to its layer becomes 0 (Michel et al. 2019). The model that "
        "other pages use is not touched.",
    )
    button.button("Those on show", on_click=heads.choose, args=(heads.OFF, seen.selected))
    return off


def _ablated(seen: AttentionView, off: tuple[Head, ...], pooling: str) -> Ablation:
    maps, special = seen.maps, seen.choice.tokens.pool_special

    def work(*_: object) -> Ablation:
        return ablate(
            seen.encoder(),
            maps.text,
            off,
            maps.pair,
            pooling=pooling,
            pool_special=special,
            max_tokens=seen.max_tokens,
        )

    key = ("ablation", *picking.text_key(seen), off, pooling, special)
    return background(key, work, "Reading the text without these heads", height=320)
