"""Vector: the values of one text's vector, and the lengths of all."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.figures import CONFIG, norms_bar, number
from embedlib.ui.components.vector_strip import vector_strip
from embedlib.ui.explore.view import View, pick_text


def show(seen: View) -> None:
    """The strip of values of one text, its extremes in words, and every text's norm."""
    row = pick_text(seen, "Text", "text")
    values = seen.selected[row]
    vector_strip(values, key="strip", label=f"Vector of text {seen.rows[row] + 1}")
    largest = np.argsort(-np.abs(values))[:5]
    st.text(
        f"{len(values):,} dimensions, L2 norm {number(float(np.linalg.norm(values)))}, "
        f"mean {number(float(values.mean()))}, standard deviation {number(float(values.std()))}. "
        "Largest: " + ", ".join(f"{dim} ({number(float(values[dim]))})" for dim in largest) + "."
    )
    picture = norms_bar(geometry.norms(seen.selected), seen.texts, seen.palette)
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="norms", alt=picture.alt)
