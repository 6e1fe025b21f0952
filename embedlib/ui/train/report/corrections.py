"""Predictions that a person reads, corrects and takes home; for labels of texts and for tags."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from embedlib.figures.amounts import counted
from embedlib.training.calibration import is_calibrated
from embedlib.training.finished import Finished
from embedlib.training.sequences import spans
from embedlib.training.typed import conll, corrected_csv
from embedlib.ui.train.report.rows import HEIGHT_PX, MOST_WHOLE, PERCENT
from embedlib.ui.train.report.tagged import highlighted, kinds_of

if TYPE_CHECKING:
    from embedlib.training.predicting import Guesses

_MOST_MARKED, _MOST_EDITED = 60, 5_000
_CHOSEN = "Your label"
_CALIBRATED = (
    "calibrated on validation rows: of 100 texts like the test rows with 80 %, about 80 are right; "
    "for other texts nothing is promised."
)
_AS_GIVEN = "as the model gives them: nothing says that of 100 texts with 80 %, 80 are right."


def of_texts(found: Finished, columns: dict[str, Any], said: "Guesses", digest: str) -> None:
    """One row a text, the label editable, and the download."""
    calibrated = is_calibrated(found.report)
    st.caption(
        f"{counted(len(said.labels), 'text')}, chances {_CALIBRATED if calibrated else _AS_GIVEN} "
        f"Correct a label under *{_CHOSEN}*."
    )
    n = min(len(said.labels), _MOST_EDITED)
    shown: dict[str, Any] = {name: list(values[:n]) for name, values in _texts_of(columns)}
    shown |= {
        "Predicted": list(said.labels[:n]),
        "Chance": (100 * said.chances[:n]).tolist(),
        "Next": list(said.next_labels[:n]),
        "Next chance": (100 * said.next_chances[:n]).tolist(),
    }
    config = {
        "Text": st.column_config.TextColumn(width=330),
        "Chance": PERCENT,
        "Next chance": PERCENT,
    }
    chosen = _edited(shown, found.labels, f"{found.run.id}-{digest}", config)
    chosen += [None] * (len(said.labels) - n)
    if n < len(said.labels):
        st.caption(f":material/info: The first {n:,} can be corrected here; the file has all.")
    n_changed = sum(
        bool(own) and own != guess for own, guess in zip(chosen, said.labels, strict=True)
    )
    more = {
        "confidence": np.asarray(said.chances, dtype=np.float32),
        "next": list(said.next_labels),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Predictions as CSV",
            lambda: corrected_csv(columns, said.labels, chosen, more),
            "predictions.csv",
            "text/csv",
            key="predictions_csv",
            on_click="ignore",
            type="primary",
        )
        st.caption(
            f"{counted(n_changed, 'label')} corrected. The column *label* of the file holds your "
            "labels where you chose one, so that it can be trained on."
        )


def of_words(
    found: Finished,
    words: tuple[tuple[str, ...], ...],
    tags: Sequence[tuple[str, ...]],
    digest: str,
) -> None:
    """Sentences with their entities marked, the tags editable word by word, and the download."""
    kinds = kinds_of(found.labels)
    n_entities = sum(len(spans(row)) for row in tags)
    st.caption(
        f"{counted(n_entities, 'entity', 'entities')} in {counted(len(words), 'sentence')}; words "
        "are what stands between spaces. Tags carry no calibrated chance."
    )
    with st.container(border=True):
        for row, given in zip(words[:_MOST_MARKED], tags[:_MOST_MARKED], strict=True):
            st.markdown(highlighted(row, given, kinds))
    if len(words) > _MOST_MARKED:
        st.caption(f":material/info: The first {_MOST_MARKED} sentences are shown.")
    flat = [
        (number + 1, word, tag)
        for number, (row, given) in enumerate(zip(words, tags, strict=True))
        for word, tag in zip(row, given, strict=True)
    ]
    numbers, each, predicted = zip(*flat[:_MOST_EDITED], strict=True)
    shown = {"Sentence": list(numbers), "Word": list(each), "Predicted": list(predicted)}
    with st.expander("Correct tags word by word"):
        chosen = _edited(shown, found.labels, f"{found.run.id}-{digest}", {})
    final = _replaced(tags, chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Tags as CoNLL",
            lambda: conll(words, final),
            "tags.conll",
            "text/plain",
            key="tags_conll",
            on_click="ignore",
            type="primary",
        )
        st.caption("A word and its tag a line, your corrections in place: it can be trained on.")


def _edited(
    shown: dict[str, Any], labels: Sequence[str], mark: str, config: dict[str, Any]
) -> list[str | None]:
    """What a person chose for each row, None for nothing; kept while the texts stay the same."""
    key, memory = f"corrected-{mark}", st.session_state.setdefault("_corrections", {})
    n = len(shown["Predicted"])
    if key not in st.session_state:  # the panel is opened, perhaps again
        st.session_state[f"_begun-{mark}"] = memory.get(mark, [None] * n)
    begun = st.session_state.get(f"_begun-{mark}", [None] * n)
    table = st.data_editor(
        _with_own(shown, begun),
        hide_index=True,
        height=HEIGHT_PX if n > MOST_WHOLE else "auto",
        disabled=list(shown),
        key=key,
        column_config={
            _CHOSEN: st.column_config.SelectboxColumn(
                width=150, options=list(labels), help="Empty where you agree, or have not looked."
            ),
            **config,
        },
        alt="Predictions, with a column for your own label",
    )
    chosen = [value or None for value in table[_CHOSEN]]
    memory[mark] = chosen
    return chosen


def _with_own(shown: dict[str, Any], begun: Sequence[str | None]) -> dict[str, Any]:
    """The columns with the one to fill in before what is read second."""
    after = {name: shown[name] for name in ("Next", "Next chance") if name in shown}
    before = {name: values for name, values in shown.items() if name not in after}
    return before | {_CHOSEN: list(begun)} | after


def _texts_of(columns: dict[str, Any]) -> list[tuple[str, Any]]:
    """The columns to read beside the predictions: the text, or what came in the file."""
    names = {"text": "Text", "second_text": "Second text"}
    found = [(names.get(name, name), values) for name, values in columns.items()]
    return [
        (name, values.to_pylist() if hasattr(values, "to_pylist") else values)
        for name, values in found[:4]
        if name not in ("Predicted", "Chance")
    ]


def _replaced(
    tags: Sequence[tuple[str, ...]], chosen: Sequence[str | None]
) -> list[tuple[str, ...]]:
    """Tags with a person's own in place, in the order of the words."""
    own = iter(chosen)
    return [tuple(next(own, None) or tag for tag in row) for row in tags]
