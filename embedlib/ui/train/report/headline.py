"""Headline: the scores with their intervals, what the recipe bought, and what to know about it."""

import streamlit as st

from embedlib.training.finished import SCORES, Finished, bought
from embedlib.training.finished import headline as sentence
from embedlib.training.recipes import RECIPES
from embedlib.ui.background import duration
from embedlib.ui.literal import directed, literal
from embedlib.ui.train.report import use


def show(found: Finished) -> None:
    """Numbers, then the sentences that a person can quote."""
    report = found.report
    columns = st.columns([*(2 for _ in found.scores), 2, 5], vertical_alignment="top")
    for column, (key, (value, low, high)) in zip(columns, found.scores.items(), strict=False):
        column.metric(
            SCORES[key],
            f"{value:.3f}",
            f"95 %: {low:.3f} to {high:.3f}",
            delta_color="off",
            delta_arrow="off",
            help=_HELP[key],
        )
    columns[-2].metric(
        RECIPES[report["recipe"]].label,
        duration(report["seconds"]),
        f"{report['test']['rows']:,} test {'sentences' if found.tags_words else 'rows'}",
        delta_color="off",
        delta_arrow="off",
        help="What the training took, embedding included; and how many rows scored it.",
    )
    with columns[-1]:
        if said := bought(found):
            st.text(said)
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Quote", width="content"):
                words = " ".join(filter(None, (sentence(found), said)))
                st.code(words, language=None, wrap_lines=True)
            use.offer(found)
    for note in report["notes"]:
        st.caption(":material/info: " + literal(directed(note)))


_HELP = {
    "accuracy": "Share of the test rows that are right. The interval is where 95 % of bootstrap "
    "resamples of the test rows lie: other test rows of the same kind would give another number.",
    "macro_f1": "Mean of the labels' F1, so that a rare label counts as much as a common one.",
    "entity_f1": "An entity counts as right where its first word, its last word and its type all "
    "are (seqeval, strict, IOB2). The interval is a bootstrap over sentences.",
}
