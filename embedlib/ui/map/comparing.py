"""Comparing: the same texts in another layer, pooling or model, side by side and linked.

What moved is measured in the vector spaces, by neighbours; the maps only show it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Cloud, Colouring
from embedlib.projection import Neighbours, align, turnover, worker
from embedlib.records import Floats, Progress
from embedlib.ui.background import background, result
from embedlib.ui.components.point_map import point_map
from embedlib.ui.literal import literal
from embedlib.ui.map import making, state
from embedlib.ui.map.colours import OF_ONE_MAP
from embedlib.ui.map.following import KEY
from embedlib.ui.map.making import Made, MapPicture
from embedlib.ui.map.neighbours import neighbours_shown
from embedlib.ui.map.other import other_than
from embedlib.ui.map.picture import Marks, view_of
from embedlib.ui.map.rows import rows_table
from embedlib.ui.map.space import Space

_HEIGHT_PX = 620
_MOST_LISTED = 200


@dataclass(frozen=True, eq=False)
class Change:
    """How far two spaces agree on who is near whom.

    Args:
        near: The k nearest of each text in the first space and in the second.
        lost: (text,) share of each text's k nearest that are others in the second space.
        chance: Share that two unrelated spaces would have in common.
    """

    near: tuple[Neighbours, Neighbours]
    lost: Floats
    chance: float

    @property
    def k(self) -> int:
        return self.near[0].k


def show(picture: MapPicture, colourings: list[Colouring]) -> None:
    """What to compare with, both maps, and the texts that moved most."""
    space = picture.space
    if space.choice is None or space.choice.pooling == "chosen":
        st.caption("Comparing needs a model's vectors of whole texts.")
        return
    if len(space) < 2:
        st.caption("Comparing needs two texts at least.")
        return
    found = other_than(space)
    if found is None:
        st.caption(
            "Choose what to hold this map against. Both maps are laid out in the same way, the "
            "second turned to lie on the first; pointing, selecting and zooming act on both."
        )
        return
    way, other = found
    spaces = (picture.space_at(picture.frame), other)
    names = tuple(way.name_of(one.choice) for one in spaces)
    change = _change(*spaces, picture.settings.metric)
    _said(spaces, change)
    _maps(picture, spaces, names, colourings)
    _opened(spaces[0], names, change)
    _moved(spaces[0], change)


def _change(first: Space, second: Space, metric: str) -> Change:
    """Neighbour turnover from the first space to the second; in the background."""
    k = neighbours_shown(len(first))

    def job(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Change:
        one, other = (
            worker.neighbours(
                space.vectors, k, metric=metric, progress=progress, cancelled=cancelled
            )
            for space in (first, second)
        )
        return Change((one, other), turnover(one, other), k / (len(first) - 1))

    key = ("turnover", first.key, second.key, first.texts_key, metric)
    return background(key, job, "Comparing neighbours", height=200)


def _said(spaces: tuple[Space, Space], change: Change) -> None:
    kept = change.k * (1 - change.lost)
    first, second = (literal(space.sentence) for space in spaces)
    left, middle, right = st.columns(3)
    left.metric(
        f"Of {change.k} nearest texts the same",
        f"{kept.mean():.1f}",
        help=f"Mean over all texts, in all dimensions: {first} against {second}.",
    )
    middle.metric("Expected of unrelated spaces", f"{change.k * change.chance:.1f}")
    right.metric("Texts that keep fewer than half", f"{np.mean(change.lost > 0.5):.0%}")


def _maps(
    picture: MapPicture,
    spaces: tuple[Space, Space],
    names: Sequence[str],
    colourings: list[Colouring],
) -> None:
    """Both maps, the second aligned to the first."""
    settings = replace(picture.settings, all_layers=False, n_dims=2)
    layouts = []
    for space in spaces:
        job = making.start(space, settings)
        made = result(job, f"Laying out {space.sentence}", height=_HEIGHT_PX)
        layouts.append(made.projections[0])
    frames = (layouts[0].points, align(layouts[1].points, layouts[0].points))
    marks = Marks(opened=state.opened(spaces[0]), selected=state.selected(spaces[0]))
    plain = [colouring for colouring in colourings if colouring.name not in OF_ONE_MAP]
    for number, column in enumerate(st.columns(2)):
        shown = MapPicture(spaces[number], settings, Made((layouts[number],), frames[number][None]))
        key = f"compare {number + 1}"
        with column:
            point_map(
                _cloud(shown, key),
                plain,
                view_of(shown, marks, headline=_headline(names[number], shown)),
                key=key,
                link=KEY,
                link_zoom=True,
                height=_HEIGHT_PX,
            )


def _headline(name: str, shown: MapPicture) -> str:
    honesty = shown.projection.honesty
    return name if honesty is None else f"{name}: {honesty.knn_preservation:.0%} of neighbours kept"


def _cloud(shown: MapPicture, name: str) -> Cloud:
    """Kept while the map stays the same."""
    key = (shown.key, shown.frames.tobytes()[:4096])  # a layout is turned to lie on the first
    if st.session_state.get(f"_{name} of") != key:
        st.session_state[f"_{name}"] = Cloud(
            shown.frames, shown.space.texts, (), shown.space.rows + 1
        )
        st.session_state[f"_{name} of"] = key
    return st.session_state[f"_{name}"]


def _opened(space: Space, names: Sequence[str], change: Change) -> None:
    """The nearest texts of the open one in each space, side by side."""
    row = state.opened(space)
    if row is None:
        st.caption("Click a point, or a row below, to see its nearest texts in both.")
        return
    near = [one.indices[row].tolist() for one in change.near]
    both = set(near[0]) & set(near[1])
    st.text(f"Text {space.rows[row] + 1:,} has {len(both)} of {change.k} nearest texts in both.")
    for number, column in enumerate(st.columns(2)):
        with column:
            rows_table(
                space,
                np.array(near[number]),
                key=f"near {number + 1} of {row}",
                more={
                    "In both": ["yes" if other in both else "" for other in near[number]],
                    "Distance": change.near[number].distances[row].astype(float).tolist(),
                },
                height=280,
                text_width="medium",
                alt=f"The nearest texts in {names[number]}",
            )


def _moved(space: Space, change: Change) -> None:
    """The texts whose neighbours changed most."""
    st.markdown("**Texts whose nearest texts changed most**")
    rows = np.argsort(-change.lost, kind="stable")[:_MOST_LISTED]
    changed = np.round(change.k * change.lost[rows]).astype(int)
    rows_table(space, rows, key="moved_rows", more={f"Changed, of {change.k}": changed.tolist()})
    if len(space) > _MOST_LISTED:
        st.caption(f"The {_MOST_LISTED} that changed most of {len(space):,} texts.")
