"""Compare two texts: what changes in every head when a word does."""

import numpy as np
import streamlit as st

from embedlib.attention import KINDS, Comparison, compare, vector_change
from embedlib.errors import UnsupportedModelError
from embedlib.figures import change_curve, difference_map, head_grid
from embedlib.ui import faults
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.reading import read
from embedlib.ui.attention.texts import Asked
from embedlib.ui.attention.view import AttentionView
from embedlib.words import likest_wording, without_last_word

_SEARCHED = 2_000  # loaded texts among which one to begin with is looked for
_MUCH_LIKE = 0.5  # share of words in common from which it says something about this text
_MOST_LINES = 4  # words that differ and have a line of their own


def show(seen: AttentionView) -> None:
    """A second text, the difference in one head, heads by change, vectors by layer."""
    other = _second_text(seen)
    if not other.strip():
        st.caption("Type a second text that differs in a word to see which heads notice it.")
        return
    second = read(seen.choice, Asked(other, seen.maps.pair, seen.corpus), None)
    if isinstance(second, UnsupportedModelError):
        faults.show(second)
        return
    found = compare(seen.maps, second.maps, seen.kind)
    st.text(_sentence(found))
    picture = difference_map(
        found.difference(*seen.head),
        found.written,
        seen.palette,
        head=heads.name(seen.head),
        unit=KINDS[seen.kind].label.lower(),
    )
    picking.show(picture, "difference")
    _heads(seen, found)
    _vectors(seen, found)


def _second_text(seen: AttentionView) -> str:
    """The text box; at first it holds a loaded text much like this one, or this without a word."""
    text = seen.maps.text
    if st.session_state.get("_compared_with") != text:
        likest = likest_wording(text, seen.corpus.texts[:_SEARCHED], _MUCH_LIKE)
        st.session_state["second_text"] = likest or without_last_word(text)
        st.session_state["_compared_with"] = text
    box, button = st.columns([5, 1], vertical_alignment="bottom")
    other = box.text_input(
        "Second text",
        key="second_text",
        placeholder="The same text with one word changed",
        help="Tokens are aligned by word; what has no counterpart stands against a gap. At first "
        "a loaded text that shares half of its words with this one, or this one without a word.",
    )
    button.button("Copy this text", on_click=_copy, args=(text,))
    return other


def _copy(text: str) -> None:
    st.session_state["second_text"] = text


def _sentence(found: Comparison) -> str:
    gaps = sum(None in pair for pair in found.written)
    both = len(found.written) - gaps
    return (
        f"{both} tokens stand side by side, {len(found.differing)} of them differ; "
        f"{gaps} have no counterpart."
    )


def _heads(seen: AttentionView, found: Comparison) -> None:
    """Heads by change, as a grid and as a table."""
    first = found.ranked[0]
    title = f"{heads.name(first).capitalize()} changes most: {found.change[first]:.1%}"
    picture = head_grid(
        found.change,
        seen.palette,
        label="share of attention that goes elsewhere",
        title=f"{title} of its attention goes elsewhere".replace("%", " %"),
        chosen=seen.selected[:1],
    )
    picking.show_grid(picture, "changed_heads")
    picking.head_table(
        {"Change": [float(found.change[head]) for head in found.ranked]},
        found.ranked,
        "changed_table",
        alt="Heads, the most changed first",
    )


def _vectors(seen: AttentionView, found: Comparison) -> None:
    """How far the vectors of the texts, and of the words that differ, are apart at each layer."""
    pooling = picking.pooling(seen)
    moved = vector_change(found, pooling, pool_special=seen.choice.tokens.pool_special)
    curves = {"The texts": moved.text}
    for place in found.differing[:_MOST_LINES]:
        first, second = found.written[place]
        curves[f"{first} → {second}"] = moved.tokens[:, place]
    layer = seen.choice.layer if isinstance(seen.choice.layer, int) else None
    picture = change_curve(curves, seen.palette, what="from text to text", chosen_layer=layer)
    picking.show(picture, "vector_change")
    st.dataframe(
        {
            "Place": list(range(len(found.written))),
            "First text": [first or "" for first, _ in found.written],
            "Second text": [second or "" for _, second in found.written],
            "1 − cosine, last layer": [
                None if np.isnan(value) else float(value) for value in moved.tokens[-1]
            ],
        },
        hide_index=True,
        height=320,
        column_config={
            "1 − cosine, last layer": st.column_config.NumberColumn(format="%.4f"),
        },
        alt="The tokens of both texts side by side",
    )
