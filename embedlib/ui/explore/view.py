"""View: the texts that are looked at and their vectors under the sidebar's choice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.figures.text import shorten
from embedlib.figures.theme import Palette
from embedlib.records import Corpus, Floats, Vectors
from embedlib.ui import work
from embedlib.ui.choice import Choice
from embedlib.ui.heading import palette

PICK_AT_ONCE = 300
WHOLE_WIDTH, HALF_WIDTH = 90, 44  # columns of a text that a chooser has room for


@dataclass(frozen=True, eq=False)
class View:
    """What the panels show.

    Args:
        choice: The sidebar's choice.
        corpus: All texts.
        vectors: Every layer of `rows`, for `pooling`.
        rows: (shown,) the texts of the corpus that have a vector; all of them, unless tokens are
            chosen and some texts have none.
        selected: (shown, dim) the vectors under the choice.
        palette: Colours of the person's theme.
    """

    choice: Choice
    corpus: Corpus
    vectors: Vectors
    rows: tuple[int, ...]
    selected: Floats
    palette: Palette

    @property
    def texts(self) -> tuple[str, ...]:
        """(shown,) the texts that have a vector."""
        if len(self.rows) == len(self.corpus):
            return self.corpus.texts
        return tuple(self.corpus.texts[row] for row in self.rows)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """(shown,) their labels, or None without a label column."""
        labels = self.corpus.labels
        return None if labels is None else tuple(labels[row] for row in self.rows)

    def column(self, name: str) -> tuple[str, ...]:
        """(shown,) a column of the file as text, "" where it is empty."""
        values = self.corpus.frame[name].tolist()
        return tuple("" if _missing(values[row]) else str(values[row]) for row in self.rows)

    def at_layers(self) -> Floats:
        """(layer, shown, dim) the vectors at every layer, for the chosen pooling."""
        return self.vectors.arrays[self.choice.pooling]


def _missing(value: object) -> bool:
    return value is None or value != value  # NaN and NaT differ from themselves


def view(choice: Choice, corpus: Corpus) -> View | None:
    """What the panels show, None where no token is chosen yet; stops the page while it is made."""
    if choice.pooling == "chosen":
        rows, vectors = work.chosen_vectors(choice, corpus, choice.word, clicked(corpus))
        if not rows:
            _nothing_chosen(choice)
            return None
    else:
        rows, vectors = tuple(range(len(corpus))), work.vectors(choice, corpus)
    selected = vectors.select(choice.pooling, choice.layer, normalise=choice.normalise)
    if len(rows) < len(corpus):
        st.caption(
            f":material/info: {len(rows):,} of {len(corpus):,} texts have chosen tokens; "
            "the others are not shown."
        )
    return View(choice, corpus, vectors, rows, selected, palette())


def clicked(corpus: Corpus) -> dict[int, tuple[int, ...]]:
    """The tokens that were chosen by clicking, by text."""
    return st.session_state.setdefault("_clicked", {}).setdefault(corpus.digest, {})


def _nothing_chosen(choice: Choice) -> None:
    if choice.word:
        st.text(f"No text has the word {choice.word!r}.")
    st.caption("Type a word in the sidebar, or click tokens below, to pool only those tokens.")


def pick_text(
    view: View, label: str, key: str, *, default: int = 0, columns: int = WHOLE_WIDTH
) -> int:
    """A chooser of one of the shown texts."""
    return pick(view.texts, view.rows, label, key, default=default, columns=columns)


def pick(
    texts: Sequence[str],
    rows: Sequence[int],
    label: str,
    key: str,
    *,
    default: int = 0,
    columns: int = WHOLE_WIDTH,
) -> int:
    """A chooser of one of some texts; with many, a search narrows the list first.

    Args:
        texts: (shown,) the texts.
        rows: (shown,) the number of each in its corpus, from 0.
        label: The chooser's label.
        key: The chooser's key.
        default: Chosen at first.
        columns: As much of a text is shown: `HALF_WIDTH` where two choosers stand side by side.
    """
    found_rows = np.arange(len(texts))
    if len(texts) > PICK_AT_ONCE:
        found = st.text_input(
            f"Find: {label.lower()}", key=f"{key}_find", placeholder="Words of the text, or #number"
        ).strip()
        found_rows = _matching(texts, found)
        if len(found_rows) == 0:
            st.caption("No text has these words; the first texts are offered.")
            found_rows = np.arange(PICK_AT_ONCE)
        elif len(found_rows) > PICK_AT_ONCE:
            st.caption(f"{len(found_rows):,} texts match; the first {PICK_AT_ONCE} are offered.")
            found_rows = found_rows[:PICK_AT_ONCE]
    options = [int(row) for row in found_rows]
    if st.session_state.get(key) not in options:
        st.session_state[key] = default if default in options else options[0]
    return st.selectbox(
        label,
        options,
        format_func=lambda row: f"{rows[row] + 1}  {shorten(texts[row], columns)}",
        key=key,
        persist_state="session",
    )


def _matching(texts: Sequence[str], words: str) -> "np.ndarray":
    if words.startswith("#") and words[1:].isdecimal():
        number = int(words[1:]) - 1
        return np.array([number] if 0 <= number < len(texts) else [], dtype=int)
    wanted = words.casefold()
    return np.array([row for row, text in enumerate(texts) if wanted in text.casefold()], dtype=int)
