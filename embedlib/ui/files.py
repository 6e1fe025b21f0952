"""The file that a person opens: upload, encoding, columns; with ready-made vectors, two files.

What may be uploaded is `FILE_TYPES`; how it is read is `embedlib.reading`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures.amounts import counted
from embedlib.limits import LIMITS
from embedlib.reading import corpus_from_sheet, guess_columns, read_sheets
from embedlib.reading.decoding import CODECS
from embedlib.records import Corpus, Sheet
from embedlib.ui import faults

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.runtime.uploaded_file_manager import UploadedFile

NO_LABEL = ""
GUESS = "guess"
FILE_TYPES = ["txt", "csv", "tsv", "jsonl", "json", "parquet", "npy"]
_SHEET = "_sheet"
_CHANGE_PX = 560


def from_file() -> Corpus | None:
    """The texts of the opened file under the chosen columns; None until there are some.

    Once a file is open it takes one line; another is opened behind its button.
    """
    uploaded = st.session_state.get("upload")
    if uploaded:
        _read(uploaded)
    sheet: Sheet | None = st.session_state.get(_SHEET)
    if sheet is None:
        _ask(st.container())
        st.caption(
            "Open a file of texts, with a column of labels if it has one; it stays on this machine."
        )
        return None
    return _with_columns(sheet)


def _ask(place: "DeltaGenerator") -> None:
    """The uploader, with what is to be known before a file is read."""
    limit = LIMITS["upload_bytes"].value // 2**20
    left, right = place.columns([5, 1], vertical_alignment="bottom")
    uploaded = left.file_uploader(
        f"TXT, CSV, TSV, JSONL, Parquet or NPY, up to {limit} MB and {LIMITS['rows'].value:,} rows",
        type=FILE_TYPES,
        accept_multiple_files=True,
        key="upload",
        max_upload_size=limit,
        help="Ready-made vectors may be a column (in JSONL or Parquet a list), numbered columns "
        "such as d0 to d383, or a second file: NPY, or a TSV of numbers as the TensorBoard "
        "projector has it.",
    )
    right.selectbox(
        "Encoding",
        [GUESS, *CODECS],
        format_func=lambda name: "Guess" if name == GUESS else name.upper(),
        key="encoding",
        disabled=not uploaded,
        help="How the bytes of a text file become letters. Guess: judged by the content; name it "
        "when that cannot be told, or when letters look wrong.",
    )


def _read(uploaded: "Sequence[UploadedFile]") -> None:
    """Read new uploads once, the last two of several; a refused one changes nothing."""
    header = {"guess": None, "names": True, "texts": False}[st.session_state.get("header", "guess")]
    encoding = None if (named := st.session_state.get("encoding", GUESS)) == GUESS else named
    mark = (tuple(file.file_id for file in uploaded), header, encoding)
    if st.session_state.get("_read") == mark:
        error = st.session_state.get("_read_error")
        if error is not None:
            _refused(error)
        return
    st.session_state["_read"], st.session_state["_read_error"] = mark, None
    try:
        with st.spinner("Reading the file"):
            files = [(file.getvalue(), file.name) for file in uploaded[-2:]]
            st.session_state[_SHEET] = _sheet_of(files, header=header, encoding=encoding)
    except EmbedlibError as error:
        st.session_state["_read_error"] = error
        _refused(error)


def _sheet_of(files: Sequence[tuple[bytes, str]], **how: Any) -> Sheet:
    """The sheet of one file or two; an earlier one that cannot be read spoils no later one."""
    try:
        return read_sheets(files, **how)
    except EmbedlibError:
        if len(files) == 1 or _can_be_read(files[0], **how):
            raise
    return read_sheets(files[1:], **how)


def _can_be_read(file: tuple[bytes, str], **how: Any) -> bool:
    try:
        read_sheets([file], **how)
    except EmbedlibError:
        return False
    return True


def _refused(error: EmbedlibError) -> None:
    faults.show(error)
    sheet: Sheet | None = st.session_state.get(_SHEET)
    if sheet is not None:
        st.text(f"Still showing {sheet.name}.")


def _with_columns(sheet: Sheet) -> Corpus | None:
    """One line: the file, its columns, and what changes them."""
    columns = list(sheet.columns)
    guessed_text, guessed_label = guess_columns(sheet)
    named, first, second, third = st.columns([3, 2, 2, 1], vertical_alignment="bottom")
    named.text(f"{sheet.name}, {counted(len(sheet.frame), 'row')}")
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
    _change(third)
    try:
        return _made(sheet, text, label or None)
    except EmbedlibError as error:
        faults.show(error)
        return None


def _change(place: "DeltaGenerator") -> None:
    """Behind a button: another file, and how the first row of this one is read."""
    with place.popover("Change", width="stretch"):
        _ask(st.container(width=_CHANGE_PX))
        st.segmented_control(
            "First row",
            ["guess", "names", "texts"],
            format_func={"guess": "Guess", "names": "Column names", "texts": "A text"}.get,
            default="guess",
            required=True,
            key="header",
            disabled=not st.session_state.get("upload"),
            help="Whether the first row holds column names. To change it, the file must be open "
            "above.",
        )


def _made(sheet: Sheet, text: str, label: str | None) -> Corpus:
    """The corpus of a sheet and two columns; kept, because it is made again at every rerun."""
    mark = (id(sheet), text, label)
    if st.session_state.get("_made_of") != mark:
        st.session_state["_made"] = corpus_from_sheet(sheet, text, label)
        st.session_state["_made_of"] = mark
    return st.session_state["_made"]
