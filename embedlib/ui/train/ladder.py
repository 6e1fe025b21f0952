"""The ladder as a table: what was climbed, with intervals, and what still waits."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.pace import duration
from embedlib.training.recipes import RECIPES
from embedlib.training.rungs import LADDER

_SCORES = {"accuracy": "Accuracy", "macro_f1": "Macro F1", "entity_f1": "Entity F1"}
_SHORT = ("Step", "Macro F1", "Entity F1", "Took")


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
    rows += [{"Step": _label(name)} for name in waiting if name not in done]
    named = {column for row in rows for column in row}
    scores = [c for label in _SCORES.values() for c in (label, _interval(label)) if c in named]
    columns = ["Step", *(scores or ["Macro F1"]), "Took", "Trainable parameters"]
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
    row = {"Step": step["label"]}
    for name, label in _SCORES.items():
        if score := step.get(name):
            row[label] = f"{score['value']:.3f}"
            row[_interval(label)] = f"{score['low']:.3f} to {score['high']:.3f}"
    if not step.get("error"):
        row["Took"] = "under 1 s" if step["seconds"] < 1 else duration(step["seconds"])
        row["Trainable parameters"] = f"{step['trainable_parameters']:,}"
    return row


def _interval(label: str) -> str:
    return f"{label}, 95 %"


def _label(name: str) -> str:
    return LADDER[name].label if name in LADDER else RECIPES[name].label
