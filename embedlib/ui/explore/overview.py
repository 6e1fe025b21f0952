"""The main picture: the map of the texts, or their similarity matrix."""

import streamlit as st

from embedlib import geometry
from embedlib.figures import CONFIG, map_of_texts, similarity_matrix
from embedlib.limits import LIMITS
from embedlib.ui import address
from embedlib.ui.explore.view import View
from embedlib.ui.literal import literal

NOTHING = "Nothing"
PICTURES = {"map": "Map", "matrix": "Similarity matrix"}
MOST_COLOURS = 60  # a column with more different values than this is no category


def show(seen: View) -> None:
    """Which picture, its controls in the same row, what made it, and the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = address.chooser(
            st.segmented_control,
            "Picture",
            PICTURES,
            default="map",
            required=True,
            key="picture",
        )
        if kind == "map":
            column = _colour_column(seen)
        else:
            ordered = st.toggle(
                "Order by likeness",
                key="ordered",
                bind="query-params",
                help="Puts like texts next to each other (clustering, average linkage). "
                "Off: the order of the texts.",
            )
        st.caption(literal(seen.choice.sentence), width="stretch")
    if kind == "map":
        _map(seen, column)
    else:
        _matrix(seen, ordered=ordered)


def _colour_column(seen: View) -> str | None:
    columns = [
        name
        for name in seen.corpus.frame.columns
        if name != seen.corpus.text_column and 1 < seen.corpus.frame[name].nunique() <= MOST_COLOURS
    ]
    label = seen.corpus.label_column
    if label is not None and label not in columns:
        columns.insert(0, label)
    options = [NOTHING, *columns]
    data = (seen.corpus.digest, label)
    if st.session_state.get("colour") not in options or st.session_state.get("_coloured") != data:
        st.session_state["colour"] = label or NOTHING  # other texts, or another label column
    st.session_state["_coloured"] = data
    chosen = st.selectbox("Colour by", options, key="colour", persist_state="session", width=220)
    return None if chosen == NOTHING else chosen


def _map(seen: View, column: str | None) -> None:
    most = LIMITS["map_texts"].value
    shown = slice(0, most)
    if len(seen.texts) > most:
        st.caption(f"The map shows the first {most:,} of {len(seen.texts):,} texts.")
    plane = geometry.pca(seen.selected[shown])
    if len(seen.texts) < 3 or not plane.explained.any():
        equal = "all texts have the same vector" if len(seen.texts) > 1 else "there is one text"
        st.caption(
            f":material/info: A map says something from three different texts on; here {equal}."
            if not plane.explained.any()
            else ":material/info: Two texts always lie on a line; a map says more with more texts."
        )
    labels = None if column is None else seen.column(column)[shown]
    picture = map_of_texts(plane.points, seen.texts[shown], labels, plane.explained, seen.palette)
    st.plotly_chart(
        picture.figure,
        theme=None,
        config=CONFIG,
        key="map",
        alt=picture.alt,
        on_select=_open_clicked,
        selection_mode="points",
    )


def _open_clicked() -> None:
    """A click on a point opens its text in the panels below."""
    points = st.session_state["map"]["selection"]["points"]
    row = points[0].get("customdata") if points else None
    row = row[0] if isinstance(row, list) and row else row
    if isinstance(row, int):
        st.session_state["text"] = row


def _matrix(seen: View, *, ordered: bool) -> None:
    most = LIMITS["matrix_texts"].value
    first = 0
    n_texts = len(seen.texts)
    if n_texts > most:
        first = (
            st.number_input(
                f"The matrix shows {most} of {n_texts:,} texts, from number",
                min_value=1,
                max_value=n_texts - most + 1,
                step=most,
                key="matrix_first",
            )
            - 1
        )
    rows = slice(first, first + most)
    similarity = geometry.cosine_matrix(seen.selected[rows])
    order = geometry.cluster_order(similarity) if ordered and len(similarity) > 2 else None
    picture = similarity_matrix(similarity, seen.texts[rows], seen.palette, order=order)
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="matrix", alt=picture.alt)
