"""The picture of what is to be learned: rows of each label, in each part of the split."""

import streamlit as st

from embedlib.figures import CONFIG, label_rows
from embedlib.ui import faults
from embedlib.ui.heading import palette
from embedlib.ui.train.prepared import Divided
from embedlib.ui.train.source import Source

_MOST_PX = 520


def show(source: Source, parts: Divided) -> None:
    """Draw it, or say why the rows cannot be split."""
    if parts.error is not None:
        faults.show(parts.error)
    noun = ("entity", "entities") if source.task == "tokens" else ("row", "rows")
    picture = label_rows(parts.counts, palette(), noun=noun[0], plural=noun[1])
    height = min(_MOST_PX, picture.figure.layout.height + 16)
    with st.container(height=height, border=False):
        st.plotly_chart(
            picture.figure, theme=None, config=CONFIG, key="train_labels", alt=picture.alt
        )
