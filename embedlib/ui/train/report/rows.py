"""Test rows in a table: text, label, prediction and how sure it was."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embedlib.figures.amounts import counted
from embedlib.records import Longs
from embedlib.training.predicted import PredictedRows

HEIGHT_PX, MOST_WHOLE = 420, 10  # of a table, and rows up to which all are seen at once
PERCENT = st.column_config.NumberColumn(format="%.1f %%", width=90)
_MOST_LISTED = 500


def listed(rows: PredictedRows, places: Longs, *, key: str) -> None:
    """The rows at these places, in this order; the first 500, and it is said."""
    if not len(places):
        st.caption("No test row is like that.")
        return
    shown = [int(place) for place in places[:_MOST_LISTED]]
    more = f", the first {_MOST_LISTED} are listed" if len(places) > _MOST_LISTED else ""
    st.caption(f"{counted(len(places), 'test row')}{more}.")
    columns: dict[str, Sequence[Any]] = {"Row": [rows.rows[place] + 1 for place in shown]}
    columns["Text"] = [rows.texts[place] for place in shown]
    if rows.pairs:
        columns["Second text"] = [rows.pairs[place] for place in shown]
    columns["Label"] = [_written(rows.labels[place]) for place in shown]
    columns["Predicted"] = [_written(rows.predicted[place]) for place in shown]
    if len(rows.confidence):
        columns["Confidence"] = [100 * float(rows.confidence[place]) for place in shown]
    st.dataframe(
        columns,
        hide_index=True,
        key=key,
        height=HEIGHT_PX if len(shown) > MOST_WHOLE else "auto",
        column_config={
            "Row": st.column_config.NumberColumn(
                width=60, help="Row of the file, counted from 1 without the header."
            ),
            "Text": st.column_config.TextColumn(width="large"),
            "Confidence": PERCENT,
        },
        alt="Test rows with their label and what was predicted",
    )


def _written(label: Any) -> str:
    return label if isinstance(label, str) else " ".join(label)
