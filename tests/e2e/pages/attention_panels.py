"""A page with one panel of the Attention page: text, panel, heads and filters in the URL."""

import streamlit as st

from embedlib.attention.filters import Filters
from embedlib.errors import UnsupportedModelError
from embedlib.reading import sample_corpus
from embedlib.records import TokenSettings
from embedlib.ui import faults, resources
from embedlib.ui.attention import heads
from embedlib.ui.attention.panels import (
    ablation,
    comparison,
    follow,
    neurons,
    passport,
    rollout,
)
from embedlib.ui.attention.reading import filtered, read
from embedlib.ui.attention.texts import Asked
from embedlib.ui.attention.view import AttentionView
from embedlib.ui.choice import Choice
from embedlib.ui.heading import palette

PANELS = {
    "rollout": rollout,
    "passport": passport,
    "ablation": ablation,
    "neurons": neurons,
    "comparison": comparison,
    "follow": follow,
}

st.set_page_config(layout="wide")
asked = st.query_params
model = asked.get("model", resources.model_names()[0])
shape = resources.shape(model)
choice = Choice(
    model=model,
    layer=shape.n_layers,
    n_layers=shape.n_layers,
    pooling=asked.get("pooling", "mean"),
    word="",
    normalise=False,
    tokens=TokenSettings(),
)
corpus = sample_corpus(asked.get("data", "senses"))
text = Asked(asked.get("text", "We sat on the bank of the river."), asked.get("pair"), corpus)
reading = read(choice, text, None)
if isinstance(reading, UnsupportedModelError):
    faults.show(reading)
    st.stop()
kind = asked.get("kind", "weight")
filters = Filters(unit=asked.get("unit", "tokens"), special=asked.get("added", "shown"))
seen = AttentionView(
    choice=choice,
    maps=reading.maps,
    kind=kind,
    filters=filters,
    shown=filtered(reading, kind, filters),
    selected=heads.chosen(heads.SELECTED, shape.n_layers, shape.n_heads)
    or ((min(3, shape.n_layers - 1), 0),),
    off=heads.chosen(heads.OFF, shape.n_layers, shape.n_heads),
    pinned=int(asked["pin"]) if "pin" in asked else None,
    corpus=corpus,
    palette=palette(),
    scene=None,  # only the export needs the picture
    drawn_as="",
)
st.title("Panel")
st.text(f"On show: {heads.names(seen.selected, shape.n_layers, shape.n_heads)}.")
PANELS[asked.get("panel", "rollout")].show(seen)
