"""Guide: a short course on what the app shows, and on where people go wrong."""

import streamlit as st

from embedlib.layers import LAYER_MIXES
from embedlib.limits import LIMITS
from embedlib.pooling import POOLINGS
from embedlib.ui import guide
from embedlib.ui.heading import heading

_TABLES = ("Poolings", "Layer mixes", "Bounds")

heading("guide")

words, contents = st.columns([3, 1], gap="large")
with words:
    for title, text in guide.CHAPTERS.items():
        st.subheader(title, anchor=guide.anchor(title))
        st.markdown(text)
with contents:
    st.caption("On this page")
    titles = [*guide.CHAPTERS, *_TABLES]
    st.markdown("\n".join(f"- [{title}](#{guide.anchor(title)})" for title in titles))

st.subheader("Poolings", anchor=guide.anchor("Poolings"))
st.dataframe(
    [{"Pooling": row.label, "What it does": row.help} for row in POOLINGS.values()],
    hide_index=True,
    alt="Each pooling and what it does",
)
st.subheader("Layer mixes", anchor=guide.anchor("Layer mixes"))
st.dataframe(
    [{"Mix": row.label, "What it does": row.help} for row in LAYER_MIXES.values()],
    hide_index=True,
    alt="Each layer mix and what it does",
)
st.subheader("Bounds", anchor=guide.anchor("Bounds"))
st.markdown("Each can be raised by setting its environment variable before the start.")
st.dataframe(
    [
        {"Bound": row.meaning, "Value": row.value, "Unit": row.unit, "Variable": row.variable}
        for row in LIMITS.values()
    ],
    hide_index=True,
    alt="Every bound on size, time and memory",
)
