"""The labelled rows: of the texts on every page, or sentences whose words have tags.

What is labelled (a text, a pair, a word) is a row of `embedlib.training.tasks.TASKS`.
"""

import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedlib.records import Corpus, Sheet
from embedlib.training.examples import TEST, TRAIN
from embedlib.training.sources import Columns, Loaded, joined, load_sheet
from embedlib.training.tasks import TASKS
from embedlib.ui import address, texts
from embedlib.ui.files import FILE_TYPES
from embedlib.ui.train import held_out, tagged
from embedlib.ui.train.held_out import FILE, HeldOut
from embedlib.ui.work import LABELLED_SAMPLE

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_NO_PAIR = ""


@dataclass(frozen=True, eq=False)
class Source:
    """Labelled rows that can be loaded.

    Args:
        name: For display.
        task: A name in TASKS.
        key: Identifies the rows within this session.
        load: Gives the rows, with the parts that files or columns say.
        held_out: How test rows come about.
        columns: Which column is what; None for tagged words.
        sample: The sample's name, "" for a file.
    """

    name: str
    task: str
    key: Hashable
    load: Callable[[], Loaded]
    held_out: HeldOut
    columns: Columns | None = None
    sample: str = ""


def chosen(bar: "DeltaGenerator") -> Source | None:
    """Draw what chooses the rows; None, and why, while there are none to train on.

    Args:
        bar: Where the choice of what is labelled stands.
    """
    task = address.chooser(
        bar.segmented_control,
        "What is labelled",
        address.labels(TASKS),
        key="task",
        default="sequence",
        required=True,
        label_visibility="collapsed",
    )
    return _tagged(task) if task == "tokens" else _labelled(task)


def _tagged(task: str) -> Source | None:
    rows = tagged.chosen()
    if rows is None:
        return None
    examples, key = rows
    how = held_out.controls((), tagged.TYPES, tagged.read)
    if how is None:
        return None

    def load() -> Loaded:
        if how.way != FILE:
            return Loaded(examples, ())
        first = replace(examples, parts=(TRAIN,) * len(examples))
        second = replace(how.second, parts=(TEST,) * len(how.second))
        return joined([Loaded(first, ()), Loaded(second, ())])

    name = key if isinstance(key, str) and key == tagged.SAMPLE else ""
    return Source(examples.name, task, (task, key, how.way, how.key), load, how, sample=name)


def _labelled(task: str) -> Source | None:
    corpus = texts.bar(default=LABELLED_SAMPLE)
    if corpus.labels is None:
        st.info(
            "Training needs a label for each text. Choose the label column above, open a file "
            "that has one, or begin with a sample such as Service.",
            icon=":material/label_off:",
        )
        return None
    pair = _pair(corpus) if task == "pair" else None
    if task == "pair" and pair is None:
        return None
    saying = held_out.columns_of_parts(
        corpus.frame, (corpus.text_column, corpus.label_column, pair)
    )
    how = held_out.controls(saying, [t for t in FILE_TYPES if t != "npy"], _sheet)
    if how is None:
        return None
    key = (task, _mark(corpus), corpus.text_column, corpus.label_column, pair)
    key = (*key, how.way, how.column, how.key)
    columns = Columns(corpus.text_column, str(corpus.label_column), pair, how.column)
    sample = st.session_state["data"] if texts.kind() == "sample" else ""
    return Source(corpus.name, task, key, lambda: _load(corpus, columns, how), how, columns, sample)


def _pair(corpus: Corpus) -> str | None:
    """The column of second texts."""
    taken = (corpus.text_column, corpus.label_column)
    others = [str(name) for name in corpus.frame.columns if name not in taken]
    if not others:
        st.info(
            "A pair needs a further column with the second texts, and these rows have none: open "
            "a file that has, or label single texts.",
            icon=":material/splitscreen_left:",
        )
        return None
    if st.session_state.get("pair_column") not in (_NO_PAIR, *others):
        st.session_state["pair_column"] = _NO_PAIR
    pair = st.selectbox(
        "Column of second texts",
        [_NO_PAIR, *others],
        format_func=lambda name: name or "Choose a column",
        key="pair_column",
        persist_state="session",
        width=320,
    )
    return pair or None


def _load(corpus: Corpus, columns: Columns, how: HeldOut) -> Loaded:
    sheet = Sheet(corpus.name, corpus.frame, "csv", "utf-8")
    first = load_sheet(sheet, columns, TRAIN if how.way == FILE else "")
    if corpus.source_rows:  # rows as the file counts them, those without a text included
        rows = tuple(corpus.source_rows[row] for row in first.examples.rows)
        first = replace(first, examples=replace(first.examples, rows=rows))
    said = tuple(note for note in first.notes if note not in corpus.notes)
    first = replace(first, notes=said)
    if how.way != FILE:
        return first
    return joined([first, load_sheet(how.second, replace(columns, part=None), TEST)])


def _sheet(content: bytes, name: str) -> Sheet:
    from embedlib.reading import read_sheet

    return read_sheet(content, name)


def _mark(corpus: Corpus) -> Hashable:
    """Identifies the rows: a sample by its name, a file by when it was opened."""
    if texts.kind() == "sample":
        return corpus.name
    held: tuple[Any, str] | None = st.session_state.get("_train_frame")
    if held is None or held[0] is not corpus.frame:
        held = st.session_state["_train_frame"] = (corpus.frame, uuid.uuid4().hex)
    return held[1]
