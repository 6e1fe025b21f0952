"""Explore: which texts does the model hold alike, at this layer and with this pooling?"""

import streamlit as st

from embedlib.ui import choice as choices
from embedlib.ui import panels, texts
from embedlib.ui.explore import (
    categories,
    cut,
    export,
    layers,
    neighbours,
    overview,
    tokens,
    vector,
)
from embedlib.ui.explore.view import view
from embedlib.ui.heading import heading

heading("explore")
corpus = texts.bar()
choice = choices.current()
seen = view(choice, corpus)
if seen is None:
    tokens.choose(choice, corpus)
    st.stop()
overview.show(seen)

PANELS = {
    "Tokens": tokens.show,
    "Neighbours": neighbours.show,
    "Through the layers": layers.show,
    "Categories": categories.show,
    "Vector": vector.show,
    "Cut texts": cut.show,
    "Export and code": export.show,
}
panels.show(PANELS, "view", seen)
