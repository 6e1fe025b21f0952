"""Neighbours: the texts nearest to one text, in the full space."""

from collections.abc import Sequence

import streamlit as st

from embedlib import geometry
from embedlib.figures.amounts import counted
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
        st.text(_same_label(labels[row], [labels[r] for r in rows], labels))
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


def _same_label(label: str, nearest: Sequence[str], labels: Sequence[str]) -> str:
    """How many of the nearest texts have a text's label, and how many could.

    >>> _same_label("bank", ["bank", "bat"], ["bank", "bank", "bat", "bat"])
    '1 of the 2 nearest has the label of this text, as 1 other text does.'
    """
    same = sum(other == label for other in nearest)
    n_others = sum(other == label for other in labels) - 1
    if not n_others:
        return "No other text has the label of this one."
    have, do = "has" if same == 1 else "have", "does" if n_others == 1 else "do"
    others = counted(n_others, "other text")
    return f"{same} of the {len(nearest)} nearest {have} the label of this text, as {others} {do}."
