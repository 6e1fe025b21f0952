"""Attention: what does each head look at in a text, and what does that really contribute?"""

import streamlit as st

from embedlib.errors import UnsupportedModelError
from embedlib.ui import choice as choices
from embedlib.ui import panels
from embedlib.ui.attention import export, length, picture, reading, texts, unsupported
from embedlib.ui.attention.panels import (
    ablation,
    comparison,
    follow,
    neurons,
    passport,
    rollout,
)
from embedlib.ui.heading import heading

heading("attention")
choice = choices.current()
asked = texts.choose()
read = reading.read(choice, asked, length.part())
if isinstance(read, UnsupportedModelError):
    unsupported.show(choice, asked, read)
    st.stop()
length.show(choice, read)
seen = picture.show(choice, asked.corpus, read)
st.caption(f"{asked.hint} {length.sentence(read)}".lstrip())

PANELS = {
    "Follow a token": follow.show,
    "Passport": passport.show,
    "Switch heads off": ablation.show,
    "Compare two texts": comparison.show,
    "Rollout and flow": rollout.show,
    "Queries and keys": neurons.show,
    "Export and code": export.show,
}
panels.show(PANELS, "panel", seen)
