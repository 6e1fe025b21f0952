"""Headline: the scores with their intervals, what the recipe bought, and what to know about it."""

from typing import TYPE_CHECKING

import streamlit as st

from embedlib.pace import duration
from embedlib.training.finished import SCORES, Finished, bought
from embedlib.training.finished import headline as sentence
from embedlib.training.recipes import RECIPES
from embedlib.ui.literal import directed, literal
from embedlib.ui.train.report import use

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def show(found: Finished) -> None:
    """Numbers, then the sentences that a person can quote."""
    report = found.report
    said = bought(found)
    columns = st.columns([*(2 for _ in found.scores), 2, 5], vertical_alignment="center")
    for column, (key, (value, low, high)) in zip(columns, found.scores.items(), strict=False):
        _metric(column, SCORES[key], f"{value:.3f}", f"95 %: {low:.3f} to {high:.3f}", _HELP[key])
    unit = "sentences" if found.tags_words else "rows"
    _metric(
        columns[-2],
        RECIPES[report["recipe"]].label,
        duration(report["seconds"]),
        f"{report['test']['rows']:,} test {unit}",
        "What the training took, embedding included; and how many rows scored it.",
    )
    with columns[-1].container(horizontal=True, horizontal_alignment="right"):
        with st.popover("Quote", width="content"):
            words = " ".join(filter(None, (sentence(found), said)))
            st.code(words, language=None, wrap_lines=True)
        use.offer(found)
    if said:
        st.text(said)
    for note in report["notes"]:
        st.caption(":material/info: " + literal(directed(note)))


def _metric(place: "DeltaGenerator", label: str, value: str, below: str, about: str) -> None:
    place.metric(
        label, value, below, delta_color="off", delta_arrow="off", help=about, border=False
    )


_HELP = {
    "accuracy": "Share of the test rows that are right. The interval is where 95 % of bootstrap "
    "resamples of the test rows lie: other test rows of the same kind would give another number.",
    "macro_f1": "Mean of the labels' F1, so that a rare label counts as much as a common one.",
    "entity_f1": "An entity counts as right where its first word, its last word and its type all "
    "are (seqeval, strict, IOB2). The interval is a bootstrap over sentences.",
}
