"""Tables of texts on the Map page: number, text, label, columns; a click opens a text."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.limits import LIMITS
from embedlib.records import Longs
from embedlib.ui.map import state
from embedlib.ui.map.space import Space


def rows_table(
    space: Space,
    rows: Longs,
    *,
    key: str,
    more: Mapping[str, Sequence[Any]] | None = None,
    height: int = 330,
    text_width: str | int = 330,
    alt: str = "",
) -> None:
    """These texts; choosing one opens it on the map.

    Args:
        space: The texts.
        rows: Which, in the order in which they are shown.
        key: Streamlit's key.
        more: Further columns, one value a row.
        height: In pixels.
        text_width: Of the column of texts, in pixels or as Streamlit names it.
        alt: What the table is, for who cannot see it; the number of texts when empty.
    """
    most = LIMITS["map_table_rows"].value
    if len(rows) > most:
        st.caption(f"The table shows the first {most:,} of {len(rows):,}; a download has all.")
    listed = rows[:most].tolist()
    table = {"Number": (space.rows[listed] + 1).tolist(), "Text": [space.texts[r] for r in listed]}
    if space.labels is not None:
        table["Label"] = [space.labels[row] for row in listed]
    for name, values in (more or {}).items():
        table[name] = list(values)[:most]
    st.dataframe(
        table,
        hide_index=True,
        height=height,
        key=key,
        on_select=opener(key, listed),
        selection_mode="single-row",
        column_config={
            "Number": st.column_config.NumberColumn(width="small"),
            "Text": st.column_config.TextColumn(width=text_width),
            "Label": st.column_config.TextColumn(width=130),
            **{
                name: st.column_config.NumberColumn(format="%.3f", width="small")
                for name, values in (more or {}).items()
                if len(values) and isinstance(values[0], float)
            },
        },
        alt=alt or f"{len(rows):,} texts",
    )


def opener(key: str, rows: list[int]):
    """Opens the text that was chosen in the table `key`."""

    def opened() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(rows):
            state.tell("opened", rows[chosen[0]])

    return opened
