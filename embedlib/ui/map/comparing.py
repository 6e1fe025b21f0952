"""Comparing: the same texts in another layer, pooling or model, side by side and linked.

What moved is measured in the vector spaces, by neighbours; the maps only show it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Cloud, Colouring
from embedlib.pooling import POOLINGS
from embedlib.projection import align, turnover, worker
from embedlib.records import Floats, Progress
from embedlib.ui import address, resources, work
from embedlib.ui.background import background, result
from embedlib.ui.components.point_map import point_map
from embedlib.ui.map import making, state
from embedlib.ui.map.following import KEY
from embedlib.ui.map.making import Made, MapPicture
from embedlib.ui.map.neighbours import neighbours_shown
from embedlib.ui.map.picture import Marks, view_of
from embedlib.ui.map.rows import rows_table
from embedlib.ui.map.space import Space, space_of

NOTHING, LAYER, POOLING, MODEL = "nothing", "layer", "pooling", "model"
_WAYS = {
    NOTHING: "Nothing",
    LAYER: "Another layer",
    POOLING: "Another pooling",
    MODEL: "Another model",
}
_HEIGHT_PX = 480
_MOST_LISTED = 200


@dataclass(frozen=True, eq=False)
class Change:
    """How far two spaces agree on who is near whom.

    Args:
        lost: (text,) share of each text's k nearest that are others in the second space.
        k: Neighbours compared.
        chance: Share that two unrelated spaces would have in common.
    """

    lost: Floats
    k: int
    chance: float


def show(picture: MapPicture, colourings: list[Colouring]) -> None:
    """What to compare with, both maps, and the texts that moved most."""
    space = picture.space
    if space.choice is None or space.choice.pooling == "chosen":
        st.caption("Comparing needs a model's vectors of whole texts.")
        return
    other = _other(space)
    if other is None:
        st.caption(
            "Choose what to hold this map against. Both maps are laid out in the same way, the "
            "second turned to lie on the first; pointing, selecting and zooming act on both."
        )
        return
    here = picture.space_at(picture.frame)
    change = _change(here, other, picture.settings.metric)
    _said(here, other, change)
    _maps(picture, here, other, colourings)
    _moved(here, change)


def _other(space: Space) -> Space | None:
    """The space that was chosen to compare with; stops the page while its vectors are made."""
    choice = space.choice
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = address.chooser(
            st.segmented_control,
            "Compare with",
            list(_WAYS),
            format_func=_WAYS.get,
            key="compare",
            default=NOTHING,
            required=True,
        )
        if way == NOTHING:
            return None
        if way == LAYER:
            layers = [str(layer) for layer in space.layers if layer != choice.layer]
            nearest = str(choice.layer - 1) if isinstance(choice.layer, int) else layers[-1]
            default = nearest if nearest in layers else layers[0]
            picked = address.chooser(
                st.selectbox, "Layer", layers, key="other_layer", default=default, width=160
            )
            return space.at(int(picked))
        if way == POOLING:
            names = [n for n in POOLINGS if n not in ("chosen", choice.pooling)]
            picked = address.chooser(
                st.selectbox,
                "Pooling",
                names,
                format_func=lambda name: POOLINGS[name].label,
                key="other_pooling",
                default=names[0],
                width=220,
            )
            return _embedded(space, replace(choice, pooling=picked))
        names = [name for name in resources.model_names() if name != choice.model]
        if not names:
            st.caption("There is no other model on this machine: the Models page has more.")
            return None
        picked = address.chooser(
            st.selectbox, "Model", names, key="other_model", default=names[0], width=260
        )
    shape = resources.shape(picked)
    return _embedded(
        space, replace(choice, model=picked, layer=shape.n_layers, n_layers=shape.n_layers)
    )


def _embedded(space: Space, choice) -> Space:
    return space_of(space.whole, space.rows, work.vectors(choice, space.whole), choice)


def _change(first: Space, second: Space, metric: str) -> Change:
    """Neighbour turnover from the first space to the second; in the background."""
    k = neighbours_shown(len(first))

    def job(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Change:
        found = [
            worker.neighbours(
                space.vectors, k, metric=metric, progress=progress, cancelled=cancelled
            )
            for space in (first, second)
        ]
        return Change(turnover(*found), k, k / (len(first) - 1))

    key = ("turnover", first.key, second.key, first.texts_key, metric)
    return background(key, job, "Comparing neighbours", height=200)


def _said(first: Space, second: Space, change: Change) -> None:
    kept = change.k * (1 - change.lost)
    left, middle, right = st.columns(3)
    left.metric(
        f"Of {change.k} nearest texts the same",
        f"{kept.mean():.1f}",
        help=f"Mean over all texts, in all dimensions: {first.sentence} against {second.sentence}.",
    )
    middle.metric("Expected of unrelated spaces", f"{change.k * change.chance:.1f}")
    right.metric(
        "Texts that keep fewer than half",
        f"{np.mean(change.lost > 0.5):.0%}",
    )


def _maps(picture: MapPicture, first: Space, second: Space, colourings: list[Colouring]) -> None:
    """Both maps, the second aligned to the first."""
    settings = replace(picture.settings, all_layers=False, n_dims=2)
    layouts = []
    for space in (first, second):
        job = making.start(space, settings)
        made = result(job, f"Laying out {space.sentence}", height=_HEIGHT_PX)
        layouts.append(made.projections[0])
    moved = align(layouts[1].points, layouts[0].points)
    marks = Marks(opened=state.opened(first), selected=state.selected(first))
    plain = [colouring for colouring in colourings if colouring.name != "neighbours kept"]
    sides = zip(
        st.columns(2),
        ("first", "second"),
        (first, second),
        (layouts[0].points, moved),
        layouts,
        strict=True,
    )
    for column, name, space, points, layout in sides:
        with column:
            shown = MapPicture(space, settings, Made((layout,), points[None]))
            point_map(
                _cloud(shown, name),
                plain,
                view_of(shown, marks, headline=_headline(space, shown)),
                key=f"compare {name}",
                link=KEY,
                height=_HEIGHT_PX,
            )


def _headline(space: Space, shown: MapPicture) -> str:
    choice, honesty = space.choice, shown.projection.honesty
    name = f"{choice.layer_name.capitalize()}, {choice.pooling_name.lower()}"
    if st.session_state.get("compare") == MODEL:
        name = choice.model
    return name if honesty is None else f"{name}: {honesty.knn_preservation:.0%} of neighbours kept"


def _cloud(shown: MapPicture, name: str) -> Cloud:
    """Kept while the map stays the same."""
    key = (shown.key, shown.frames.tobytes()[:4096])  # a layout is turned to lie on the first
    if st.session_state.get(f"_compare_{name}_of") != key:
        st.session_state[f"_compare_{name}"] = Cloud(
            shown.frames, shown.space.texts, (), shown.space.rows + 1
        )
        st.session_state[f"_compare_{name}_of"] = key
    return st.session_state[f"_compare_{name}"]


def _moved(space: Space, change: Change) -> None:
    """The texts whose neighbours changed most."""
    st.markdown("**Texts whose nearest texts changed most**")
    rows = np.argsort(-change.lost, kind="stable")[:_MOST_LISTED]
    changed = np.round(change.k * change.lost[rows]).astype(int)
    rows_table(space, rows, key="moved_rows", more={f"Changed, of {change.k}": changed.tolist()})
