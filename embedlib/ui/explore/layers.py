"""Through the layers: how the similarity of two texts, or of two words, changes."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.figures import CONFIG, layer_curve
from embedlib.records import Floats
from embedlib.ui import work
from embedlib.ui.explore.view import HALF_WIDTH, View, pick_text
from embedlib.words import tokens_of_word, words_of

WHOLE = "The whole text"


def show(seen: View) -> None:
    """Two texts or words, and the curve of their cosine from layer to layer."""
    if len(seen.texts) < 2:
        st.caption("A comparison needs at least two texts; add another.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        first, first_word, first_vectors = _side(seen, "First text", "text_a", 0)
    with right:
        second, second_word, second_vectors = _side(seen, "Second text", "text_b", 1)
    curve = geometry.similarity_by_layer(first_vectors, second_vectors)
    name = f"{_named(seen, first, first_word)} and {_named(seen, second, second_word)}"
    picture = layer_curve(
        {name: curve},
        geometry.mean_pair_similarity(seen.at_layers()),
        seen.palette,
        chosen_layer=seen.choice.layer if isinstance(seen.choice.layer, int) else None,
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="curve", alt=picture.alt)


def _named(seen: View, row: int, word: str) -> str:
    text = f"text {seen.rows[row] + 1}"
    return text if word == WHOLE else f"“{word}” in {text}"


def _side(seen: View, label: str, key: str, default: int) -> tuple[int, str, Floats]:
    """A text, optionally a word of it, and the vector of that at every layer: (layer, dim)."""
    row = pick_text(seen, label, key, default=default, columns=HALF_WIDTH)
    text = seen.texts[row]
    word = st.selectbox(
        "Word",
        [WHOLE, *words_of(text)],
        key=f"{key}_word_{hash(text)}",
        help="The whole text uses the sidebar's pooling; a word is the mean of its tokens.",
    )
    if word == WHOLE:
        return row, word, np.asarray(seen.at_layers()[:, row])
    found = work.token_vectors(seen.choice, text)
    tokens = tokens_of_word(found, text, word)
    if not tokens:
        st.caption("The model reads no token of this word: it was cut. The whole text is used.")
        return row, WHOLE, np.asarray(seen.at_layers()[:, row])
    return row, word, found.hidden[:, tokens].mean(axis=1)
