"""Other: the space that a map is compared with; a new way to differ is a function and a row."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from embedlib.pooling import POOLINGS
from embedlib.table import Table
from embedlib.ui import address, resources, texts, work
from embedlib.ui.choice import Choice
from embedlib.ui.map.space import Space, space_of


@dataclass(frozen=True)
class Way:
    """One way in which another space can differ.

    Args:
        name: The row's name, as the address has it.
        label: For the chooser.
        ask: Draws what is left to choose; gives the other space's choice, or None.
        name_of: What each of the two spaces is called, where they differ in this way.
    """

    name: str
    label: str
    ask: Callable[[Space], Choice | None]
    name_of: Callable[[Choice], str]


def other_than(space: Space) -> tuple[Way, Space] | None:
    """What to compare with, as chosen; stops the page while its vectors are made."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        named = address.chooser(
            st.segmented_control,
            "Compare with",
            address.labels(WAYS, none="Nothing"),
            key="compare",
            required=True,
        )
        choice = None if named == address.NONE else WAYS[named].ask(space)
    if choice is None:
        return None
    if choice.model != space.choice.model:
        texts.say_taught(choice.model, space.whole, choice.model)
    made = work.vectors(choice, space.whole)
    return WAYS[named], space_of(space.whole, space.rows, made, choice)


def _layer(space: Space) -> Choice | None:
    choice = space.choice
    layers = [str(layer) for layer in space.layers if layer != choice.layer]
    if not layers:
        return None
    nearest = str(choice.layer - 1) if isinstance(choice.layer, int) else layers[-1]
    picked = address.chooser(
        st.selectbox,
        "Layer",
        layers,
        key="other_layer",
        default=nearest if nearest in layers else layers[0],
        width=160,
    )
    return replace(choice, layer=int(picked))


def _pooling(space: Space) -> Choice | None:
    others = {name: row for name, row in POOLINGS.items() if name != space.choice.pooling}
    others.pop("chosen")
    picked = address.chooser(
        st.selectbox, "Pooling", address.labels(others), key="other_pooling", width=220
    )
    return replace(space.choice, pooling=picked)


def _model(space: Space) -> Choice | None:
    """Another model, at a layer of its own; it reads texts as its makers meant it to."""
    names = [name for name in resources.model_names() if name != space.choice.model]
    if not names:
        st.caption("There is no other model on this machine: the Models page has more.")
        return None
    picked = address.chooser(
        st.selectbox,
        "Model",
        names,
        key="other_model",
        width=260,
        on_change=_forget_layer,
    )
    n_layers = resources.shape(picked).n_layers
    layer = address.chooser(
        st.selectbox,
        "Its layer",
        [str(layer) for layer in range(n_layers + 1)],
        key=_MODEL_LAYER,
        default=str(n_layers),
        width=110,
        help="The last one by default. What both models read is the same; a bound on tokens and a "
        "prefix set for the one do not go for the other.",
    )
    own = replace(space.choice.tokens, max_tokens=None, prefix="")
    return replace(space.choice, model=picked, layer=int(layer), n_layers=n_layers, tokens=own)


_MODEL_LAYER = "other_model_layer"


def _forget_layer() -> None:
    """The layer of the model before says nothing of the next one's."""
    st.session_state.pop(_MODEL_LAYER, None)
    st.query_params.pop(_MODEL_LAYER, None)


_ROWS = (
    Way("layer", "Another layer", _layer, lambda choice: choice.layer_name.capitalize()),
    Way("pooling", "Another pooling", _pooling, lambda choice: f"{choice.pooling_name} pooling"),
    Way("model", "Another model", _model, lambda choice: choice.model),
)
WAYS: Table[Way] = Table("way to compare", {row.name: row for row in _ROWS})
