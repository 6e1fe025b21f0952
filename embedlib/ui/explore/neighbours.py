"""Neighbours: the texts nearest to one text, in the full space."""

import streamlit as st

from embedlib import geometry
from embedlib.ui.explore.view import View, pick_text


def show(seen: View) -> None:
    """One text and the others by descending cosine."""
    if len(seen.texts) < 2:
        st.caption("Neighbours need at least two texts; add another.")
        return
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        row = pick_text(seen, "Neighbours of", "text")
    n = right.number_input("How many", 1, 100, 10, key="n_neighbours", persist_state="session")
    rows, cosines = geometry.nearest(seen.selected, row, int(n))
    labels = seen.labels
    table = {
        "Number": [seen.rows[r] + 1 for r in rows],
        "Cosine": [float(c) for c in cosines],
        "Text": [seen.texts[r] for r in rows],
    }
    if labels is not None:
        table["Label"] = [labels[r] for r in rows]
        same = sum(labels[r] == labels[row] for r in rows)
        st.text(f"{same} of the {len(rows)} nearest have the same label as this text.")
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Cosine": st.column_config.NumberColumn(format="%.4f", width="small"),
            "Number": st.column_config.NumberColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
        },
        alt=f"The {len(rows)} texts nearest to text {seen.rows[row] + 1}, with their cosines",
    )
