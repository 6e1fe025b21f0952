"""View: the texts, the vectors of every layer and pooling, and what both panels and jobs share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedlib.figures.theme import Palette
from embedlib.records import Corpus, Longs, TokenSettings, Vectors, digest_of_texts
from embedlib.ui import resources, work
from embedlib.ui.choice import Choice
from embedlib.ui.heading import palette

MOST_LISTED = 20  # texts that a panel lists


@dataclass(frozen=True, eq=False)
class View:
    """What the panels show.

    Args:
        choice: The sidebar's choice.
        corpus: All texts.
        vectors: Every layer and pooling of all texts.
        palette: Colours of the person's theme.
    """

    choice: Choice
    corpus: Corpus
    vectors: Vectors
    palette: Palette

    @property
    def pooling(self) -> str:
        """The chosen pooling, or the first that is there: tokens chosen by hand have no grid."""
        own = self.choice.pooling
        return own if own in self.vectors.poolings else self.vectors.poolings[0]

    @property
    def labels(self) -> tuple[str, ...] | None:
        """(text,) labels where at least two categories have a text each."""
        labels = self.corpus.labels
        return labels if labels is not None and len(set(labels) - {""}) > 1 else None

    @property
    def key(self) -> tuple[object, ...]:
        """What decides the vectors, for the keys of jobs."""
        return self.choice.model, self.corpus.digest, self.choice.tokens, self.vectors.poolings

    @property
    def labels_key(self) -> str:
        return "" if self.corpus.labels is None else digest_of_texts(self.corpus.labels)


def view(choice: Choice, corpus: Corpus) -> View:
    """What the panels show; stops the page while it is made."""
    return View(choice, corpus, work.vectors(choice, corpus, whole=True), palette())


def of_model(seen: View, model: str) -> Vectors:
    """The vectors of the same texts by another model; stops the page while they are made."""
    if model == seen.choice.model:
        return seen.vectors
    shape = resources.shape(model)
    tokens = TokenSettings(windows=seen.choice.tokens.windows)
    other = replace(seen.choice, model=model, n_layers=shape.n_layers, tokens=tokens)
    return work.vectors(other, seen.corpus, whole=True)


def changed_most(
    seen: View, overlap: Sequence[float], pair: tuple[Longs, Longs], rows: Longs, names: list[str]
) -> None:
    """The texts whose neighbours changed most, and both lists of one of them.

    Args:
        seen: The texts.
        overlap: (row,) share of neighbours kept.
        pair: (row, k) neighbours in each of two spaces, counted in `rows`.
        rows: (row,) rows of the corpus.
        names: What the two spaces are called.
    """
    texts = seen.corpus.texts
    order = np.argsort(overlap, kind="stable")[:MOST_LISTED]
    picked = st.selectbox(
        "Text whose neighbours changed most",
        [int(place) for place in order],
        format_func=lambda place: (
            f"{overlap[place]:.0%} kept · {rows[place] + 1}  {texts[rows[place]][:90]}"
        ),
        key="changed_text",
    )
    for column, own, other, name in zip(st.columns(2), pair, pair[::-1], names, strict=True):
        kept = set(other[picked].tolist())
        column.dataframe(
            {
                "Kept": [place in kept for place in own[picked].tolist()],
                "Number": [int(rows[place]) + 1 for place in own[picked]],
                name: [texts[rows[place]] for place in own[picked]],
            },
            hide_index=True,
            column_config={
                "Kept": st.column_config.CheckboxColumn(width=50),
                "Number": st.column_config.NumberColumn(width=64),
            },
            alt=f"The nearest texts by {name}",
        )
