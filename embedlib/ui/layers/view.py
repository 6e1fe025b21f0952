"""View: the texts, the vectors of every layer and pooling, and what both panels and jobs share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedlib.figures.theme import Palette
from embedlib.records import Corpus, Longs, TokenSettings, Vectors, digest_of_texts
from embedlib.ui import address, resources, work
from embedlib.ui.choice import Choice
from embedlib.ui.explore.view import PICK_AT_ONCE, WHOLE_WIDTH, pick
from embedlib.ui.heading import palette
from embedlib.ui.literal import literal

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
    def one_layer(self) -> int:
        """The chosen layer; the last where a mix is chosen, for what reads a single one."""
        chosen = self.choice.layer
        return chosen if isinstance(chosen, int) else self.choice.n_layers

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


def lacks_texts(seen: View, least: int, what: str) -> bool:
    """Whether there are fewer texts than `what` needs, which is said then."""
    if len(seen.corpus) >= least:
        return False
    number = {2: "two", 3: "three"}[least]
    st.caption(f"{what} at least {number} texts; add another.")
    return True


def say(notes: Iterable[str]) -> None:
    """What was sampled or left out, a line each; plain text."""
    for note in notes:
        st.caption(":material/info: " + literal(note))


def clicked_place(key: str) -> tuple[int, int] | None:
    """(row, column) of the cell that was clicked in the picture with this key."""
    points = st.session_state[key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if not isinstance(place, list | tuple) or len(place) != 2:
        return None
    return int(place[0]), int(place[1])


def pick_row(
    seen: View, label: str, key: str, *, default: int = 0, columns: int = WHOLE_WIDTH
) -> int:
    """A chooser of one of the texts, whose number stands in the address, counted from 1."""
    named = st.query_params.get(key, "")
    if key not in st.session_state and named.isdecimal() and 0 < int(named) <= len(seen.corpus):
        st.session_state[key] = int(named) - 1
        st.session_state[f"{key}_find"] = f"#{named}" if len(seen.corpus) > PICK_AT_ONCE else ""
    row = pick(
        seen.corpus.texts,
        range(len(seen.corpus)),
        label,
        key,
        default=default,
        columns=columns,
    )
    address.put(key, str(row + 1), default=str(default + 1))
    return row


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
    places = {str(rows[place] + 1): int(place) for place in order}  # by the text's number
    number = address.chooser(
        st.selectbox,
        "Text whose neighbours changed most",
        list(places),
        format_func=lambda number: (
            f"{overlap[places[number]]:.0%} kept · {number}  {texts[int(number) - 1][:90]}"
        ),
        key="changed_text",
        default=next(iter(places)),
    )
    picked = places[number]
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
