"""Settings of a map: method, dimensions, seed, options; in one row above it, and in the URL.

The methods and what each can be told come from PROJECTIONS; a new one needs nothing here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embedlib.projection import METRICS, PROJECTIONS, Option, ProjectionRow
from embedlib.ui import address
from embedlib.ui.map.space import Space

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

ONE, ALL = "one", "all"


@dataclass(frozen=True)
class MapSettings:
    """How vectors are laid out.

    Args:
        method: A row of PROJECTIONS.
        n_dims: 2 or 3.
        seed: What random numbers begin with.
        options: (name, value) of the method's options, only those that differ from the default.
        labelled: Whether labels draw their texts together.
        metric: A row of METRICS.
        all_layers: Whether every layer is laid out, in one frame.
    """

    method: str
    n_dims: int = 2
    seed: int = 0
    options: tuple[tuple[str, int | float], ...] = ()
    labelled: bool = False
    metric: str = "cosine"
    all_layers: bool = False

    @property
    def row(self) -> ProjectionRow:
        return PROJECTIONS[self.method]


def controls(space: Space) -> "tuple[MapSettings, DeltaGenerator]":
    """Draw the row of controls; what it says, and the place in it for what is on its way."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        method = address.chooser(
            st.selectbox,
            "Method",
            address.labels(PROJECTIONS),
            key="method",
            width=150,
            help=address.explained(PROJECTIONS),
        )
        row = PROJECTIONS[method]
        layers = _layers(space)
        n_dims = 2 if layers == ALL else _dims(row)
        with st.popover("Options", width="content"):
            settings = _options(row, space, n_dims, all_layers=layers == ALL)
        slot = st.container(horizontal=True, vertical_alignment="center", width="stretch")
    return settings, slot


def _dims(row: ProjectionRow) -> int:
    chosen = address.chooser(
        st.segmented_control,
        "Dimensions",
        {str(n): f"{n}-D" for n in row.dims if n in (2, 3)},
        key="dims",
        required=True,
        help="In 3-D the map can be turned; selecting, layers and lines need 2-D.",
    )
    return int(chosen)


def _layers(space: Space) -> str:
    if len(space.layers) < 2 or isinstance(space.layer, str):
        return ONE
    return address.chooser(
        st.segmented_control,
        "Layers",
        {ONE: "This one", ALL: f"All {len(space.layers)}"},
        key="frames",
        required=True,
        help="All: every layer is laid out in the same frame, and a slider under the map moves "
        "through them.",
    )


def _options(row: ProjectionRow, space: Space, n_dims: int, *, all_layers: bool) -> MapSettings:
    """The method's own options, then what every method has."""
    given = [(option.name, _number(row, option)) for option in row.options.values()]
    changed = tuple((name, value) for name, value in given if value != row.options[name].default)
    if not given:
        st.caption(f"{row.label} has no options of its own.")
    seed = st.number_input(
        "Seed",
        min_value=0,
        max_value=2**32 - 1,
        value=0,
        key="seed",
        bind="query-params",
        help="What random numbers begin with: the same seed gives the same picture, another one "
        "shows how much of it is chance.",
    )
    metric = address.chooser(
        st.selectbox,
        "Distance",
        {name: name.capitalize() for name in METRICS},
        key="metric",
        help="\n\n".join(f"**{name.capitalize()}**: {text}" for name, text in METRICS.items()),
    )
    labelled = row.takes_labels and space.labels is not None and _guided()
    return MapSettings(row.name, n_dims, int(seed), changed, labelled, metric, all_layers)


def _guided() -> bool:
    return st.toggle(
        "Guided by labels",
        key="guided",
        bind="query-params",
        help="Draws texts of one label together, whether or not their vectors are near: such a "
        "map says nothing on how well the vectors tell labels apart.",
    )


def _number(row: ProjectionRow, option: Option) -> int | float:
    kind = int if option.whole else float
    return st.number_input(
        option.label,
        min_value=kind(option.least),
        max_value=kind(option.most),
        value=kind(option.default),
        step=kind(option.step),
        key=f"{row.name}_{option.name}",
        bind="query-params",
        help=option.help,
    )
