"""Predict: typed texts or a file through the run's model; labels can be corrected and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting.columns import input_columns
from embedlib.figures.amounts import counted
from embedlib.limits import LIMITS
from embedlib.records import Corpus, Progress, digest_of_texts
from embedlib.training.finished import Finished
from embedlib.training.typed import PAIR_SIGN, typed
from embedlib.ui import address, faults
from embedlib.ui.background import background
from embedlib.ui.train.report import corrections, kept

if TYPE_CHECKING:
    from embedlib.training.cut import CutTexts

TYPED, FILE = "typed", "file"
NO_COLUMN = ""
_WAYS = {TYPED: "Typed texts", FILE: "A file"}
_FILE_TYPES = ["txt", "csv", "tsv", "jsonl", "json", "parquet", "conll", "bio"]
_MOST_TYPED_CHARACTERS = 20_000
_SHEET = "_predict_sheet"


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be predicted.

    Args:
        texts: The texts; of sentences, the words with spaces between.
        pairs: Second texts, or ().
        words: The words of each sentence, for a run that tags words, else ().
        columns: What came with the texts, for the download.
    """

    texts: tuple[str, ...]
    pairs: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    columns: dict[str, Any]

    @property
    def digest(self) -> str:
        words = [word for row in self.words for word in row]
        return digest_of_texts([*self.texts, "", *self.pairs, "", *words])


def show(found: Finished) -> None:
    """Ask for texts, predict them in the background, show and correct."""
    way = address.chooser(
        st.segmented_control,
        "What to predict",
        _WAYS,
        key="predict_from",
        default=TYPED,
        required=True,
        label_visibility="collapsed",
    )
    try:
        asked = _typed(found) if way == TYPED else _file(found)
    except EmbedlibError as error:
        faults.show(error)
        return
    if asked is None:
        return
    key = ("predict", str(found.run.folder), found.report["date"], asked.digest)
    title = f"Predicting {counted(len(asked.texts), 'text')}"
    if found.tags_words:
        tags, cut = background(key, _tagging(found, asked), title, height=240)
        _say_cut(cut, tagged=True)
        corrections.of_words(found, asked.words, tags, asked.digest)
    else:
        said, cut = background(key, _guessing(found, asked), title, height=240)
        _say_cut(cut)
        corrections.of_texts(found, asked.columns, said, asked.digest)


def _say_cut(cut: "CutTexts", *, tagged: bool = False) -> None:
    """How many were not read to their end; nothing where all were."""
    if said := cut.sentence(tagged=tagged):
        st.caption(f":material/content_cut: {said}")


def _guessing(found: Finished, asked: Asked) -> Callable[..., Any]:
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.training.cut import cut_by
        from embedlib.training.predicting import predict_all

        ready = kept.ready(found)
        said = predict_all(ready, asked.texts, asked.pairs, progress=progress, cancelled=cancelled)
        return said.guesses, cut_by(ready, asked.texts, asked.pairs)

    return work


def _tagging(found: Finished, asked: Asked) -> Callable[..., Any]:
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.training.cut import cut_by
        from embedlib.training.predicting import tag_all

        ready = kept.ready(found)
        tags = tag_all(ready, asked.words, progress=progress, cancelled=cancelled)
        return tags, cut_by(ready, words=asked.words)

    return work


def _typed(found: Finished) -> Asked | None:
    pairs = found.report["task"] == "pair"
    between = f", two with{PAIR_SIGN}between on each line" if pairs else ""
    lines = st.text_area(
        f"Texts, one a line{between}",
        value=_examples(found, pairs=pairs),
        key=f"predict_lines_{found.run.id}",
        height=120,
        max_chars=_MOST_TYPED_CHARACTERS,
        help="They stay on this machine. At first: rows of the test, which the model never "
        "learned from.",
    )
    if not lines.strip():
        st.caption("Type a text, one a line, to see what the model says of it.")
        return None
    given = typed(lines, pairs=pairs)
    if found.tags_words:
        words = tuple(tuple(text.split()) for text in given.texts)
        return Asked(given.texts, (), words, {"text": list(given.texts)})
    columns = {"text": list(given.texts)}
    if pairs:
        columns["second_text"] = list(given.pairs)
    return Asked(given.texts, given.pairs, (), columns)


def _examples(found: Finished, *, pairs: bool) -> str:
    """The first test rows, so that a result stands there at once."""
    try:
        rows = kept.test_rows(found)
    except EmbedlibError:
        return ""
    lines = [" ".join(text.split()) for text in rows.texts[:3]]
    if pairs:
        seconds = [" ".join(text.split()) for text in rows.pairs[:3]]
        lines = [PAIR_SIGN.join(both) for both in zip(lines, seconds, strict=True)]
    return "\n".join(lines)


def _file(found: Finished) -> Asked | None:
    limit = LIMITS["upload_bytes"].value // 2**20
    uploaded = st.file_uploader(
        f"TXT, CSV, TSV, JSONL or Parquet, up to {limit} MB and {LIMITS['rows'].value:,} rows"
        + (", or CoNLL" if found.tags_words else ""),
        type=_FILE_TYPES,
        key="predict_upload",
        max_upload_size=limit,
    )
    if uploaded is None:
        st.caption("Open a file with a column of texts; it stays on this machine.")
        return None
    content, name = uploaded.getvalue(), uploaded.name
    if found.tags_words:
        from embedlib.training.conll import looks_like_conll, read_conll

        if looks_like_conll(content, name):
            return _sentences(read_conll(content, name).words)
    sheet = _sheet(uploaded.file_id, content, name)
    return _columns(found, sheet, (uploaded.file_id, name))


def _sheet(mark: str, content: bytes, name: str) -> Any:
    """The file's table, read once."""
    from embedlib.reading import read_sheet

    if (held := st.session_state.get(_SHEET)) is None or held[0] != mark:
        with st.spinner("Reading the file"):
            held = st.session_state[_SHEET] = mark, read_sheet(content, name)
    return held[1]


def _columns(found: Finished, sheet: Any, mark: tuple[str, str]) -> Asked | None:
    """Which column holds the texts; then a button, because a file may be long."""
    from embedlib.reading import corpus_from_sheet, guess_columns

    names = list(sheet.columns)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.selectbox(
            "Text column", names, index=names.index(guess_columns(sheet)[0]), width=260
        )
        second = NO_COLUMN
        if found.report["task"] == "pair":
            others = [name for name in names if name != text]
            second = st.selectbox("Second text column", others, width=260) if others else NO_COLUMN
        clicked = st.button(f"Predict {len(sheet.frame):,} rows", type="primary")
    agreed = st.session_state.setdefault("_predict_agreed", set())
    if clicked:
        agreed.add((*mark, text, second))
    if (*mark, text, second) not in agreed:
        return None
    corpus = corpus_from_sheet(sheet, text)
    if len(corpus) < len(sheet.frame):
        st.caption(
            f":material/info: {counted(len(sheet.frame) - len(corpus), 'row')} without a text "
            "left out."
        )
    return _of_corpus(found, corpus, second)


def _of_corpus(found: Finished, corpus: Corpus, second: str) -> Asked:
    if found.tags_words:
        return _sentences(tuple(tuple(text.split()) for text in corpus.texts))
    pairs = tuple(map(str, corpus.frame[second])) if second else ()
    return Asked(corpus.texts, pairs, (), input_columns(corpus))


def _sentences(words: tuple[tuple[str, ...], ...]) -> Asked:
    texts = tuple(" ".join(row) for row in words)
    return Asked(texts, (), words, {"text": list(texts)})
