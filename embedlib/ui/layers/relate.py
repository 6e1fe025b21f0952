"""How layers relate: every pair of one or two models, and the texts that moved most."""

import time
from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.errors import Cancelled
from embedlib.exporting.layer_pictures import relation_picture
from embedlib.exporting.layer_report import NEIGHBOURS, overlaps, sampled_rows
from embedlib.exporting.panel_code import relation_code
from embedlib.figures import Picture
from embedlib.geometry.relations import LEAST_TEXTS
from embedlib.pooling import POOLINGS
from embedlib.probes import layer_label
from embedlib.records import Floats, Longs, Progress, Vectors
from embedlib.ui import address, resources
from embedlib.ui.background import background
from embedlib.ui.layers.asking import agreed
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import (
    View,
    changed_most,
    clicked_place,
    lacks_texts,
    of_model,
    say,
)

_SECONDS = 0.9  # the neighbours of 5,000 texts
MEASURES = {"overlap": "Neighbour overlap", "cka": "CKA"}


def show(seen: View) -> None:
    """The matrix of layers, and behind a click the texts whose neighbours changed most."""
    if lacks_texts(seen, 3, "Layers are compared on"):
        return
    measure, other = _controls(seen)
    second = of_model(seen, other)
    rows, notes = sampled_rows(len(seen.corpus))
    say(notes)
    if measure == "cka" and len(rows) < LEAST_TEXTS:
        st.caption(
            f":material/info: CKA needs at least {LEAST_TEXTS} texts, here are {len(rows)}: with "
            "fewer, chance decides. The neighbours are compared instead."
        )
        measure = "overlap"
    key = ("relations", seen.key, seen.pooling, other, measure, len(rows))
    n_spaces = len(seen.vectors.layers) + (0 if second is seen.vectors else len(second.layers))
    what = f"{n_spaces} layers compared on {len(rows):,} texts"
    if not agreed(key, n_spaces * _SECONDS * (len(rows) / 5_000) ** 2, what, "Compare the layers"):
        return
    first_n, second_n, values = _related(seen, second, key, rows, measure)
    pair = _chosen(seen, second)
    picture = _matrix(seen, second, other, values, measure, len(rows), pair)
    kept = _pair(seen, (first_n, second_n), second, other, rows)
    _export(seen, second, measure, picture, values, kept, rows, notes)


def _controls(seen: View) -> tuple[str, str]:
    """What is compared, and the model beside."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = address.chooser(
            st.segmented_control,
            "Measure",
            MEASURES,
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
    return measure, other


def _related(
    seen: View, second: Vectors, key: tuple[object, ...], rows: Longs, measure: str
) -> tuple[list[Longs], list[Longs], Floats]:
    own = seen.vectors.arrays[seen.pooling]
    others = second.arrays[_pooling_of(seen, second)]
    same, n = second is seen.vectors, min(NEIGHBOURS, len(rows) - 1)

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        total, near, began = len(own) + (0 if same else len(others)), [], time.perf_counter()
        for layer in [*own, *([] if same else others)]:
            if cancelled():
                raise Cancelled
            near.append(geometry.neighbour_rows(layer[rows], n))
            progress(Progress(len(near), total, "layers", time.perf_counter() - began))
        first, last = near[: len(own)], near if same else near[len(own) :]
        progress(Progress(total, total, "layers", time.perf_counter() - began, "Comparing layers"))
        if measure == "cka":
            spaces = [layer[rows] for layer in own]
            values = geometry.cka_matrix(spaces, None if same else [one[rows] for one in others])
        else:
            values = overlaps(first, last)
        return first, last, values

    return background(key, work, "Comparing layers", height=420)


def _pooling_of(seen: View, second: Vectors) -> str:
    """The pooling of the second model: the same, or the first that is there."""
    return seen.pooling if seen.pooling in second.poolings else second.poolings[0]


def _matrix(
    seen: View,
    second: Vectors,
    other: str,
    values: Floats,
    measure: str,
    n_texts: int,
    chosen: tuple[int, int],
) -> Picture:
    same = other == seen.choice.model
    rows = [layer_label(layer) for layer in seen.vectors.layers]
    columns = [layer_label(layer) for layer in second.layers]
    chance = 0.0 if measure == "cka" else min(NEIGHBOURS, n_texts - 1) / max(1, n_texts - 1)
    picture = relation_picture(
        values,
        rows,
        columns,
        seen.palette,
        measure=MEASURES[measure],
        n_texts=n_texts,
        chance=chance,
        chosen=chosen,
        models=None if same else (seen.choice.model, other),
    )
    key = f"relations-{measure}-{chosen[0]}-{chosen[1]}"
    draw(picture, key, on_select=lambda: _clicked(key), selection_mode="points")
    if _pooling_of(seen, second) != seen.pooling:
        st.caption(
            f":material/info: {other}: {POOLINGS[_pooling_of(seen, second)].label.lower()} pooling."
        )
    return picture


def _clicked(key: str) -> None:
    place = clicked_place(key)
    if place is not None:
        st.session_state["pair_a"], st.session_state["pair_b"] = map(str, place)


def _defaults(seen: View, second: Vectors) -> tuple[int, int]:
    """The last and the first layer of one model; the last layers of two."""
    return len(seen.vectors.layers) - 1, 0 if second is seen.vectors else len(second.layers) - 1


def _chosen(seen: View, second: Vectors) -> tuple[int, int]:
    """Places of the two chosen layers."""
    found = []
    for key, vectors, default in zip(
        ("pair_a", "pair_b"), (seen.vectors, second), _defaults(seen, second), strict=True
    ):
        named = st.session_state.get(key, st.query_params.get(key, ""))
        found.append(int(named) if named in map(str, range(len(vectors.layers))) else default)
    return found[0], found[1]


def _pair(
    seen: View,
    neighbours: tuple[list[Longs], list[Longs]],
    second: Vectors,
    other: str,
    rows: Longs,
) -> Floats:
    """Two layers, and the texts whose neighbours changed most; (row,) neighbours kept."""
    st.markdown("**Between two layers** (click a cell above, or choose)")
    layers = seen.vectors.layers, second.layers
    picked = _choose_pair(seen, second)
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
    return overlap


def _choose_pair(seen: View, second: Vectors) -> list[int]:
    """Places of the two layers, from choosers that stand in the address."""
    layers = seen.vectors.layers, second.layers
    picked = []
    for column, key, own, default in zip(
        st.columns(2), ("pair_a", "pair_b"), layers, _defaults(seen, second), strict=True
    ):
        with column:
            place = address.chooser(
                st.selectbox,
                "From" if key == "pair_a" else "To",
                [str(place) for place in range(len(own))],
                format_func=lambda place, own=own: layer_label(own[int(place)]),
                key=key,
                default=str(default),
            )
        picked.append(int(place))
    return picked


def _export(  # noqa: PLR0913 - all that the panel shows
    seen: View,
    second: Vectors,
    measure: str,
    picture: Picture,
    values: Floats,
    kept: Floats,
    rows: Longs,
    notes: tuple[str, ...],
) -> None:
    same = second is seen.vectors
    pair = _chosen(seen, second)
    columns = zip(second.layers, values.T.tolist(), strict=True)
    tables = {
        "relations": {"layer": list(seen.vectors.layers)}
        | {f"{second.encoder.name} layer {layer}": column for layer, column in columns},
        "neighbours kept": {"text": (rows + 1).tolist(), "share": kept.tolist()},
    }
    offer(
        seen,
        "relations",
        relation_code(start(seen), seen.pooling, None if same else second, measure, pair),
        tables,
        [picture],
        measure=measure,
        second_model=second.encoder.name,
        second_weights_sha256=second.encoder.weights_sha256,
        rows_measured=len(rows),
        sampling=list(notes),
    )
