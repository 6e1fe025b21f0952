"""The text or the pair that is looked at: a sample, one's own, or one of the loaded texts."""

from dataclasses import dataclass

import streamlit as st

from embedlib.attention.samples import ATTENTION_SAMPLES
from embedlib.limits import LIMITS
from embedlib.records import Corpus
from embedlib.ui import address, texts
from embedlib.ui.explore.view import pick

OWN, LOADED = "own", "loaded"
TEXT, PAIR, ROW = "attention_text", "attention_pair", "row"
_FIXED = {
    OWN: ":material/edit_note: Your own",
    LOADED: ":material/view_list: One of the loaded texts",
}


@dataclass(frozen=True, eq=False)
class Asked:
    """What a person wants to see.

    Args:
        text: Not blank.
        pair: The second text in the same input, not blank, or None.
        corpus: The texts that are loaded on the other pages.
        hint: What there is to see in a sample, "" for other texts.
    """

    text: str
    pair: str | None
    corpus: Corpus
    hint: str = ""


def choose() -> Asked:
    """Draw the chooser and give what was chosen; stops the page where there is no text yet."""
    source = address.chooser(
        st.pills,
        "Text",
        [*ATTENTION_SAMPLES, OWN, LOADED],
        format_func=lambda name: _FIXED.get(name) or ATTENTION_SAMPLES[name].label,
        key="sample",
        default=next(iter(ATTENTION_SAMPLES)),
        required=True,
        label_visibility="collapsed",
    )
    if source != LOADED:
        st.query_params.pop(ROW, None)
    if source == OWN:
        return _own()
    if source == LOADED:
        return _one_of_the_loaded()
    row = ATTENTION_SAMPLES[source]
    st.session_state["_last_sample"] = row.name
    return Asked(row.text, row.pair, texts.loaded(), row.description)


def _own() -> Asked:
    """Two boxes; at first they hold the sample that was on show, to be changed."""
    if TEXT not in st.session_state:
        _insert_example()
    first, second = st.columns(2)
    text = first.text_area(
        "Text",
        key=TEXT,
        persist_state="session",
        height=68,
        label_visibility="collapsed",
        placeholder="Text A: type or paste, then press Ctrl + Enter.",
        help=f"At most {LIMITS['text_characters'].value:,} characters.",
    )
    pair = second.text_area(
        "Second text",
        key=PAIR,
        persist_state="session",
        height=68,
        label_visibility="collapsed",
        placeholder="Text B, for a pair in one input; may stay empty.",
    )
    if not text.strip():
        st.caption("Type a text above to see what every head does with it, or insert an example.")
        st.button("Insert an example", on_click=_insert_example)
        st.stop()
    return Asked(text, pair if pair.strip() else None, texts.loaded())


def _insert_example() -> None:
    row = ATTENTION_SAMPLES[st.session_state.get("_last_sample", next(iter(ATTENTION_SAMPLES)))]
    st.session_state[TEXT], st.session_state[PAIR] = row.text, row.pair or ""


def _one_of_the_loaded() -> Asked:
    corpus = texts.bar()
    row = pick(
        corpus.texts,
        range(len(corpus)),
        "Loaded text",
        "loaded_text",
        default=_row_of_the_address(),
    )
    st.query_params[ROW] = str(row + 1)
    return Asked(corpus.texts[row], None, corpus)


def _row_of_the_address() -> int:
    number = st.query_params.get(ROW, "1")
    return int(number) - 1 if number.isascii() and number.isdecimal() else 0
