"""The texts that every page looks at: a sample, pasted text, or a file; one bar above the picture.

A new sample is a row in `embedlib.reading.samples.SAMPLES`.
"""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.limits import LIMITS
from embedlib.reading import (
    corpus_from_sheet,
    corpus_from_text,
    guess_columns,
    read_sheet,
    sample_corpus,
)
from embedlib.reading.decoding import CODECS
from embedlib.reading.samples import SAMPLES
from embedlib.records import Corpus, Sheet
from embedlib.ui import address, faults

PASTE, FILE = "paste", "file"
NO_LABEL = ""
GUESS = "guess"
FILE_TYPES = ["txt", "csv", "tsv", "jsonl", "json", "parquet"]
EXAMPLE = (
    "We sat on the bank of the river.\n"
    "The bank raised its interest rate.\n"
    "她在银行存了一笔钱。\n"
    "The fisherman rested on the bank."
)
_KEPT, _SHEET = "_corpus", "_sheet"


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


def bar() -> Corpus:
    """Draw the chooser and give the texts; stops the page where there are none yet."""
    source = address.chooser(
        st.pills,
        "Texts",
        [*SAMPLES, PASTE, FILE],
        format_func=_label,
        key="data",
        default=next(iter(SAMPLES)),
        required=True,
        label_visibility="collapsed",
    )
    corpus = _corpus(source)
    if corpus is None:
        st.session_state.pop(_KEPT, None)
        st.stop()
    st.session_state[_KEPT] = corpus
    for note in corpus.notes:
        st.caption(":material/info: " + _plain(note))
    return corpus


def _label(source: str) -> str:
    fixed = {PASTE: ":material/edit_note: Paste text", FILE: ":material/upload_file: Open a file"}
    return fixed[source] if source in fixed else SAMPLES[source].label


def _corpus(source: str) -> Corpus | None:
    if source == PASTE:
        return _pasted()
    if source == FILE:
        return _from_file()
    return sample_corpus(source)


def _plain(text: str) -> str:
    """A note may quote a column's name: no Markdown of it is to be parsed."""
    return "".join("\\" + sign if sign in r"\`*_{}[]()#+-.!|<>$:~^&=" else sign for sign in text)


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
        help=f"At most {LIMITS['pasted_characters'].value:,} characters.",
    )
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


def _from_file() -> Corpus | None:
    limit = LIMITS["upload_bytes"].value // 2**20
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    uploaded = left.file_uploader(
        f"TXT, CSV, TSV, JSONL or Parquet, up to {limit} MB and {LIMITS['rows'].value:,} rows",
        type=FILE_TYPES,
        key="upload",
        max_upload_size=limit,
    )
    right.selectbox(
        "Encoding",
        [GUESS, *CODECS],
        format_func=lambda name: "Guess" if name == GUESS else name.upper(),
        key="encoding",
        disabled=uploaded is None,
        help="How the bytes of a text file become letters. Guess: judged by the content; name it "
        "when that cannot be told, or when letters look wrong.",
    )
    if uploaded is not None:
        _read(uploaded)
    sheet: Sheet | None = st.session_state.get(_SHEET)
    if sheet is not None and uploaded is None:
        st.text(f"Showing {sheet.name}, {len(sheet.frame):,} rows.")
    if sheet is None:
        st.caption("Open a file to see its vectors; it stays on this machine.")
        return None
    return _with_columns(sheet)


def _read(uploaded: "st.runtime.uploaded_file_manager.UploadedFile") -> None:
    """Read a new upload once; a refused one leaves the sheet before it in place."""
    header = {"guess": None, "names": True, "texts": False}[st.session_state.get("header", "guess")]
    encoding = None if (named := st.session_state.get("encoding", GUESS)) == GUESS else named
    mark = (uploaded.file_id, header, encoding)
    if st.session_state.get("_read") == mark:
        error = st.session_state.get("_read_error")
        if error is not None:
            _refused(error)
        return
    st.session_state["_read"], st.session_state["_read_error"] = mark, None
    try:
        with st.spinner("Reading the file"):
            st.session_state[_SHEET] = read_sheet(
                uploaded.getvalue(), uploaded.name, header=header, encoding=encoding
            )
    except EmbedlibError as error:
        st.session_state["_read_error"] = error
        _refused(error)


def _refused(error: EmbedlibError) -> None:
    faults.show(error)
    sheet: Sheet | None = st.session_state.get(_SHEET)
    if sheet is not None:
        st.text(f"Still showing {sheet.name}.")


def _with_columns(sheet: Sheet) -> Corpus | None:
    columns = list(sheet.columns)
    guessed_text, guessed_label = guess_columns(sheet)
    first, second, third = st.columns([2, 2, 2], vertical_alignment="bottom")
    for key, options, default in (
        ("text_column", columns, guessed_text),
        ("label_column", [NO_LABEL, *columns], guessed_label or NO_LABEL),
    ):
        if st.session_state.get(key) not in options or st.session_state.get("_named") != sheet.name:
            st.session_state[key] = default
    st.session_state["_named"] = sheet.name
    text = first.selectbox("Text column", columns, key="text_column", persist_state="session")
    others = [NO_LABEL, *(name for name in columns if name != text)]
    if st.session_state["label_column"] not in others:
        st.session_state["label_column"] = NO_LABEL
    label = second.selectbox(
        "Label column",
        others,
        format_func=lambda name: name or "None",
        key="label_column",
        persist_state="session",
        help="A category for each text: colours the map and gives centroids.",
    )
    third.segmented_control(
        "First row",
        ["guess", "names", "texts"],
        format_func={"guess": "Guess", "names": "Column names", "texts": "A text"}.get,
        default="guess",
        required=True,
        key="header",
        disabled=st.session_state.get("upload") is None,
        help="Whether the first row holds column names. To change it, the file must be open above.",
    )
    try:
        return _made(sheet, text, label or None)
    except EmbedlibError as error:
        faults.show(error)
        return None


def _made(sheet: Sheet, text: str, label: str | None) -> Corpus:
    """The corpus of a sheet and two columns; kept, because it is made again at every rerun."""
    mark = (id(sheet), text, label)
    if st.session_state.get("_made_of") != mark:
        st.session_state["_made"] = corpus_from_sheet(sheet, text, label)
        st.session_state["_made_of"] = mark
    return st.session_state["_made"]
