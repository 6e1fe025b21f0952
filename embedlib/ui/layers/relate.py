"""How layers relate: every pair of one or two models, and the texts that moved most."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.layer_pictures import relation_picture
from embedlib.exporting.layer_report import NEIGHBOURS, overlaps, sampled_rows
from embedlib.figures import CONFIG
from embedlib.geometry.relations import LEAST_TEXTS
from embedlib.probes import layer_label
from embedlib.records import Floats, Longs, Progress, Vectors
from embedlib.ui import address, resources
from embedlib.ui.background import background
from embedlib.ui.layers.view import View, changed_most, of_model
from embedlib.ui.literal import literal

MEASURES = {"overlap": "Neighbour overlap", "cka": "CKA"}


def show(seen: View) -> None:
    """The matrix of layers, and behind a click the texts whose neighbours changed most."""
    if len(seen.corpus) < 3:
        st.caption("Layers are compared on at least three texts; add another.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = address.chooser(
            st.segmented_control,
            "Measure",
            list(MEASURES),
            format_func=MEASURES.get,
            key="relation",
            default="overlap",
            required=True,
            help="Overlap: the share of a text's 10 nearest texts that two layers have in common. "
            "CKA (debiased): 1 where two spaces differ by a rotation only.",
        )
        names = resources.model_names()
        other = address.chooser(
            st.selectbox, "Beside", names, key="beside", default=seen.choice.model
        )
    second = of_model(seen, other)
    rows, notes = sampled_rows(len(seen.corpus))
    for note in notes:
        st.caption(":material/info: " + literal(note))
    if measure == "cka" and len(rows) < LEAST_TEXTS:
        st.caption(
            f":material/info: CKA needs at least {LEAST_TEXTS} texts, here are {len(rows)}: with "
            "fewer, chance decides. The neighbours are compared instead."
        )
        measure = "overlap"
    first_n, second_n, values = _related(seen, second, other, rows, measure)
    _matrix(seen, second, other, values, measure, len(rows))
    _pair(seen, (first_n, second_n), (seen.vectors.layers, second.layers), other, rows)


def _related(
    seen: View, second: Vectors, other: str, rows: Longs, measure: str
) -> tuple[list[Longs], list[Longs], Floats]:
    pooling = seen.pooling
    own, others = seen.vectors.arrays[pooling], second.arrays.get(pooling)
    if others is None:
        others = second.arrays[second.poolings[0]]
    same, n = other == seen.choice.model, min(NEIGHBOURS, len(rows) - 1)

    def work(progress: Callable[[Progress], None], _: Callable[[], bool]):
        progress(Progress(0, 3, "steps", 0.0, "Finding neighbours"))
        first = [geometry.neighbour_rows(layer[rows], n) for layer in own]
        last = first if same else [geometry.neighbour_rows(layer[rows], n) for layer in others]
        progress(Progress(1, 3, "steps", 0.0, "Comparing layers"))
        if measure == "cka":
            spaces = [layer[rows] for layer in own]
            values = geometry.cka_matrix(spaces, None if same else [one[rows] for one in others])
        else:
            values = overlaps(first, last)
        return first, last, values

    key = ("relations", seen.key, pooling, other, measure)
    return background(key, work, "Comparing layers", height=420)


def _matrix(
    seen: View, second: Vectors, other: str, values: Floats, measure: str, n_texts: int
) -> None:
    same = other == seen.choice.model
    rows = [layer_label(layer) for layer in seen.vectors.layers]
    columns = [layer_label(layer) for layer in second.layers]
    if not same:
        columns = [f"{name}, {other}" for name in columns]
    chosen = st.session_state.get("pair_a", len(rows) - 1), st.session_state.get("pair_b", 0)
    chance = 0.0 if measure == "cka" else min(NEIGHBOURS, n_texts - 1) / max(1, n_texts - 1)
    picture = relation_picture(
        values,
        rows,
        columns,
        seen.palette,
        measure=MEASURES[measure],
        n_texts=n_texts,
        chance=chance,
        chosen=chosen if chosen[0] < len(rows) and chosen[1] < len(columns) else None,
    )
    key = f"relations-{measure}-{chosen[0]}-{chosen[1]}"
    st.plotly_chart(
        picture.figure,
        theme=None,
        config=CONFIG,
        key=key,
        alt=picture.alt,
        on_select=lambda: _clicked(key),
        selection_mode="points",
    )


def _clicked(key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if isinstance(place, list | tuple) and len(place) == 2:
        st.session_state["pair_a"], st.session_state["pair_b"] = int(place[0]), int(place[1])


def _pair(
    seen: View,
    neighbours: tuple[list[Longs], list[Longs]],
    layers: tuple[tuple[int, ...], tuple[int, ...]],
    other: str,
    rows: Longs,
) -> None:
    """Two layers, and the texts whose neighbours changed most between them."""
    st.markdown("**Between two layers** (click a cell above, or choose)")
    picked = []
    for column, key, own, default in zip(
        st.columns(2), ("pair_a", "pair_b"), layers, (len(layers[0]) - 1, 0), strict=True
    ):
        options = list(range(len(own)))
        if st.session_state.get(key) not in options:
            st.session_state[key] = default
        with column:
            place = st.selectbox(
                "From" if key == "pair_a" else "To",
                options,
                format_func=lambda place, own=own: layer_label(own[place]),
                key=key,
                bind="query-params",
            )
        picked.append(place)
    pair = neighbours[0][picked[0]], neighbours[1][picked[1]]
    overlap = geometry.neighbour_overlap(*pair)
    st.text(
        f"{overlap.mean():.1%} of the neighbours are the same; "
        f"{int(np.sum(overlap == 0)):,} of {len(rows):,} texts kept none."
    )
    names = [layer_label(layers[0][picked[0]]), layer_label(layers[1][picked[1]])]
    if other != seen.choice.model:
        names = [f"{names[0]}, {seen.choice.model}", f"{names[1]}, {other}"]
    elif names[0] == names[1]:
        names[1] += " "
    changed_most(seen, overlap.tolist(), pair, rows, names)
