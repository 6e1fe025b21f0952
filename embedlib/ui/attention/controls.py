"""The controls above the picture, in one row; what they say stands in the address."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.attention import ATTENTION_MEASURES, measure
from embedlib.attention.filters import SPECIALS, UNITS, Filters
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.attention.views import SEGMENT_FILTERS
from embedlib.records import Floats
from embedlib.ui import address
from embedlib.ui.attention import heads
from embedlib.ui.attention.view import Head

NO_MEASURE = "none"
MASSES = ("1", "0.95", "0.9", "0.8", "0.7", "0.5", "0.3")  # as they stand in the address


@dataclass(frozen=True, eq=False)
class Controls:
    """What the controls say.

    Args:
        kind: A row of `KINDS`.
        filters: How the maps are looked at.
        measure: A row of `ATTENTION_MEASURES` that marks and sorts the heads, or None.
        values: (layer, head) float32, that measure; None without one.
        selected: The (layer, head) on show.
    """

    kind: str
    filters: Filters
    measure: str | None
    values: Floats | None
    selected: tuple[Head, ...]


def show(maps: AttentionMaps) -> Controls:
    """Draw the controls in one row and give what they say."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = address.chooser(
            st.segmented_control,
            "Kind",
            list(KINDS),
            format_func=lambda name: KINDS[name].label,
            key="kind",
            default="weight",
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        unit = address.chooser(
            st.segmented_control,
            "Unit",
            list(UNITS),
            format_func=str.capitalize,
            key="unit",
            default="tokens",
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        special = _special(maps)
        segment, mass = _filters(maps)
        filters = Filters(unit, special, segment, mass)
        name, values, selected = _heads(maps, kind)
    return Controls(kind, filters, name, values, selected)


def _special(maps: AttentionMaps) -> str:
    if not maps.special.any():
        return "shown"
    return address.chooser(
        st.selectbox,
        "Special tokens",
        list(SPECIALS),
        format_func=lambda name: SPECIALS[name].label,
        key="added",
        default="shown",
        label_visibility="collapsed",
        width=200,
    )


def _filters(maps: AttentionMaps) -> tuple[str, float]:
    """Segments of a pair, and the attention mass."""
    segment, mass = _asked("segment", SEGMENT_FILTERS, "all"), _asked("mass", MASSES, MASSES[0])
    if maps.pair is None:
        segment = "all"
    active = [] if segment == "all" else [SEGMENT_FILTERS[segment].label]
    active += [] if mass == MASSES[0] else [f"{float(mass):.0%} of mass".replace("%", " %")]
    with st.popover("Filters" if not active else ", ".join(active), width="content"):
        if maps.pair is not None:
            segment = address.chooser(
                st.segmented_control,
                "From text to text",
                list(SEGMENT_FILTERS),
                format_func=lambda name: SEGMENT_FILTERS[name].label,
                key="segment",
                default="all",
                required=True,
            )
        mass = address.chooser(
            st.select_slider,
            "Attention mass",
            list(MASSES),
            format_func=lambda text: "all" if text == "1" else f"{float(text):.0%}",
            key="mass",
            default=MASSES[0],
            help="In each row only the strongest keys are drawn that together hold this share.",
        )
        st.caption(SPECIALS[st.session_state.get("added", "shown")].help)
    return segment, float(mass)


def _asked(key: str, options: "object", default: str) -> str:
    """What a chooser further down will say; its popover's label stands before it."""
    value = st.session_state.get(key, st.query_params.get(key, default))
    return value if value in options else default


def _heads(maps: AttentionMaps, kind: str) -> tuple[str | None, Floats | None, tuple[Head, ...]]:
    """Which heads are on show, and by what the grid is marked."""
    chosen = heads.chosen(heads.SELECTED, maps.n_layers, maps.n_heads) or ((0, 0),)
    with st.popover(heads.names(chosen, maps.n_layers, maps.n_heads), width="content"):
        name = address.chooser(
            st.selectbox,
            "Mark and sort heads by",
            [NO_MEASURE, *ATTENTION_MEASURES],
            format_func=_measure_label,
            key="mark",
            default=NO_MEASURE,
            help="\n\n".join(f"**{row.label}**: {row.help}" for row in ATTENTION_MEASURES.values()),
        )
        values = None if name == NO_MEASURE else measure(maps, name, kind)
        _one_head(maps, values)
        _means(maps, chosen[0])
    return None if name == NO_MEASURE else name, values, chosen


def _measure_label(name: str) -> str:
    return "Nothing" if name == NO_MEASURE else ATTENTION_MEASURES[name].label


def _one_head(maps: AttentionMaps, values: Floats | None) -> None:
    """Heads as a list, the highest by the measure first."""
    every = [(layer, head) for layer in range(maps.n_layers) for head in range(maps.n_heads)]
    if values is not None:
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf).ravel(), kind="stable")
        every = [every[place] for place in order]
    labels = {
        head: heads.name(head) + ("" if values is None else f"   {values[head]:.3g}")
        for head in every
    }
    st.multiselect(
        "Heads on show; of several, their mean",
        every,
        format_func=labels.__getitem__,
        key="picked_heads",
        on_change=_pick,
        max_selections=64,
    )


def _pick() -> None:
    if picked := st.session_state["picked_heads"]:
        heads.choose(heads.SELECTED, picked)


def _means(maps: AttentionMaps, head: Head) -> None:
    layers, numbers = range(maps.n_layers), range(maps.n_heads)
    means = {
        f"Mean of layer {head[0] + heads.FIRST}": [(head[0], number) for number in numbers],
        f"Mean of head {head[1] + heads.FIRST} over layers": [(layer, head[1]) for layer in layers],
        "Mean of all": [(layer, number) for layer in layers for number in numbers],
    }
    with st.container(horizontal=True):
        for label, chosen in means.items():
            st.button(label, on_click=heads.choose, args=(heads.SELECTED, chosen))
