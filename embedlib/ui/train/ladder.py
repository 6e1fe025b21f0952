"""The ladder as a table: what was climbed, with intervals, and what still waits."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.training.recipes import RECIPES
from embedlib.training.rungs import LADDER
from embedlib.ui.background import duration

_SCORES = {"accuracy": "Accuracy", "macro_f1": "Macro F1", "entity_f1": "Entity F1"}


def ladder_table(climbed: Sequence[Mapping[str, Any]], waiting: Sequence[str] = ()) -> None:
    """Draw it.

    Args:
        climbed: The steps of ladder.json or report.json.
        waiting: Names of all rungs, in order; those not climbed yet stand there without a score.
    """
    done = {step["name"] for step in climbed}
    rows = [_row(step) for step in climbed]
    rows += [{"Rung": _label(name)} for name in waiting if name not in done]
    shown = [label for label in _SCORES.values() if any(label in row for row in rows)]
    columns = ["Rung", *shown, "95 % interval", "Took", "Learned numbers"]
    st.dataframe(
        {column: [row.get(column) for row in rows] for column in columns},
        hide_index=True,
        height=36 * len(rows) + 40,
        column_config={
            **{name: st.column_config.NumberColumn(format="%.3f") for name in shown},
            "Learned numbers": st.column_config.NumberColumn(format="localized"),
        },
        alt="The ladder: each way to classify with its test score",
    )
    for step in climbed:
        if step.get("error"):
            st.text(f"{step['label']} could not be fitted: {step['error']}")


def _row(step: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"Rung": step["label"]}
    for name, label in _SCORES.items():
        if step.get(name):
            row[label] = step[name]["value"]
    first = next((step[name] for name in ("entity_f1", "accuracy") if step.get(name)), None)
    if first:
        row["95 % interval"] = f"{first['low']:.3f} to {first['high']:.3f}"
        row["Took"] = duration(step["seconds"])
        row["Learned numbers"] = step["trainable_parameters"]
    return row


def _label(name: str) -> str:
    return LADDER[name].label if name in LADDER else RECIPES[name].label
