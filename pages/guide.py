"""Guide: a short course on what the app shows, and on where people go wrong."""

import streamlit as st

from embedlib.layers import LAYER_MIXES
from embedlib.limits import LIMITS
from embedlib.pooling import POOLINGS
from embedlib.ui import guide
from embedlib.ui.heading import heading

heading("guide")

for title, text in guide.CHAPTERS.items():
    st.subheader(title, anchor=False)
    st.markdown(text)

st.subheader("Poolings", anchor=False)
st.dataframe(
    [{"Pooling": row.label, "What it does": row.help} for row in POOLINGS.values()],
    hide_index=True,
    alt="Each pooling and what it does",
)
st.subheader("Layer mixes", anchor=False)
st.dataframe(
    [{"Mix": row.label, "What it does": row.help} for row in LAYER_MIXES.values()],
    hide_index=True,
    alt="Each layer mix and what it does",
)
st.subheader("Bounds", anchor=False)
st.markdown("Each can be raised by setting its environment variable before the start.")
st.dataframe(
    [
        {"Bound": row.meaning, "Value": row.value, "Unit": row.unit, "Variable": row.variable}
        for row in LIMITS.values()
    ],
    hide_index=True,
    alt="Every bound on size, time and memory",
)
