"""What several panels ask for: a token of the text, and a head by clicking it in a grid."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.figures import CONFIG, Picture
from embedlib.pooling import POOLINGS
from embedlib.records import digest_of_texts
from embedlib.ui import resources
from embedlib.ui.attention import heads
from embedlib.ui.attention.view import AttentionView, Head


def text_key(seen: AttentionView) -> tuple[Hashable, ...]:
    """What tells one text, model and bound from another, for work that is kept."""
    texts = [seen.maps.text, *([] if seen.maps.pair is None else [seen.maps.pair])]
    model = seen.choice.model
    return (model, resources.model_stamp(model), digest_of_texts(texts), seen.max_tokens)


def token_labels(seen: AttentionView) -> tuple[str, ...]:
    """(token,) every token of the maps as it is written, whatever the filters hide."""
    return tuple(seen.maps.written(token) for token in range(seen.maps.n_tokens))


def pick_token(seen: AttentionView, label: str, key: str, *, texts: tuple[str, ...]) -> int:
    """A chooser of a token, at first the pinned one; pinning another moves it there.

    Args:
        seen: The view.
        label: The chooser's label.
        key: The chooser's key.
        texts: (token,) what there is to choose from, in order; tokens of the maps or their words.
    """
    pinned = seen.pinned
    if pinned is not None and len(texts) == len(seen.shown.labels) != seen.maps.n_tokens:
        row = int(seen.shown.rows[pinned])
        pinned = row if row >= 0 else None
    mark = (texts, pinned)
    if st.session_state.get(f"_{key}") != mark:
        # The longest word says more than "the".
        first = max(range(len(texts)), key=lambda row: len(texts[row]) * texts[row].isalnum())
        st.session_state[key] = first if pinned is None else pinned
    st.session_state[f"_{key}"] = mark
    return st.selectbox(
        label,
        range(len(texts)),
        format_func=lambda row: f"{row}  {texts[row]}",
        key=key,
        width=220,
    )


def show_grid(picture: Picture, key: str) -> None:
    """A grid of heads; a click puts the head on show."""

    def pick() -> None:
        points = st.session_state[key]["selection"]["points"]
        found: Any = points[0].get("customdata") if points else None
        if isinstance(found, list | tuple) and len(found) == 2:
            heads.choose(heads.SELECTED, [(int(found[0]), int(found[1]))])

    st.plotly_chart(
        picture.figure,
        theme=None,
        config=CONFIG,
        key=key,
        alt=picture.alt,
        on_select=pick,
        selection_mode="points",
    )


def head_table(
    columns: Mapping[str, Sequence[object]],
    listed: Sequence[Head],
    key: str,
    *,
    alt: str,
    **config: object,
) -> None:
    """A table with a row a head; a chosen row puts the head on show.

    Args:
        columns: Label to (row,) values; they stand after layer and head.
        listed: (row,) the heads.
        key: The table's key.
        alt: The table in one sentence.
        config: Label to a Streamlit column; numbers have three decimals otherwise.
    """

    def pick() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            heads.choose(heads.SELECTED, [listed[rows[0]]])

    numbers = {
        name: st.column_config.NumberColumn(format="%.3f")
        for name, values in columns.items()
        if values and isinstance(values[0], float)
    }
    st.dataframe(
        {
            "Layer": [layer + heads.FIRST for layer, _ in listed],
            "Head": [head + heads.FIRST for _, head in listed],
            **columns,
        },
        hide_index=True,
        height=320,
        column_config=numbers | config,
        key=key,
        on_select=pick,
        selection_mode="single-row",
        alt=alt,
    )


def pooling(seen: AttentionView) -> str:
    """The sidebar's pooling; the mean where it is that over chosen tokens."""
    name = seen.choice.pooling
    if POOLINGS[name].needs_choice:
        st.caption(":material/info: Here the vector is the mean of all tokens, not of chosen ones.")
        return "mean"
    return name


def show(picture: Picture, key: str) -> None:
    """A picture without clicks."""
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key=key, alt=picture.alt)
