"""Cut texts: what the model did not read, for want of room or of a word for it."""

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG, cut_texts
from embedlib.figures.amounts import percent
from embedlib.ui.explore.view import View


def show(seen: View) -> None:
    """How many texts were cut, what share of the data that is, and which."""
    ledger = seen.vectors.ledger
    rows = np.flatnonzero(ledger.cut)
    first, second, third, fourth = st.columns(4)
    first.metric("Texts cut", f"{len(rows):,} of {len(ledger.n_all):,}")
    second.metric("Tokens lost", f"{ledger.share_lost:.2%}")
    third.metric(
        "Tokens unknown",
        percent(ledger.share_unknown) if ledger.n_unknown is not None else "Not counted",
        help="Of those that were read: what the model's vocabulary does not hold. It reads each "
        "as the same sign, [UNK] in BERT.",
    )
    fourth.metric(
        "Tokens a text may have", f"{ledger.max_tokens:,}", help="Special tokens included."
    )
    picture = cut_texts(ledger, seen.palette)
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="cut", alt=picture.alt)
    if seen.choice.tokens.windows:
        split = int((ledger.n_windows > 1).sum())
        st.text(f"Windows are on: {split:,} texts are read in several windows, nothing is lost.")
        return
    if len(rows) == 0:
        st.text("Every text was read to its end.")
        return
    st.button("Read long texts in windows instead", on_click=_use_windows)
    st.dataframe(
        {
            "Number": [seen.rows[row] + 1 for row in rows],
            "Tokens": [int(ledger.n_all[row]) for row in rows],
            "Read": [int(ledger.n_kept[row]) for row in rows],
            "Lost": [int(ledger.n_all[row] - ledger.n_kept[row]) for row in rows],
            "Text": [seen.texts[row] for row in rows],
        },
        hide_index=True,
        alt=f"The {len(rows)} texts that were cut, with tokens read and lost",
    )


def _use_windows() -> None:
    st.session_state["windows"] = True
