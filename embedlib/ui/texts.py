"""The texts that every page looks at: a sample, pasted text, or a file; one bar above the picture.

A new sample is a row in `embedlib.reading.samples.SAMPLES`.
"""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures.amounts import counted
from embedlib.limits import LIMITS
from embedlib.reading import corpus_from_text, sample_corpus
from embedlib.reading.samples import SAMPLES
from embedlib.records import Corpus
from embedlib.ui import address, faults
from embedlib.ui import choice as choices
from embedlib.ui.components.kept_text import kept_text
from embedlib.ui.files import from_file
from embedlib.ui.literal import literal

PASTE, FILE = "paste", "file"
EXAMPLE = (
    "We sat on the bank of the river.\n"
    "The bank raised its interest rate.\n"
    "她在银行存了一笔钱。\n"
    "The fisherman rested on the bank."
)
_KEPT = "_corpus"
_UNASKED = "_unasked_sample"  # the sample that a page opened with, until somebody chooses


def count() -> int | None:
    """How many texts are on screen, None where there are none."""
    corpus = st.session_state.get(_KEPT)
    return None if corpus is None else len(corpus)


def loaded() -> Corpus:
    """The texts that were last on screen on any page; a sample where there were none."""
    corpus = st.session_state.get(_KEPT)
    if corpus is None:
        named = st.query_params.get("data", "")
        corpus = sample_corpus(named if named in SAMPLES else next(iter(SAMPLES)))
    return corpus


def bar(default: str | None = None) -> Corpus:
    """Draw the chooser and give the texts; stops the page where there are none yet.

    Args:
        default: The sample that is seen until somebody chooses; the first by default.
    """
    first = default or next(iter(SAMPLES))
    if st.session_state.get("data") == st.session_state.get(_UNASKED):
        _open_with(first)
    source = address.chooser(
        st.pills,
        "Texts",
        [*SAMPLES, PASTE, FILE],
        format_func=_label,
        key="data",
        default=first,
        required=True,
        label_visibility="collapsed",
    )
    if source != st.session_state.get(_UNASKED):
        st.session_state.pop(_UNASKED, None)
    corpus = _corpus(source)
    if corpus is None:
        st.session_state.pop(_KEPT, None)
        st.stop()
    st.session_state[_KEPT] = corpus
    for note in corpus.notes:
        st.caption(":material/info: " + literal(note))
    _say_taught(corpus)
    return corpus


def _open_with(sample: str) -> None:
    """Begin with the sample that suits the page, where no address and nobody says otherwise."""
    if "data" in st.query_params:
        return
    st.session_state[_UNASKED] = st.session_state["data"] = sample


def _say_taught(corpus: Corpus) -> None:
    """That the model has seen these texts with their labels, where it has."""
    chosen = st.session_state.get(choices.KEY)
    if chosen is not None:
        say_taught(chosen.model, corpus, "this model")


def say_taught(model: str, corpus: Corpus, called: str) -> None:
    """That a model has seen these texts with their labels, where it has; plain text."""
    from embedlib.training.taught import n_taught

    n = n_taught(model, corpus.texts)
    if n:
        st.caption(
            f":material/school: {n:,} of these {counted(len(corpus), 'text')} trained "
            f"{literal(called)}: scores on them say nothing about new texts."
        )


def kind() -> str:
    """How the texts came: a row of `exporting.code.SOURCES`."""
    pasted = {PASTE: st.session_state.get("split", "lines"), FILE: "file"}
    return pasted.get(st.session_state["data"], "sample")


def _label(source: str) -> str:
    fixed = {PASTE: ":material/edit_note: Paste text", FILE: ":material/upload_file: Open a file"}
    return fixed[source] if source in fixed else SAMPLES[source].label


def _corpus(source: str) -> Corpus | None:
    if source == PASTE:
        return _pasted()
    if source == FILE:
        return from_file()
    return sample_corpus(source)


def _pasted() -> Corpus | None:
    area, side = st.columns([4, 1])
    split = address.chooser(
        side.segmented_control,
        "One text is",
        ["lines", "sentences"],
        format_func={"lines": "a line", "sentences": "a sentence"}.get,
        default="lines",
        required=True,
        key="split",
        help="A line: each line is a text. A sentence: a paragraph is split into its sentences.",
    )
    pasted = area.text_area(
        "Your texts",
        key="pasted",
        persist_state="session",
        height=120,
        placeholder="Paste texts here, one a line, then press Ctrl + Enter.",
        help=f"At most {LIMITS['pasted_characters'].value:,} characters. Up to "
        f"{LIMITS['kept_characters'].value:,} outlive a reload: this tab of your browser keeps "
        "them until it is closed.",
    )
    kept_text("pasted")
    if not pasted.strip():
        side.button("Insert an example", on_click=_insert_example)
        st.caption("Paste some text above to see its vectors, or insert an example.")
        return None
    try:
        return corpus_from_text(pasted, split=split)
    except EmbedlibError as error:
        faults.show(error)
        return None


def _insert_example() -> None:
    st.session_state["pasted"] = EXAMPLE
