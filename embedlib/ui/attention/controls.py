"""The controls above the picture, in one row; what they say stands in the address."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.attention.filters import SPECIALS, UNITS, Filters
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.attention.views import SEGMENT_FILTERS
from embedlib.records import Corpus, Floats
from embedlib.table import Table
from embedlib.ui import address
from embedlib.ui.attention import heads
from embedlib.ui.attention.marks import GridMeasure, grid_measures
from embedlib.ui.attention.view import Head
from embedlib.ui.choice import Choice

NO_MEASURE = "none"
PLAIN = Filters()
SPECIAL, SEGMENT, MASS = "added", "segment", "mass"  # keys, also in the address
MASSES = ("1", "0.95", "0.9", "0.8", "0.7", "0.5", "0.3")  # as they stand in the address


@dataclass(frozen=True, eq=False)
class Controls:
    """What the controls say.

    Args:
        kind: A row of `KINDS`.
        filters: How the maps are looked at.
        measure: What marks and sorts the heads, or None.
        values: (layer, head) float32, that measure; None without one.
        slot: The place in the row for the choice of heads, which is drawn after the picture: a
            click there counts first.
    """

    kind: str
    filters: Filters
    measure: GridMeasure | None
    values: Floats | None
    slot: "st.delta_generator.DeltaGenerator"


def show(choice: Choice, corpus: Corpus, maps: AttentionMaps) -> Controls:
    """Draw the controls in one row and give what they say."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        kind = _segmented("Kind", {name: row.label for name, row in KINDS.items()}, "kind")
        unit = _segmented("Unit", {name: name.capitalize() for name in UNITS}, "unit")
        filters = _filters(maps, unit)
        row = _measure(grid_measures(choice, corpus, maps, kind))
        slot = st.container(width="content")
    if len(_active(filters)) > 1:
        st.caption(f":material/filter_alt: {' · '.join(_active(filters))}")
    values = None if row is None else row.function()
    if row is not None and values is None:
        st.caption(
            ":material/info: Heads are marked by the loaded texts once their passports are made: "
            "open the tab Passport below."
        )
        row = None
    return Controls(kind, filters, row, values, slot)


def show_heads(asked: Controls, maps: AttentionMaps, chosen: tuple[Head, ...]) -> None:
    """Draw the choice of heads into its place in the row: a list, and means with one click."""
    label = heads.names(chosen, maps.n_layers, maps.n_heads)
    with asked.slot, st.popover(label, width="content"):
        _list_of_heads(maps, asked.values, chosen)
        _means(maps, chosen[0])


def _segmented(
    label: str, options: dict[str, str], key: str, *, label_visibility: str = "collapsed"
) -> str:
    return address.chooser(
        st.segmented_control,
        label,
        list(options),
        format_func=options.get,
        key=key,
        default=next(iter(options)),
        required=True,
        label_visibility=label_visibility,
        width="content",
    )


def _filters(maps: AttentionMaps, unit: str) -> Filters:
    """Special tokens, segments of a pair and attention mass, behind one button that names them."""
    asked = Filters(unit, *_asked(maps))
    with st.popover(_filters_label(asked), width="content"):
        if maps.special.any():
            address.chooser(
                st.radio,
                "Special tokens",
                address.labels(SPECIALS),
                captions=[row.help for row in SPECIALS.values()],
                key=SPECIAL,
                default=PLAIN.special,
            )
        if maps.pair is not None:
            labels = {name: row.label for name, row in SEGMENT_FILTERS.items()}
            _segmented("From text to text", labels, SEGMENT, label_visibility="visible")
        address.chooser(
            st.select_slider,
            "Attention mass",
            list(MASSES),
            format_func=lambda text: "all" if text == MASSES[0] else _percent(text),
            key=MASS,
            default=MASSES[0],
            help="In each row only the fewest keys are drawn that together hold this share.",
        )
    return Filters(unit, *_asked(maps))


def _asked(maps: AttentionMaps) -> tuple[str, str, float]:
    """What the filters say; those that the text has no use for say nothing."""
    special = _said(SPECIAL, list(SPECIALS)) if maps.special.any() else PLAIN.special
    segment = _said(SEGMENT, list(SEGMENT_FILTERS)) if maps.pair is not None else PLAIN.segment
    return special, segment, float(_said(MASS, list(MASSES)))


def _said(key: str, options: list[str]) -> str:
    """The value of a chooser that may stand further down, behind a button named after it."""
    value = st.session_state.get(key, st.query_params.get(key))
    return value if value in options else options[0]


def _filters_label(asked: Filters) -> str:
    """What is filtered, where one thing is; what several are, stands under the row."""
    active = _active(asked)
    return "Filters" if not active else active[0] if len(active) == 1 else f"{len(active)} filters"


def _active(asked: Filters) -> list[str]:
    active = []
    if asked.special != PLAIN.special:
        active.append(SPECIALS[asked.special].short)
    if asked.segment != PLAIN.segment:
        active.append(SEGMENT_FILTERS[asked.segment].label)
    if asked.mass != PLAIN.mass:
        active.append(f"{_percent(asked.mass)} of mass")
    return active


def _percent(share: str | float) -> str:
    return f"{float(share):.0%}".replace("%", " %")


def _measure(measures: Table[GridMeasure]) -> GridMeasure | None:
    name = address.chooser(
        st.selectbox,
        "Mark and sort heads by",
        [NO_MEASURE, *measures],
        format_func=lambda name: "No mark on heads" if name == NO_MEASURE else measures[name].label,
        key="mark",
        default=NO_MEASURE,
        label_visibility="collapsed",
        width=160,
    )
    return None if name == NO_MEASURE else measures[name]


def _list_of_heads(maps: AttentionMaps, values: Floats | None, chosen: tuple[Head, ...]) -> None:
    """Every head by name, the highest by the measure first."""
    every = [(layer, head) for layer in range(maps.n_layers) for head in range(maps.n_heads)]
    if values is not None:
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf).ravel(), kind="stable")
        every = [every[place] for place in order]
    marks = {head: "" if values is None else f" · {values[head]:.3f}" for head in every}
    st.session_state["picked_heads"] = list(chosen)
    st.multiselect(
        "Heads on show; of several, their mean",
        every,
        format_func=lambda head: heads.name(head).capitalize() + marks[head],
        key="picked_heads",
        on_change=_pick,
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
