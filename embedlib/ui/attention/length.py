"""What becomes of a text that does not fit: its end is cut, or it is read part by part; both said.

The bound on tokens is the sidebar's, within the page's own limit.
"""

import streamlit as st

from embedlib.attention.maps import AttentionMaps
from embedlib.limits import LIMITS
from embedlib.ui import address
from embedlib.ui.attention.reading import Reading
from embedlib.ui.choice import Choice

CUT, PARTS = "cut", "parts"
LONG, PART = "long", "part"


def part() -> int | None:
    """Which part of a long text is asked for, from 0; None for its beginning alone."""
    if st.session_state.get(LONG, st.query_params.get(LONG)) != PARTS:
        return None
    number = st.session_state.get(PART, st.query_params.get(PART, "1"))
    return int(number) - 1 if str(number).isascii() and str(number).isdecimal() else 0


def show(choice: Choice, reading: Reading) -> None:
    """Say what was cut or which part is on show, with the choice; nothing where the text fits."""
    maps = reading.maps
    if not maps.n_lost and len(reading.parts) == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if maps.pair is not None:
            st.caption(f":material/content_cut: {_cut(choice, maps)} A pair is always cut.")
            return
        long = address.chooser(
            st.segmented_control,
            "Long text",
            [CUT, PARTS],
            format_func={CUT: "Cut the end", PARTS: "Read in parts"}.get,
            key=LONG,
            default=CUT,
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        if long == PARTS and len(reading.parts) > 1:
            _part_chooser(len(reading.parts))
            st.caption(f"{maps.n_tokens:,} tokens. Read by itself: no token sees another part.")
        else:
            st.caption(f":material/content_cut: {_cut(choice, maps)}")


def sentence(reading: Reading) -> str:
    """How many tokens there are, and how many there may be."""
    maps = reading.maps
    most = min(LIMITS["attention_tokens"].value, maps.encoder.most_tokens)
    allowed = min(maps.encoder.max_tokens, most)
    more = f" ({most} by the sidebar, More settings)" if most > allowed else ""
    return f"{maps.n_tokens} tokens; a text may have {allowed}{more}."


def _part_chooser(n_parts: int) -> None:
    address.chooser(
        st.selectbox,
        "Part",
        [str(number + 1) for number in range(n_parts)],
        format_func=lambda number: f"Part {number} of {n_parts}",
        key=PART,
        default="1",
        label_visibility="collapsed",
        width=150,
    )


def _cut(choice: Choice, maps: AttentionMaps) -> str:
    most = LIMITS["attention_tokens"].value
    more = (
        f" More, up to {most}: sidebar, More settings."
        if maps.n_tokens < min(most, maps.encoder.most_tokens)
        else ""
    )
    return f"{maps.n_tokens:,} tokens are read; {maps.n_lost:,} more were cut.{more}"
