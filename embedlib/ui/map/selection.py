"""Selection: the texts in the lasso as a table, what they are, and what sets them apart."""

from collections import Counter

import numpy as np
import streamlit as st

from embedlib.exporting.tables import TABLES
from embedlib.keywords import Terms, distinguishing, terms
from embedlib.records import Longs
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.map import state
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.rows import rows_table
from embedlib.ui.map.space import Space

_MOST_WORDS = 15


def show(picture: MapPicture) -> None:
    """The selected texts, or how to select some."""
    space = picture.space
    rows = state.selected(space)
    if not len(rows):
        st.caption(
            "Choose the lasso or the box above the map and draw round points, or hold Shift and "
            "drag. Shift adds to a selection, Alt takes away, Escape clears it."
        )
        return
    st.text(f"{len(rows):,} of {len(space):,} texts are selected.")
    left, right = st.columns([3, 2], gap="large")
    with left:
        rows_table(space, rows, key="selected_rows")
        _download(space, rows)
    with right:
        _labels(space, rows)
        words(space, rows)
    st.button("Clear the selection", on_click=state.tell, args=("selected", ()))


def terms_of(space: Space) -> Terms:
    """The words of all texts; made once for them."""
    texts = space.texts
    return background(
        ("terms", space.texts_key), lambda *_: terms(texts), "Reading the words", height=200
    )


def words(space: Space, rows: Longs) -> None:
    """The words that set these texts apart from all others."""
    found = distinguishing(terms_of(space), rows, _MOST_WORDS)
    st.markdown("**Words that set these texts apart**")
    if not found:
        st.caption("No word is commoner here than in the other texts.")
        return
    st.dataframe(
        {
            "Word": [keyword.word for keyword in found],
            "Score": [keyword.score for keyword in found],
            "Texts here": [keyword.n_inside for keyword in found],
            "Elsewhere": [keyword.n_outside for keyword in found],
        },
        hide_index=True,
        height=240,
        column_config={"Score": st.column_config.NumberColumn(format="%.1f")},
        alt="Words that set the selected texts apart",
    )
    st.caption(
        "Score: log-odds against the other texts in standard deviations (Monroe et al. 2008); "
        "above 2 is more than chance for a word that was chosen beforehand; the best of so many "
        "words may be above it by chance."
    )


def _labels(space: Space, rows: Longs) -> None:
    """How many of each label are selected, and what share of the label that is."""
    if space.labels is None:
        return
    everywhere = Counter(space.labels)
    here = Counter(space.labels[row] for row in rows.tolist())
    st.markdown("**Labels**")
    st.dataframe(
        {
            "Label": [label or "(no label)" for label, _ in here.most_common()],
            "Texts": [n for _, n in here.most_common()],
            "Of the label": [100 * n / everywhere[label] for label, n in here.most_common()],
        },
        hide_index=True,
        height=min(240, 40 + 35 * len(here)),
        column_config={
            "Label": st.column_config.TextColumn(width=150),
            "Texts": st.column_config.NumberColumn(width=60),
            "Of the label": st.column_config.NumberColumn(format="%.0f %%", width=90),
        },
        alt="Labels of the selected texts",
    )


def _download(space: Space, rows: Longs) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = address.chooser(
            st.selectbox,
            "Format",
            address.labels(TABLES),
            key="table_format",
            width=220,
        )
        export = TABLES[name]
        corpus = space.corpus.only(rows)
        found = {"row": (space.rows[rows] + 1).astype(np.int64)}
        st.download_button(
            f"Download {len(rows):,} texts",
            lambda: export.write(found, corpus, {"selection_of": len(space)}),
            file_name=f"selection{export.extension}",
            mime=export.mime,
            on_click="ignore",
            help=export.help,
        )
