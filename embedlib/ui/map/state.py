"""State: what a person has chosen on the map, known before it is drawn; and what the page sets.

A person's choice stands until the page sets another with `tell`. The row that is open, the layer
and the colouring stand in the address.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from embedlib.browser.rows import unpacked_rows
from embedlib.records import Longs
from embedlib.ui import address
from embedlib.ui.components.map_memory import Memory
from embedlib.ui.map.following import MEMORY, forget
from embedlib.ui.map.space import Space

COLOUR = "map_colour"  # in the address, and Streamlit's key of the chooser in 3-D
_TOLD, _TEXTS = "_map_told", "_map_texts"
_HELD, _IN_SPACE = "_map_held", "_map_in_space"
_ASKED_COLOUR = "_map_asked_colour"  # by the run before


def begin(space: Space) -> None:
    """Forget what was chosen when the texts are others."""
    if st.session_state.get(_TEXTS) not in (None, space.texts_key):
        forget()
        st.session_state.pop(_TOLD, None)
        st.session_state.pop(_HELD, None)
        st.query_params.pop("open", None)
    st.session_state[_TEXTS] = space.texts_key


def draws(*, in_space: bool) -> None:
    """Say whether the map is drawn in 3-D, where no component remembers what was chosen."""
    if st.session_state.get(_IN_SPACE) and not in_space:
        st.session_state[_TOLD] = st.session_state.get(_HELD, {}) | st.session_state.get(_TOLD, {})
    st.session_state[_IN_SPACE] = in_space


def tell(name: str, value: Any) -> None:
    """Set "opened" (a row or None) or "selected" (rows) at the next drawing; for callbacks."""
    st.session_state.setdefault(_TOLD, {})[name] = value


def opened(space: Space) -> int | None:
    """The row that is open, also in the address."""
    row = _in_force("opened", _in_address(len(space)))
    row = row if row is not None and 0 <= row < len(space) else None
    if row is None:
        st.query_params.pop("open", None)
    elif st.query_params.get("open") != str(row + 1):
        st.query_params["open"] = str(row + 1)
    return row


def selected(space: Space) -> Longs:
    """The rows in the lasso, ascending."""
    found = _in_force("selected", ())
    if isinstance(found, dict):
        found = unpacked_rows(found, len(space))
    rows = np.asarray(() if found is None else found, dtype=np.int64)
    return rows[rows < len(space)]


def coloured_by() -> str | None:
    """What the map is coloured by; None where nobody said and it was not shown yet."""
    memory = _memory()
    return _wanted_colouring() if memory is None else memory.value("colouring")


def asked_colouring(names: Sequence[str]) -> str:
    """The colouring to ask for: what a person chose last, on the map or by the address.

    One in the address may not be there yet; then it is the first, until it is.
    """
    memory = _memory()
    chosen = None if memory is None else memory.value("colouring")
    if chosen in names and chosen != st.session_state.get(_ASKED_COLOUR):
        st.session_state[COLOUR] = chosen
        address.put(COLOUR, chosen, default=names[0])
    wanted = _wanted_colouring()
    asked = st.session_state[_ASKED_COLOUR] = wanted if wanted in names else names[0]
    return asked


def _wanted_colouring() -> str | None:
    return st.session_state.get(COLOUR, st.query_params.get(COLOUR))


def _in_force(name: str, start: Any) -> Any:
    told, held = st.session_state.get(_TOLD, {}), st.session_state.setdefault(_HELD, {})
    memory = _memory()
    if name in told:
        held[name] = told.pop(name)
    elif memory is not None:
        held[name] = memory.value(name)
    return held.get(name, start)


def _memory() -> Memory | None:
    return None if st.session_state.get(_IN_SPACE) else st.session_state.get(MEMORY)


def _in_address(n_rows: int) -> int | None:
    written = st.query_params.get("open", "")
    if written.isascii() and written.isdigit() and 1 <= int(written) <= n_rows:
        return int(written) - 1
    return None
