"""The ladder as a table: what was climbed, with intervals, and what still waits."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.pace import duration
from embedlib.training.recipes import RECIPES
from embedlib.training.rungs import LADDER

_SCORES = {"accuracy": "Accuracy", "macro_f1": "Macro F1", "entity_f1": "Entity F1"}
_SHORT = ("Rung", "Macro F1", "Entity F1", "Took")


def ladder_table(
    climbed: Sequence[Mapping[str, Any]], waiting: Sequence[str] = (), *, short: bool = False
) -> None:
    """Draw it.

    Args:
        climbed: The steps of ladder.json or report.json.
        waiting: Names of all rungs, in order; those not climbed yet stand there without a score.
        short: Whether there is little room.
    """
    done = {step["name"] for step in climbed}
    rows = [_row(step) for step in climbed]
    rows += [{"Rung": _label(name)} for name in waiting if name not in done]
    scores = [label for label in _SCORES.values() if any(label in row for row in rows)]
    columns = ["Rung", *(scores or ["Macro F1"]), "95 % interval", "Took", "Learned numbers"]
    columns = [column for column in columns if not short or column in _SHORT]
    st.dataframe(
        {column: [row.get(column, "") for row in rows] for column in columns},
        hide_index=True,
        height="content",
        column_config={
            column: st.column_config.TextColumn(alignment="right") for column in columns[1:]
        },
        alt="The ladder: each way to classify with its test score",
    )
    for step in climbed:
        if step.get("error"):
            st.text(f"{step['label']} could not be fitted: {step['error']}")


def _row(step: Mapping[str, Any]) -> dict[str, str]:
    """A step as text: an empty cell says that there is no number yet."""
    row = {"Rung": step["label"]}
    for name, label in _SCORES.items():
        if step.get(name):
            row[label] = f"{step[name]['value']:.3f}"
    first = next((step[name] for name in ("entity_f1", "accuracy") if step.get(name)), None)
    if first:
        row["95 % interval"] = f"{first['low']:.3f} to {first['high']:.3f}"
        row["Took"] = "under 1 s" if step["seconds"] < 1 else duration(step["seconds"])
        row["Learned numbers"] = f"{step['trainable_parameters']:,}"
    return row


def _label(name: str) -> str:
    return LADDER[name].label if name in LADDER else RECIPES[name].label
