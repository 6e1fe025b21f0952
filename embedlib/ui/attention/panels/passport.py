"""Passport: what a head does on the loaded texts, how sure that is, and whether chance shows it."""

from collections import Counter

import numpy as np
import streamlit as st

from embedlib.attention import ROLES, Passports
from embedlib.attention.roles import MIXED
from embedlib.figures import number, percent, role_profile
from embedlib.ui.attention import heads, passport_heads, passports, picking
from embedlib.ui.attention.texts import LOADED
from embedlib.ui.attention.view import AttentionView

_FEW = 20  # texts below which an interval means little


def show(seen: AttentionView) -> None:
    """The selected head's passport, then all heads as a grid and as a table."""
    found = passports.made(seen)
    if found is None:
        st.caption(
            "A head's passport says what it does on your own texts, beside what the same "
            "architecture with random weights would do."
        )
        return
    st.text(_summary(found))
    if found.own.n_texts < _FEW:
        st.caption(
            f":material/info: {found.own.n_texts} texts say little: intervals mean something "
            f"from {_FEW} on. Load more on the Explore page."
        )
    _profile(seen, found)
    _strongest(seen, found)
    passport_heads.show(seen, found)


def _summary(found: Passports) -> str:
    roles = Counter(role for layer in found.own.roles for role in layer)
    clear = sum(count for role, count in roles.items() if role != MIXED)
    named = ", ".join(
        f"{count} {ROLES[role].label.lower()}"
        for role, count in roles.most_common()
        if role != MIXED
    )
    return (
        f"On {found.own.n_texts} texts {clear} of {sum(roles.values())} heads have a clear role"
        f"{f' ({named})' if named else ''}; {int(found.above.sum())} stand out from random weights."
    )


def _profile(seen: AttentionView, found: Passports) -> None:
    own, head = found.own, seen.head
    role = _nearest(found, head)
    picture = role_profile(
        {row.label: float(own.measures[row.measure][head]) for row in ROLES.values()},
        {ROLES[name].label: best for name, best in found.random_best().items()},
        seen.palette,
        head=heads.name(head),
        role=ROLES[role].label,
        interval=(float(own.low[head]), float(own.high[head])),
        above=bool(found.above[head]),
    )
    picking.show(picture, "role_profile")
    mixed = own.roles[head[0]][head[1]] == MIXED
    clear = "No role is clear; this is the nearest. " if mixed else ""
    st.text(
        f"{clear}The role is the same in {percent(float(own.stability[head]))} of texts drawn "
        f"anew. Entropy {number(float(own.measures['entropy_share'][head]))} of its maximum, mean "
        f"distance {number(float(own.measures['distance'][head]))} tokens."
    )


def _nearest(found: Passports, head: tuple[int, int]) -> str:
    """The head's role; for a mixed one that in which it goes farthest."""
    role = found.own.roles[head[0]][head[1]]
    if role != MIXED:
        return role
    lifts = np.nan_to_num(found.own.lifts[:-1, head[0], head[1]], nan=-np.inf)
    return list(ROLES)[int(lifts.argmax())]


def _strongest(seen: AttentionView, found: Passports) -> None:
    row = int(found.own.strongest[seen.head])
    text = seen.corpus.texts[row]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Strongest in text {row + 1}: {text[:160]}{'…' * (len(text) > 160)}")
        st.button("Open this text", on_click=_open, args=(row,), disabled=text == seen.maps.text)


def _open(row: int) -> None:
    st.session_state["sample"], st.session_state["loaded_text"] = LOADED, row
