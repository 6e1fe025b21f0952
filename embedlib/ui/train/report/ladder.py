"""Ladder: every step from nothing to fine-tuning on the same split, and what each bought."""

from typing import Any

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG
from embedlib.figures.amounts import counted
from embedlib.figures.dots import interval_dots
from embedlib.training.finished import SCORES, Finished
from embedlib.ui.heading import palette
from embedlib.ui.literal import literal

_LEAST_P = 1e-300


def show(found: Finished) -> None:
    """The dots, the table, and the paired tests between neighbours."""
    steps = found.report["ladder"]
    kinds = [key for key in SCORES if any(step.get(key) for step in steps)]
    climbed = [step for step in steps if not step["error"]]
    title = _title(climbed, kinds[0]) if climbed and kinds else "No step could be climbed"
    rows = found.report["test"]["rows"]
    picture = interval_dots(
        [step["label"] for step in climbed],
        {SCORES[key]: _triples(climbed, key) for key in kinds},
        palette(),
        title,
        unit="score on the test rows, 0 to 1",
        subtitle=f"Every step on the same {rows:,} test rows, with 95 % bootstrap intervals.",
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="ladder", alt=picture.alt)
    _table(steps, kinds, found.report["comparisons"])
    for step in steps:
        if step["error"]:
            st.caption(
                f":material/block: {literal(step['label'])} could not be fitted: "
                f"{literal(step['error'])}"
            )
    _pairs(found.report["comparisons"], found.report["ladder"])


def _title(climbed: list[dict[str, Any]], kind: str) -> str:
    """Which step is highest; several that are just as high are all named."""
    most = max(step[kind]["value"] for step in climbed)
    first, *others = [step for step in climbed if step[kind]["value"] == most]
    name = SCORES[kind]
    title = f"Highest {name[0].lower()}{name[1:]}: "
    if others:
        return title + f"{' and '.join(step['label'] for step in (first, *others))}, {most:.3f}"
    score = first[kind]
    return title + f"{first['label']}, {most:.3f} ({score['low']:.3f} to {score['high']:.3f})"


def _triples(steps: list[dict[str, Any]], key: str) -> Any:
    nothing = (np.nan,) * 3
    scores = [step.get(key) for step in steps]
    return np.array([(s["value"], s["low"], s["high"]) if s else nothing for s in scores])


def _table(
    steps: list[dict[str, Any]], kinds: list[str], comparisons: list[dict[str, Any]]
) -> None:
    tested = {one["second"]: one for one in comparisons}
    columns: dict[str, list[Any]] = {"Step": [step["label"] for step in steps]}
    for key in kinds:
        scores = [step.get(key) for step in steps]
        columns[SCORES[key]] = [score and score["value"] for score in scores]
        columns[f"{SCORES[key]}, 95 %"] = [
            f"{score['low']:.3f} to {score['high']:.3f}" if score else "" for score in scores
        ]
    columns["Seconds"] = [step["seconds"] for step in steps]
    columns["Trainable parameters"] = [step["trainable_parameters"] for step in steps]
    columns["MB"] = [step["model_bytes"] / 1e6 for step in steps]
    columns["p against the step before"] = [
        _p(tested[step["name"]]["test"]["p"]) if step["name"] in tested else "" for step in steps
    ]
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            **{SCORES[key]: st.column_config.NumberColumn(format="%.4f") for key in kinds},
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
            "Trainable parameters": st.column_config.NumberColumn(format="localized"),
            "MB": st.column_config.NumberColumn(
                format="%.1f", help="On disk, the unchanged model that it reads from included."
            ),
            "p against the step before": st.column_config.TextColumn(
                help="Exact McNemar test on the same rows: how likely so uneven a division of the "
                "rows where only one is right would be if both were equally good.",
            ),
        },
        alt="Each step with its scores, what it took and the paired test",
    )


def _p(p: float) -> str:
    """With two digits; below what a number can hold, that it is."""
    return f"{p:.2g}" if p >= _LEAST_P else f"< {_LEAST_P:g}"


def _pairs(comparisons: list[dict[str, Any]], ladder: list[dict[str, Any]]) -> None:
    """What each step bought, in sentences."""
    if not comparisons:
        st.caption("There is one step, so nothing to compare it with.")
        return
    labels = {step["name"]: step["label"] for step in ladder}
    st.markdown("**What each step bought**")
    for one in comparisons:
        test = one["test"]
        first = counted(test["only_first"], "row")
        st.text(
            f"{one['sentence']} Only {labels[one['first']]} is right on {first}, only "
            f"{labels[one['second']]} on {test['only_second']:,}."
        )
    st.caption(
        "Points are differences on the same rows with a paired bootstrap interval; steps count as "
        "different where an exact McNemar test gives p below 0.05. No correction is made for "
        "several comparisons. Once its C is chosen, the probe learns from the validation rows too; "
        "a recipe that is tuned chooses its epoch by them and learns from the training rows alone."
    )
