"""Mistakes: the surest wrong predictions, and labels that all other rows contradict."""

from typing import Any

import pyarrow as pa
import streamlit as st

from embedlib.exporting.formats import csv_bytes
from embedlib.training.calibration import is_calibrated
from embedlib.training.finished import Finished
from embedlib.ui.train.report.rows import HEIGHT_PX, MOST_WHOLE, PERCENT
from embedlib.ui.train.report.tagged import compared


def show(found: Finished) -> None:
    """Where the model, or the label, is to be doubted."""
    _surest(found)
    _suspicious(found)


def _surest(found: Finished) -> None:
    wrong = found.report["mistakes"]
    if not wrong:
        st.markdown("**Mistakes**")
        st.caption("No test row is wrong. With few rows that may be luck: see the interval.")
        return
    if found.tags_words:
        st.markdown("**Sentences with the most wrong entities**")
        compared(wrong)
        return
    st.markdown("**The surest mistakes**")
    columns: dict[str, list[Any]] = {
        "Row": [one["row"] + 1 for one in wrong],
        "Text": [one["text"] for one in wrong],
    }
    if any("pair" in one for one in wrong):
        columns["Second text"] = [one.get("pair", "") for one in wrong]
    columns |= {
        "Label": [one.get("label", "") for one in wrong],
        "Predicted": [one.get("predicted", "") for one in wrong],
        "Confidence": [_percent(one.get("confidence")) for one in wrong],
        "Label's chance": [_percent(one.get("chance_of_label")) for one in wrong],
    }
    st.dataframe(
        columns,
        hide_index=True,
        height=HEIGHT_PX if len(wrong) > MOST_WHOLE else "auto",
        column_config=_COLUMNS,
        alt="Wrong test rows, the surest first",
    )
    st.caption(
        "Wrong test rows, the surest first, at most fifty; chances are "
        f"{'calibrated' if is_calibrated(found.report) else 'as the model gives them'}. Read them: "
        "often the label is what is wrong."
    )


def _suspicious(found: Finished) -> None:
    st.markdown("**Labels to be doubted**")
    doubted = found.report.get("suspicious")
    if found.tags_words:
        st.caption("Doubtful labels are looked for among whole texts, not among words.")
        return
    if doubted is None:
        st.caption(
            "This run has not looked for doubtful labels: they are found with the vectors of the "
            "steps Class centroids or Linear probe, of which it has none."
        )
        return
    if not doubted:
        st.caption("No label is contradicted by the other rows.")
        return
    names = ("Row", "Part", "Text", "Label", "Likelier", "Chance", "Label's chance")
    keys = ("row", "part", "text", "label", "likelier", "chance", "chance_of_label")
    columns = {name: [one[key] for one in doubted] for name, key in zip(names, keys, strict=True)}
    columns["Row"] = [row + 1 for row in columns["Row"]]
    for name in names[-2:]:
        columns[name] = [_percent(chance) for chance in columns[name]]
    st.dataframe(
        columns,
        hide_index=True,
        height=HEIGHT_PX if len(doubted) > MOST_WHOLE else "auto",
        column_config=_COLUMNS | {"Text": st.column_config.TextColumn(width=240)},
        alt="Rows whose label is contradicted by the others, the surest first",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Rows to check as CSV",
            lambda: csv_bytes(pa.Table.from_pylist(doubted)),
            "doubtful.csv",
            "text/csv",
            on_click="ignore",
        )
        st.caption(
            "Each row was judged by probes that had not seen it (five folds; Northcutt et al. "
            "2021). A doubt is no proof: a rare meaning looks the same as a wrong label."
            + _judged(found)
        )


def _judged(found: Finished) -> str:
    """How good the judge is, without which a doubt cannot be weighed."""
    right = found.report.get("suspicion_accuracy")
    if right is None:
        return ""
    return (
        f" These probes agree with the labels of {right:.0%} of the rows: the fewer, the less "
        "a doubt says."
    )


_COLUMNS = {
    "Row": st.column_config.NumberColumn(
        width=60, help="Row of the file, counted from 1 without the header."
    ),
    "Part": st.column_config.TextColumn(width=70),
    **dict.fromkeys(("Label", "Predicted", "Likelier"), st.column_config.TextColumn(width=140)),
    "Text": st.column_config.TextColumn(width=310),
    **dict.fromkeys(("Confidence", "Chance", "Label's chance"), PERCENT),
}


def _percent(chance: float | None) -> float | None:
    return None if chance is None else 100 * chance
