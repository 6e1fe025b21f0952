"""A page for tests of the map: points on a lattice in three frames, and what Python was told."""

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
    groups = [f"group {row % 12}" if row % 12 < 11 else "" for row in range(n)]
    lengths = np.where(rows % 17 == 0, np.nan, rows % 30)
    shown = [categories("topic", groups), numbers("length", lengths, unit="tokens"), one_colour()]
    return cloud, shown


st.set_page_config(layout="wide")
query = st.query_params
n_points = int(query.get("n", SIDE * SIDE))
cloud, colourings = made(n_points, (query["text"],) if "text" in query else WORDS)


def change(name: str, value: object) -> None:
    """Set a value before the next run."""
    st.session_state[name] = value


ask = st.session_state
columns = st.columns(6)
columns[0].button("Run again")
columns[1].button("Select the first two", on_click=change, args=("selected", (0, 1)))
columns[2].button("Open the last", on_click=change, args=("opened", n_points - 1))
columns[3].button("Mark and dim", on_click=change, args=("marks", True))
columns[4].button("Second frame", on_click=change, args=("frame", 1))
columns[5].button("Colour by length", on_click=change, args=("colouring", "length"))
marks = ask.get("marks", "marks" in query)
view = MapView(
    title="Texts on a lattice",
    made_by="A lattice, turned a quarter from layer to layer; no model was asked.",
    alt="A lattice of texts",
    frame=ask.get("frame", 0),
    colouring=ask.get("colouring", ""),
    selected=ask.get("selected", ()),
    opened=ask.get("opened"),
    marked=(3, 44, 45) if marks else (),
    dimmed=np.arange(n_points) >= n_points // 2 if marks else None,
    lines=(
        Lines("kept", [[42, 43], [42, 62]]),
        Lines("torn", [[42, 160]]),
        Lines("false", [[42, 41]]),
    )
    if marks
    else (),
    stars=(Star("A new <b>sentence</b>", (7.5, 7.5), "0.31 from its nearest text"),)
    if marks
    else (),
    labels=(
        Label("upper left", (4.0, 15.0)),
        Label("middle", (9.5, 9.5)),
        Label("hidden", (9.7, 9.6)),
    )
    if marks
    else (),
)
link = "both" if "linked" in query else None
state = point_map(cloud, colourings, view, key="map", link=link, link_zoom=True, height=620)
if link:
    other = point_map(cloud, colourings, view, key="other", link=link, link_zoom=True, height=620)
    st.text(f"Other: {other.selected[:40].tolist()} opened {other.opened}")
ask.runs = ask.get("runs", 0) + 1
st.text(f"Selected {len(state.selected)}: {state.selected[:40].tolist()}")
st.text(f"Opened {state.opened}, frame {state.frame}, colouring {state.colouring}.")
st.text(f"Run {ask.runs}.")
