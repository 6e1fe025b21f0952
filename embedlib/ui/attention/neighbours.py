"""The nearest loaded texts of a text's vector, with all heads and without some."""

import streamlit as st

from embedlib.attention import Ablation
from embedlib.geometry import neighbour_change
from embedlib.layers import at_layer
from embedlib.ui import work
from embedlib.ui.attention.view import AttentionView

_MOST = 8


def show(seen: AttentionView, found: Ablation, pooling: str, what: str) -> None:
    """The nearest loaded texts with and without the heads."""
    made = work.vectors(seen.choice, seen.corpus)
    loaded = made.select(pooling, seen.choice.layer)
    before, after = (
        at_layer(side[:, None], seen.choice.layer)[0] for side in (found.before, found.after)
    )
    change = neighbour_change(loaded, before, after, _MOST)
    n = min(_MOST, len(loaded))
    st.text(f"{change.n_new} of the {n} nearest loaded texts are others {what}.")
    st.dataframe(
        {
            "Text": [seen.corpus.texts[row] for row in change.rows],
            "Rank before": change.rank_before.tolist(),
            "Rank after": change.rank_after.tolist(),
            "Cosine before": [float(value) for value in change.before],
            "Cosine after": [float(value) for value in change.after],
        },
        hide_index=True,
        column_config={
            "Text": st.column_config.TextColumn(width="large"),
            "Cosine before": st.column_config.NumberColumn(format="%.4f"),
            "Cosine after": st.column_config.NumberColumn(format="%.4f"),
        },
        alt=f"The nearest loaded texts before and {what}",
    )
