"""Labels: which are found and which are taken for which; a click on a cell shows its rows."""

from typing import Any

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG, Cells, cell_table
from embedlib.figures.amounts import counted
from embedlib.figures.text import quoted
from embedlib.training.confused import Confused, confused_pairs, most_confused_labels
from embedlib.training.finished import Finished
from embedlib.ui import address
from embedlib.ui.heading import palette
from embedlib.ui.train.report import kept
from embedlib.ui.train.report.rows import MOST_WHOLE, PERCENT, listed

ANY = "any"
_MOST_DRAWN, _MANY, _MOST_PAIRS, _LIST_PX = 80, 14, 200, 250
COUNT, SHARE = "rows", "share"


def show(found: Finished) -> None:
    """The confusion, the pairs that are confused most, a cell's rows, and every label."""
    counts = np.array(found.report["confusion"], dtype=np.int64)
    pairs = confused_pairs(found.labels, counts)
    if found.tags_words:
        _entities(found)
    if len(counts) > _MANY:  # the picture is long, and the list says it shorter
        _pairs(pairs)
        _confusion(found, counts, pairs)
    else:
        _confusion(found, counts, pairs)
        _pairs(pairs)
    _cell(found)
    _per_label(found)


def _confusion(found: Finished, counts: Any, pairs: tuple[Confused, ...]) -> None:
    crowded = len(counts) > _MANY or found.tags_words  # or the right ones take all the colour
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = address.chooser(
            st.segmented_control,
            "Cells show",
            [COUNT, SHARE],
            format_func={COUNT: "Rows", SHARE: "Share of the label"}.get,
            key="cells",
            default=COUNT,
            required=True,
        )
        only = st.toggle(
            "Mistakes only",
            value=crowded,
            key="only_mistakes",
            bind="query-params",
            help="Leave the right predictions out, so that the colours are for the mistakes.",
        )
    drawn = most_confused_labels(counts, _MOST_DRAWN)
    if len(drawn) < len(counts):
        st.caption(
            f":material/info: {_MOST_DRAWN} of {len(counts):,} labels are drawn: those with most "
            "mistakes. The lists have all."
        )
    picture = confusion_picture(found, counts, drawn, pairs, share=shown == SHARE, only=only)
    chosen = st.session_state.get("truth", ANY), st.session_state.get("guess", ANY)
    key = f"confusion-{shown}-{only}-{chosen}"  # another choice: nothing is selected
    st.session_state["_drawn_labels"] = [found.labels[place] for place in drawn]
    st.plotly_chart(
        picture.figure,
        theme=None,
        config=CONFIG,
        key=key,
        alt=picture.alt,
        on_select=lambda: _clicked(key),
        selection_mode="points",
    )


def confusion_picture(
    found: Finished,
    counts: Any,
    drawn: Any,
    pairs: tuple[Confused, ...],
    *,
    share: bool,
    only: bool,
) -> Any:
    """The cells of the drawn labels; rows are labels, columns predictions."""
    inside = counts[np.ix_(drawn, drawn)]
    of_label = np.maximum(counts[drawn].sum(axis=1, keepdims=True), 1)
    values = np.where(inside > 0, inside / of_label if share else inside, np.nan)
    if only:
        np.fill_diagonal(values, np.nan)
    names = [found.labels[place] for place in drawn]
    unit = "words" if found.tags_words else "rows"
    title = "Nothing was confused"
    if pairs:
        first = pairs[0]
        title = (
            f"Confused most: {quoted(first.label)} taken for {quoted(first.predicted)}, "
            f"{counted(first.rows, unit[:-1])}"
        )
    chosen = [st.session_state.get(key) for key in ("truth", "guess")]
    place = tuple(names.index(name) if name in names else -1 for name in chosen)
    cells = Cells(
        values.astype(np.float32),
        names,
        names,
        0.0,
        1.0 if share else 4.0 * max(1, -(-int(np.nan_to_num(values).max()) // 4)),
        chosen=place if min(place) >= 0 else None,
        hover=lambda r, c: (
            f"{counted(int(inside[r, c]), unit[:-1])} of {int(of_label[r, 0]):,} with this label"
        ),
        digits=2 if share else 0,
        nothing="none",
        axes=("label", "predicted"),
    )
    return cell_table(
        cells, palette(), title, "Rows: the label. Columns: what was predicted. Click a cell."
    )


def _clicked(key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    names = st.session_state.get("_drawn_labels", [])
    if isinstance(place, list | tuple) and len(place) == 2:
        _choose(names[int(place[0])], names[int(place[1])])


def _choose(label: str, predicted: str) -> None:
    st.session_state["truth"], st.session_state["guess"] = label, predicted


def _pairs(pairs: tuple[Confused, ...]) -> None:
    """The list of confused pairs; a chosen row shows its texts as a click on its cell does."""
    st.markdown("**Confused most**")
    if not pairs:
        st.caption("No test row was confused.")
        return
    first = pairs[:_MOST_PAIRS]
    st.dataframe(
        {
            "Rows": [one.rows for one in first],
            "Label": [one.label for one in first],
            "Predicted": [one.predicted for one in first],
            "Of label": [100 * one.share for one in first],
        },
        hide_index=True,
        height=_LIST_PX if len(first) > MOST_WHOLE else "auto",
        key="pairs",
        on_select=lambda: _picked(first),
        selection_mode="single-row",
        column_config={
            "Rows": st.column_config.NumberColumn(width=50),
            "Of label": PERCENT,
        },
        alt="Pairs of labels that were confused, the most rows first",
    )


def _picked(pairs: tuple[Confused, ...]) -> None:
    chosen = st.session_state["pairs"]["selection"]["rows"]
    if chosen:
        _choose(pairs[chosen[0]].label, pairs[chosen[0]].predicted)


def _cell(found: Finished) -> None:
    """The test rows with a label and a prediction."""
    options = [ANY, *found.labels]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = [
            address.chooser(
                st.selectbox,
                name,
                options,
                format_func=lambda label: "Any" if label == ANY else label,
                key=key,
                default=ANY,
                width=300,
            )
            for name, key in (("Label", "truth"), ("Predicted", "guess"))
        ]
        if asked != [ANY, ANY]:
            st.button("Clear", on_click=_choose, args=(ANY, ANY))
    if asked == [ANY, ANY]:
        st.caption("Click a cell, or choose a label, to see its test rows here.")
        return
    rows = kept.test_rows(found)
    label, predicted = (None if name == ANY else name for name in asked)
    listed(rows, rows.cell(label, predicted), key="cell_rows")


def _per_label(found: Finished) -> None:
    st.markdown("**Tag by tag**" if found.tags_words else "**Label by label**")
    rows = found.report["per_label"]
    _scores_table(rows, "label", "Tag" if found.tags_words else "Label", "rows", found)


def _entities(found: Finished) -> None:
    """Entity scores by type."""
    kinds = found.report.get("entities") or []
    if not kinds:
        st.caption("No entity was there and none was predicted.")
        return
    st.markdown("**Entities by type, strict**")
    _scores_table(kinds, "type", "Type", "entities", found)
    st.caption(
        "An entity is right where its first word, its last word and its type all are. Below, tags "
        "are counted word by word."
    )


def _scores_table(
    rows: list[dict[str, Any]], key: str, name: str, unit: str, found: Finished
) -> None:
    count = unit.capitalize() if not (found.tags_words and unit == "rows") else "Words"
    # Without a row of its own a label has no recall, and a precision of 0 says nothing of it.
    intervals = [(row[unit] and row.get("recall_interval")) or (None, None) for row in rows]
    scores = {
        column: [row[column.lower()] if row[unit] else None for row in rows]
        for column in ("Precision", "Recall", "F1")
    }
    st.dataframe(
        {
            name: [row[key] for row in rows],
            "Precision": scores["Precision"],
            "Recall": scores["Recall"],
            "Recall, 95 %": [
                f"{low:.3f} to {high:.3f}" if low is not None else None for low, high in intervals
            ],
            "F1": scores["F1"],
            count: [row[unit] for row in rows],
        },
        hide_index=True,
        column_config={
            **{
                column: st.column_config.NumberColumn(format="%.3f")
                for column in ("Precision", "Recall")
            },
            "F1": st.column_config.ProgressColumn(format="%.3f", min_value=0.0, max_value=1.0),
            "Recall, 95 %": st.column_config.TextColumn(
                help="Wilson interval: how sure the recall is with so few rows."
            ),
        },
        placeholder="–",
        alt=f"Precision, recall and F1 of each {name.lower()}",
    )
    if n_without := sum(not row[unit] for row in rows):
        st.caption(
            f"–: {counted(n_without, name.lower())} without {count.lower()} in the test, of which "
            "nothing can be said."
        )
