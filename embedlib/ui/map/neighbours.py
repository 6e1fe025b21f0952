"""Neighbours of the open text: the true ones in the vector space against those on the map."""

import numpy as np
import streamlit as st

from embedlib.figures.amounts import counted
from embedlib.geometry import unit
from embedlib.projection import NeighbourLines, compare_neighbours
from embedlib.records import Longs
from embedlib.ui.literal import directed, literal
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.rows import opener

K = 10


def lines_of(picture: MapPicture, row: int) -> NeighbourLines:
    """Whom the open text's lines go to; kept for the last text."""
    key = (picture.key, row, picture.frame)
    if st.session_state.get("_map_lines_of") != key:
        st.session_state["_map_lines"] = compare_neighbours(
            picture.space_at(picture.frame).vectors,
            picture.points,
            row,
            neighbours_shown(len(picture.space)),
            metric=picture.settings.metric,
        )
        st.session_state["_map_lines_of"] = key
    return st.session_state["_map_lines"]


def neighbours_shown(n_texts: int) -> int:
    """How many neighbours are worth showing: all of few texts would say nothing."""
    return min(K, max(1, (n_texts - 1) // 3))


def show(picture: MapPicture, row: int | None) -> None:
    """The open text with both kinds of neighbours, or what to do to open one."""
    space = picture.space
    if row is None:
        st.caption("Click a point to read its text and see its neighbours.")
        return
    with st.container(border=True):
        st.text(directed(space.texts[row]))
    st.caption(_facts(picture, row))
    found = lines_of(picture, row)
    n = len(found.true)
    if not n:
        st.caption("There is no other text to be near.")
        return
    st.text(
        f"Of its {n} nearest texts the map keeps {len(found.kept)} near and tears "
        f"{len(found.torn)} away; {_near_only(len(found.false))} near only on the map."
    )
    _table(picture, found)


def _near_only(n: int) -> str:
    return f"{counted(n, 'point')} {'is' if n == 1 else 'are'}"


def _facts(picture: MapPicture, row: int) -> str:
    space = picture.space
    parts = [f"Text {space.rows[row] + 1:,}", f"{len(space.texts[row]):,} characters"]
    if space.labels is not None:
        parts.insert(1, space.labels[row] or "no label")
    if space.cut is not None and space.cut[row]:
        parts.append("cut: the model did not read to its end")
    return literal(" · ".join(parts))


def _table(picture: MapPicture, found: NeighbourLines) -> None:
    """True neighbours by distance, then what is near only on the map; a click opens one."""
    space = picture.space
    kept = set(found.kept.tolist())
    rows = np.concatenate([found.true, found.false]).tolist()
    kinds = ["near" if row in kept else "torn" for row in found.true.tolist()]
    kinds += ["false"] * len(found.false)
    table = {
        "Map": kinds,
        "Distance": [*map(float, found.distances), *_distances(picture, found.row, found.false)],
        "Text": [space.texts[row] for row in rows],
    }
    if space.labels is not None:
        table["Label"] = [space.labels[row] for row in rows]
    st.dataframe(
        table,
        hide_index=True,
        height=300,
        row_height=52,  # two lines of a text in the narrow panel
        key=f"neighbours {found.row}",
        on_select=opener(f"neighbours {found.row}", rows),
        selection_mode="single-row",
        column_config={
            "Map": st.column_config.TextColumn(
                width=50,
                help="near: near in the vectors and on the map; torn: near in the vectors, torn "
                "apart on the map; false: near only on the map.",
            ),
            "Text": st.column_config.TextColumn(width="medium"),
            "Distance": st.column_config.NumberColumn(format="%.2f", width=64),
        },
        alt=f"The {len(found.true)} nearest texts of text {space.rows[found.row] + 1}, "
        "and those that are near only on the map",
    )


def _distances(picture: MapPicture, row: int, others: Longs) -> list[float]:
    """(other,) distances in the vector space from a text to others."""
    vectors = picture.space_at(picture.frame).vectors
    if picture.settings.metric == "cosine":
        directions = unit(vectors[[row, *others.tolist()]])
        return [float(1 - cosine) for cosine in directions[1:] @ directions[0]]
    gaps = vectors[others].astype(np.float64) - vectors[row]
    return [float(gap) for gap in np.linalg.norm(gaps, axis=1)]
