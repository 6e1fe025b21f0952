"""The picture: every head of the text on one canvas, its controls in a row, what it says above."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.attention.filters import Shown
from embedlib.attention.findings import received_sentence
from embedlib.attention.scene import Scene, scene_of
from embedlib.attention.scene_bytes import VIEWS
from embedlib.records import Corpus
from embedlib.ui import address, resources
from embedlib.ui.attention import controls, heads
from embedlib.ui.attention.controls import Controls
from embedlib.ui.attention.reading import Reading, filtered
from embedlib.ui.attention.view import AttentionView, Head
from embedlib.ui.choice import Choice
from embedlib.ui.components.attention_explorer import Explored, attention_explorer
from embedlib.ui.heading import palette

HEIGHT_PX = 520
EXPLORER = "attention_explorer"
PIN, VIEW = "pin", "draw"


@dataclass(frozen=True, eq=False)
class Drawn:
    """A scene that is kept between runs, because what is sent is worked out once a scene."""

    scene: Scene

    @property
    def n_bytes(self) -> int:
        """Memory that it takes."""
        return self.scene.values.nbytes


def show(choice: Choice, corpus: Corpus, reading: Reading) -> AttentionView:
    """Draw controls, sentence and picture, and give what the panels are given."""
    maps = reading.maps
    asked = controls.show(choice, corpus, maps)
    shown = filtered(reading, asked.kind, asked.filters)
    off = heads.chosen(heads.OFF, maps.n_layers, maps.n_heads)
    scene = _scene(reading, shown, asked, off)
    explored = attention_explorer(
        scene,
        key=EXPLORER,
        selected=heads.chosen(heads.SELECTED, maps.n_layers, maps.n_heads) or _first(reading),
        view=_view(),
        pinned=_pinned(scene),
        first_layer=heads.FIRST,
        height=HEIGHT_PX,
    )
    _remember(explored, scene)
    controls.show_heads(asked, maps, explored.selected)
    pinned = None if explored.pinned is None else shown.tokens(explored.pinned)[0]
    return AttentionView(
        choice=choice,
        maps=maps,
        kind=asked.kind,
        filters=asked.filters,
        shown=shown,
        selected=explored.selected,
        off=off,
        pinned=pinned,
        corpus=corpus,
        palette=palette(),
        scene=scene,
        drawn_as=explored.view,
    )


def _scene(reading: Reading, shown: Shown, asked: Controls, off: tuple[Head, ...]) -> Scene:
    key: Hashable = (*reading.key, asked.kind, asked.filters, _mark(asked), off, "scene")
    kept = resources.attention()
    drawn = kept.get(key)
    if drawn is None:
        drawn = Drawn(
            scene_of(
                shown,
                measure=asked.values,
                measure_label=asked.measure.label if asked.measure else "",
                off=off,
                title=_sentence(reading),
            )
        )
        kept.put(key, drawn)
    return drawn.scene


def _mark(asked: Controls) -> Hashable:
    return None if asked.measure is None else asked.measure.key


def _first(reading: Reading) -> tuple[Head, ...]:
    """The head to begin with: the one that rests least on special tokens, so has most to show."""
    weight = reading.received.weight
    layer, head = np.unravel_index(weight.argmin(), weight.shape)
    return ((int(layer), int(head)),)


def _sentence(reading: Reading) -> str:
    return received_sentence(reading.maps, reading.received)


def _view() -> str:
    asked = st.session_state.get(VIEW, st.query_params.get(VIEW))
    return asked if asked in VIEWS else next(iter(VIEWS))


def _pinned(scene: Scene) -> int | None:
    """The pinned row, if it was pinned in these tokens; at first that of the address."""
    if PIN not in st.session_state:
        number = st.query_params.get(PIN, "")
        row = int(number) - 1 if number.isascii() and number.isdecimal() else -1
        st.session_state[PIN] = (scene.tokens_digest, row if row >= 0 else None)
    tokens, row = st.session_state[PIN]
    known = tokens == scene.tokens_digest and row is not None and row < scene.n_tokens
    return row if known else None


def _remember(explored: Explored, scene: Scene) -> None:
    """Put what a person chose in the picture into the session and the address."""
    heads.choose(heads.SELECTED, explored.selected)
    st.session_state[VIEW] = explored.view
    st.session_state[PIN] = (scene.tokens_digest, explored.pinned)
    address.put(VIEW, explored.view, default=next(iter(VIEWS)))
    address.put(PIN, None if explored.pinned is None else str(explored.pinned + 1))
