"""Export and code: the vectors as a file with their card, and the Python that makes them."""

import json
from dataclasses import replace

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting import EXPORTS, card, code
from embedlib.records import Corpus
from embedlib.ui import address, faults, texts
from embedlib.ui.explore.view import View, clicked
from embedlib.ui.work import chosen_tokens


def show(seen: View) -> None:
    """Format and download on the left, card and code on the right."""
    choice = seen.choice
    corpus = _shown(seen)
    facts = card(seen.vectors, corpus, choice.pooling, choice.layer, normalise=choice.normalise)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _download(seen, corpus, facts)
        with st.expander("Card: what made these vectors"):
            st.code(json.dumps(facts, indent=2, ensure_ascii=False), language="json")
    with right:
        st.subheader("Code", anchor=False)
        st.code(_code(seen, corpus), language="python", wrap_lines=True)
        st.caption(
            "The address of this page restores model, layer, pooling, sample and tab. "
            "Pasted texts and files are not in it."
        )


def _shown(seen: View) -> Corpus:
    """The corpus of the shown rows only: with chosen tokens some texts may have no vector."""
    corpus = seen.corpus
    if len(seen.rows) == len(corpus):
        return corpus
    rows = list(seen.rows)
    return replace(
        corpus,
        texts=seen.texts,
        labels=seen.labels,
        frame=corpus.frame.iloc[rows],
        source_rows=tuple(corpus.source_rows[row] for row in rows) if corpus.source_rows else (),
    )


def _download(seen: View, corpus: Corpus, facts: dict[str, object]) -> None:
    name = address.chooser(
        st.pills,
        "Format",
        address.labels(EXPORTS),
        key="format",
        default=next(iter(EXPORTS)),
        required=True,
        wrap=True,
    )
    export = EXPORTS[name]
    st.caption(export.help)
    n_texts, dim = seen.selected.shape
    st.text(f"{n_texts:,} texts x {dim:,} dimensions")

    def content() -> bytes:
        return export.write(seen.selected, corpus, facts)

    try:
        ready = content if n_texts > 2_000 else content()
    except EmbedlibError as error:
        faults.show(error)
        return
    st.download_button(
        "Download the vectors",
        ready,
        file_name=export.file_name(f"{corpus.name}-{seen.choice.layer}-{seen.choice.pooling}"),
        mime=export.mime,
        type="primary",
        on_click="ignore",
    )


def _code(seen: View, corpus: Corpus) -> str:
    choice = seen.choice
    source = st.session_state["data"]
    kind = {texts.PASTE: st.session_state.get("split", "lines"), texts.FILE: "file"}.get(
        source, "sample"
    )
    chosen = None
    if choice.pooling == "chosen":
        everywhere = chosen_tokens(choice, seen.corpus, choice.word, clicked(seen.corpus))
        chosen = {place: everywhere[row] for place, row in enumerate(seen.rows)}
    return code(
        seen.vectors,
        corpus,
        choice.pooling,
        choice.layer,
        normalise=choice.normalise,
        source=kind if chosen is None else "lines",
        chosen=chosen,
    )
