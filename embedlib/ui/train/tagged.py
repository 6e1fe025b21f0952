"""Sentences whose words have tags: a sample, or a CoNLL file that a person opens."""

from collections.abc import Hashable
from functools import cache

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.limits import LIMITS
from embedlib.reading.samples import FOLDER
from embedlib.training.conll import EXTENSIONS, read_conll
from embedlib.training.examples import Examples
from embedlib.ui import address, faults

TYPES = [*(extension[1:] for extension in EXTENSIONS), "txt", "tsv"]
SAMPLE, _FILE = "names", "file"
_LABELS = {SAMPLE: "Names in sentences", _FILE: ":material/upload_file: Open a CoNLL file"}


def chosen() -> tuple[Examples, Hashable] | None:
    """Draw the chooser; the sentences and what identifies them, None while there are none."""
    source = address.chooser(
        st.pills,
        "Sentences",
        _LABELS,
        key="tagged",
        default=SAMPLE,
        required=True,
        label_visibility="collapsed",
    )
    return (sample(), SAMPLE) if source == SAMPLE else _opened()


@cache
def sample() -> Examples:
    """Hand-written sentences with people, places and organisations."""
    return read((FOLDER / "names.conll").read_bytes(), "Names in sentences")


def read(content: bytes, name: str) -> Examples:
    """The sentences of a CoNLL file; see `read_conll`."""
    return read_conll(content, name)


def _opened() -> tuple[Examples, Hashable] | None:
    limit = LIMITS["upload_bytes"].value // 2**20
    uploaded = st.file_uploader(
        f"CoNLL, up to {limit} MB: a word and its tag on each line, a blank line between sentences",
        type=TYPES,
        key="train_conll",
        max_upload_size=limit,
        help="Tags in BIO or BIOES, such as B-person, I-person and O. Columns between the word "
        "and the tag are passed over.",
    )
    held = st.session_state.get("_train_conll")
    if uploaded is not None and (held is None or held[1] != uploaded.file_id):
        try:
            with st.spinner("Reading the file"):
                held = (read(uploaded.getvalue(), uploaded.name), uploaded.file_id)
        except EmbedlibError as error:
            held = (error, uploaded.file_id)
        st.session_state["_train_conll"] = held
    if held is None:
        st.caption("Open a file to train a tagger on it; it stays on this machine.")
        return None
    if isinstance(held[0], EmbedlibError):
        faults.show(held[0])
        return None
    if uploaded is None:
        st.text(f"Using {held[0].name}, {len(held[0]):,} sentences.")
    return held
