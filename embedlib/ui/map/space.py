"""Space: the texts and vectors that the page maps, out of the model or ready-made in the file."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedlib.records import Bools, Corpus, Floats, Longs, Vectors
from embedlib.ui import address
from embedlib.ui import choice as choices
from embedlib.ui.choice import Choice
from embedlib.ui.explore.tokens import choose
from embedlib.ui.explore.view import clicked, view
from embedlib.ui.literal import literal

MODEL = "model"


@dataclass(frozen=True, eq=False)
class Space:
    """Texts with one vector each.

    Args:
        corpus: The texts that have a vector, and no others.
        whole: All texts that were opened.
        rows: (text,) rows of the texts in `whole`.
        vectors: (text, dim) float32.
        key: Identifies the vectors, for work that is kept.
        sentence: What made the vectors, on one line.
        choice: The sidebar's choice; None for ready-made vectors.
        made: Every layer, for a model's vectors; None for ready-made ones.
        name: What ready-made vectors are called.
    """

    corpus: Corpus
    whole: Corpus
    rows: Longs
    vectors: Floats
    key: Hashable
    sentence: str
    choice: Choice | None = None
    made: Vectors | None = None
    name: str | None = None

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def texts(self) -> tuple[str, ...]:
        return self.corpus.texts

    @property
    def labels(self) -> tuple[str, ...] | None:
        return self.corpus.labels

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that there are; none for ready-made vectors."""
        return () if self.made is None else self.made.layers

    @property
    def layer(self) -> int | str | None:
        return None if self.choice is None else self.choice.layer

    @property
    def texts_key(self) -> Hashable:
        """Identifies the texts alone: spaces that share it can be shown with one another."""
        whole = len(self.rows) == len(self.whole)
        return (self.corpus.digest, None if whole else self.rows.tobytes())

    @property
    def cut(self) -> Bools | None:
        """(text,) True where the model did not read to the end; None for ready-made vectors."""
        return None if self.made is None else self.made.ledger.cut

    def at(self, layer: int) -> "Space":
        """The same texts at another layer."""
        if self.choice is None or layer == self.choice.layer:
            return self
        return space_of(self.whole, self.rows, self.made, replace(self.choice, layer=layer))

    def at_layers(self) -> list[Floats]:
        """(layer,) the vectors at every layer, for the chosen pooling."""
        choice = self.choice
        return [
            self.made.select(choice.pooling, layer, normalise=choice.normalise)
            for layer in self.layers
        ]


def chosen(corpus: Corpus) -> Space:
    """What the page maps; stops the page while vectors are made, or where nothing is chosen."""
    name = _source(corpus)
    if name != MODEL:
        return given(corpus, name)
    choice = choices.current()
    seen = view(choice, corpus)
    if seen is None:
        choose(choice, corpus)
        st.stop()
    rows = np.array(seen.rows, dtype=np.int64)
    return space_of(corpus, rows, seen.vectors, choice)


def given(corpus: Corpus, name: str) -> Space:
    """Ready-made vectors; no model is asked."""
    vectors = corpus.vectors[name]
    sentence = f"Ready-made vectors {name!r} of {corpus.name} · {vectors.shape[1]:,} dimensions"
    rows = np.arange(len(corpus))
    key = ("given", _digest(vectors))
    return Space(corpus, corpus, rows, vectors, key, sentence, name=name)


def _source(corpus: Corpus) -> str:
    if not corpus.vectors:
        return MODEL
    names = {MODEL: "From the model", **{name: f"In the file: {name}" for name in corpus.vectors}}
    return address.chooser(
        st.segmented_control,
        "Vectors",
        list(names),
        format_func=lambda name: literal(names[name]),
        key="vectors",
        default=next(iter(corpus.vectors)),
        required=True,
        help="The file brings vectors of its own. From the model: its texts are embedded anew.",
    )


def space_of(whole: Corpus, rows: Longs, made: Vectors, choice: Choice) -> Space:
    """The space of some texts under a choice; its vectors are kept for the next run."""
    kept = st.session_state.setdefault("_map_vectors", {})
    key = (made.encoder.fingerprint, made.texts_digest, choice, _chosen_tokens(whole, choice))
    if key not in kept:
        while len(kept) > 2:  # a stack of layers is in the store; these are copies
            kept.pop(next(iter(kept)))
        kept[key] = made.select(choice.pooling, choice.layer, normalise=choice.normalise)
        kept[key].setflags(write=False)
    corpus = _only(whole, rows)
    return Space(corpus, whole, rows, kept[key], key, choice.sentence, choice, made)


def _chosen_tokens(corpus: Corpus, choice: Choice) -> Hashable:
    """Which tokens were clicked, for the pooling that takes them."""
    if choice.pooling != "chosen":
        return ()
    return tuple((row, tuple(tokens)) for row, tokens in sorted(clicked(corpus).items()))


def _only(corpus: Corpus, rows: Longs) -> Corpus:
    """The corpus of these rows; the same object where that is all."""
    return corpus if len(rows) == len(corpus) else corpus.only(rows)


def _digest(vectors: Floats) -> str:
    """Hash of ready-made vectors; kept, because they may be large and are asked for in each run."""
    known, digest = st.session_state.get("_map_digest", (None, ""))
    if known is not vectors:
        digest = _hashed(vectors)
        st.session_state["_map_digest"] = vectors, digest
    return digest


def _hashed(vectors: Floats) -> str:
    return hashlib.blake2b(vectors.tobytes(), digest_size=16).hexdigest()
