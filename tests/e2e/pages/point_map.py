"""A page for tests of the map: points on a lattice in three frames, and what Python was told."""

from dataclasses import replace

import numpy as np
import streamlit as st

from embedlib.figures.cloud import (
    Cloud,
    Label,
    Lines,
    MapView,
    Star,
    categories,
    numbers,
    one_colour,
)
from embedlib.ui.components.point_map import point_map

SIDE = 20
WORDS = (
    "card",
    "river",
    "money",
    "bank",
    "شكرا",
    "你好",
    "naïve",
    "<b>bold</b>",
    "x\u202ey",
    "last",
)


@st.cache_resource
def made(n: int, words: tuple[str, ...]) -> tuple[Cloud, list]:
    """A lattice of n points that turns from frame to frame, with three colourings."""
    side = int(np.ceil(np.sqrt(n)))
    rows = np.arange(n)
    square = np.stack([rows % side, rows // side], axis=1).astype(np.float32)
    turned = [np.stack([square[:, 1], side - square[:, 0]], axis=1), side - square]
    texts = tuple(f"{words[row % len(words)]} number {row}" for row in rows.tolist())
    cloud = Cloud(np.stack([square, *turned]), texts, ("Layer 0", "Layer 1", "Layer 2"))
    name = "group" if words is WORDS else words[0]
    groups = [f"{name} {row % 12}" if row % 12 < 11 else "" for row in range(n)]
    lengths = np.where(rows % 17 == 0, np.nan, rows % 30)
    shown = [categories("topic", groups), numbers("length", lengths, unit="tokens"), one_colour()]
    return cloud, shown


def change(name: str, value: object) -> None:
    """Set a value before the next run."""
    st.session_state[name] = value


def view_of(n_points: int) -> MapView:
    """What the buttons asked for."""
    ask = st.session_state
    plain = MapView(
        title="Texts on a lattice",
        made_by="A lattice, turned a quarter from layer to layer; no model was asked.",
        alt="A lattice of texts",
        frame=ask.get("frame", 0),
        colouring=ask.get("colouring", ""),
        selected=ask.get("selected", ()),
        opened=ask.get("opened"),
    )
    if not (ask.get("marks") or "marks" in query):
        return plain
    labels = (("upper left", (4, 15)), ("middle", (9.5, 9.5)), ("hidden", (9.7, 9.6)))
    return replace(
        plain,
        marked=(3, 44, 45),
        dimmed=np.arange(n_points) >= n_points // 2,
        lines=(
            Lines("kept", [[42, 43], [42, 62]]),
            Lines("torn", [[42, 160]]),
            Lines("false", [[42, 41]]),
        ),
        stars=(Star("A new <b>sentence</b>", (7.5, 7.5), "0.31 from its nearest text"),),
        labels=tuple(Label(text, place) for text, place in labels),
    )


st.set_page_config(layout="wide")
query = st.query_params
n_points = int(query.get("n", SIDE * SIDE))
cloud, colourings = made(n_points, tuple(query.get_all("text")) or WORDS)
buttons = {
    "Run again": ("again", 0),
    "Select the first two": ("selected", (0, 1)),
    "Open the last": ("opened", n_points - 1),
    "Mark and dim": ("marks", True),
    "Second frame": ("frame", 1),
    "Colour by length": ("colouring", "length"),
}
for column, (label, change_to) in zip(st.columns(7), buttons.items(), strict=False):
    column.button(label, on_click=change, args=change_to)
view = view_of(n_points)
link = "both" if "linked" in query else None
height = int(query.get("height", 620))
if st.toggle("Shown", value=True):
    state = point_map(cloud, colourings, view, key="map", link=link, link_zoom=True, height=height)
    st.text(f"Selected {len(state.selected)}: {state.selected[:40].tolist()}")
    st.text(f"Opened {state.opened}, frame {state.frame}, colouring {state.colouring}.")
if link:
    half = Cloud(cloud.frames[:, ::2], cloud.texts[::2], ids=cloud.ids[::2], n_all=n_points)
    other = point_map(half, [one_colour()], view, key="other", link=link, link_zoom=True)
    st.text(f"Other {other.selected[:40].tolist()}, opened {other.opened}.")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Run {st.session_state.runs}.")
