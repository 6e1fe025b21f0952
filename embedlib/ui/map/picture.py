"""Picture: the map itself, with what is marked on it; 2-D in our component, 3-D in Plotly."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG
from embedlib.figures.cloud import Cloud, Colouring, Label, Lines, MapView, Star
from embedlib.figures.spaces import space_of_texts
from embedlib.limits import LIMITS
from embedlib.records import Floats, Longs
from embedlib.ui import address
from embedlib.ui.components.point_map import point_map
from embedlib.ui.components.space_figure import space_figure
from embedlib.ui.heading import palette
from embedlib.ui.map import state
from embedlib.ui.map.finding import Found
from embedlib.ui.map.following import KEY, drawn
from embedlib.ui.map.grouping import Groups
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.neighbours import lines_of
from embedlib.ui.map.words import brief, judged, made_by, title

HEIGHT_PX = 600
_MOST_CLOUDS = 4
_SPACE = "map_in_space"


@dataclass(frozen=True, eq=False)
class Marks:
    """What the page puts on the map.

    Args:
        opened: The row whose neighbours are joined by lines.
        selected: Rows in the lasso.
        hits: Rows to ring.
        stars: What was placed among the points.
        labels: Names of groups.
    """

    opened: int | None = None
    selected: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    hits: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    stars: tuple[Star, ...] = ()
    labels: tuple[Label, ...] = ()


def show(picture: MapPicture, colourings: list[Colouring], marks: Marks) -> None:
    """Draw the map."""
    if picture.settings.n_dims == 3:
        _in_space(picture, colourings, marks)
        return
    cloud = cloud_of(picture)
    drawn(picture.layers, picture.frame)
    asked = state.asked_colouring([colouring.name for colouring in colourings])
    point_map(
        cloud,
        colourings,
        replace(view_of(picture, marks), colouring=asked),
        key=KEY,
        link=KEY,
        height=HEIGHT_PX,
    )


def view_of(picture: MapPicture, marks: Marks, *, headline: str = "") -> MapView:
    """What the map shows and says."""
    return MapView(
        title=headline or title(picture),
        made_by=made_by(picture),
        brief=brief(picture),
        judged=judged(picture),
        frame=picture.frame,
        selected=marks.selected,
        opened=marks.opened,
        marked=marks.hits,
        lines=_lines(picture, marks.opened),
        stars=marks.stars,
        labels=marks.labels,
    )


def cloud_of(picture: MapPicture) -> Cloud:
    """The points of a map with their texts; kept, because packing costs more than showing."""
    kept: OrderedDict[object, Cloud] = st.session_state.setdefault("_map_clouds", OrderedDict())
    key = picture.key
    if key not in kept:
        names = tuple(f"Layer {layer}" for layer in picture.layers)
        kept[key] = Cloud(picture.frames, picture.space.texts, names, picture.space.rows + 1)
        while len(kept) > _MOST_CLOUDS:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def hits(found: Found | None) -> Longs:
    """The rows to ring: what was searched for."""
    none = np.zeros(0, dtype=np.int64)
    return none if found is None else found.rows[: LIMITS["map_marks"].value]


def stars(found: Found | None) -> tuple[Star, ...]:
    """What was placed on the map."""
    return () if found is None or found.star is None else (found.star,)


def group_labels(picture: MapPicture, groups: Groups | None) -> tuple[Label, ...]:
    """The name of each group over the middle of its texts, the largest group first."""
    if groups is None:
        return ()
    codes, names = groups.clusters.codes, groups.names[: LIMITS["map_marks"].value]
    frames: Floats = picture.frames[:, :, :2]
    return tuple(
        Label(name, np.median(frames[:, codes == code], axis=1))
        for code, name in enumerate(names)
        if name and (codes == code).any()
    )


def _lines(picture: MapPicture, row: int | None) -> tuple[Lines, ...]:
    """The open text's true and map neighbours: three kinds of line."""
    if row is None:
        return ()
    found = lines_of(picture, row)
    kinds = (("kept", found.kept), ("torn", found.torn), ("false", found.false))
    return tuple(
        Lines(kind, np.stack([np.full(len(rows), row), rows], axis=1))
        for kind, rows in kinds
        if len(rows)
    )


def _in_space(picture: MapPicture, colourings: list[Colouring], marks: Marks) -> None:
    names = [colouring.name for colouring in colourings]
    chosen = address.chooser(
        st.selectbox,
        "Colour by",
        {name: f"Colour by {name}" for name in names},
        key=state.COLOUR,
        width=260,
        label_visibility="collapsed",
    )
    colouring = colourings[names.index(chosen)]
    drawn = space_of_texts(
        picture.frames[0],
        picture.space.texts,
        colouring,
        palette(),
        title=title(picture),
        subtitle=". ".join(filter(None, (made_by(picture), judged(picture), colouring.note))),
        highlighted=_ringed(marks),
    )
    with st.container(key=_SPACE, gap=None):
        st.plotly_chart(
            drawn.figure,
            theme=None,
            config=CONFIG | {"scrollZoom": True},
            height=HEIGHT_PX - 50,
            alt=drawn.alt,
        )
    space_figure(_SPACE, shown=picture.key, key="space_figure", on_click=_open)


def _ringed(marks: Marks) -> list[int]:
    """The open text first, then what was found and what is selected."""
    opened = [] if marks.opened is None else [marks.opened]
    rows = dict.fromkeys([*opened, *marks.hits.tolist(), *marks.selected.tolist()])
    return list(rows)[: LIMITS["map_marks"].value]


def _open(row: int) -> None:
    state.tell("opened", row)
