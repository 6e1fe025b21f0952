"""The page's address: choosers whose value stands in the URL under a stable, short name.

Streamlit's own `bind` writes an option's label; it serves where label and value are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

NONE = "none"
_LOST = "_lost "  # before a chooser's key: what it said when its widget forgot it


def chooser(
    widget: Callable[..., Any],
    label: str,
    options: Sequence[str] | Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    **settings: Any,
) -> str:
    """`widget` (selectbox, pills, segmented_control) with its value in the URL as `?key=value`.

    A value that is no option (an old link, another model) gives `default`; the default itself
    does not stand in the URL.

    Args:
        widget: Of Streamlit.
        label: Of the widget.
        options: Names, or names with what each is called, as `labels` gives them.
        key: Streamlit's, and in the URL.
        default: An option; the first where None.
        settings: Of the widget.
    """
    names = list(options)
    default = names[0] if default is None else default
    if isinstance(options, Mapping):
        settings |= {"format_func": options.get}
    if key not in st.session_state and key in st.query_params:
        st.session_state[key] = st.query_params[key]
    known = st.session_state.pop(_LOST + key, None) or st.session_state.get(key)
    if known not in names:
        known = default
    if st.session_state.get(key) != known:
        st.session_state[key] = known
    value = widget(label, names, key=key, persist_state="session", **settings)
    if value is None:  # Streamlit's pills may say so on the way to another page
        st.session_state[_LOST + key] = known
        st.rerun()
    put(key, value, default=default)
    return value


def several(
    widget: Callable[..., Any],
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: Sequence[str],
    **settings: Any,
) -> tuple[str, ...]:
    """`widget` (multiselect) with its values in the URL as `?key=one,other`.

    No option may have a comma. Where nothing is chosen the first option counts.
    """
    if key not in st.session_state and key in st.query_params:
        st.session_state[key] = st.query_params[key].split(",")
    known = st.session_state.get(key)
    if known is None or not {*known} <= {*options}:
        st.session_state[key] = [one for one in known or () if one in options] or [*default]
    values = widget(label, options, key=key, persist_state="session", **settings)
    chosen = tuple(values) or (options[0],)
    put(key, ",".join(chosen), default=",".join(default))
    return chosen


def labels(table: Mapping[str, Any], *, none: str | None = None) -> dict[str, str]:
    """What each row of a table is called.

    Args:
        table: Rows with a `label`.
        none: What choosing no row is called, an option before them with the name NONE.
    """
    first = {} if none is None else {NONE: none}
    return first | {name: row.label for name, row in table.items()}


def explained(table: Mapping[str, Any]) -> str:
    """What each row of a table does, for the help of its chooser."""
    return "\n\n".join(f"**{row.label}**: {row.help}" for row in table.values())


def put(key: str, value: str | None, *, default: str | None = None) -> None:
    """Write a value into the URL; the default, or None, does not stand there."""
    wanted = None if value == default else value
    if st.query_params.get(key) != wanted:
        if wanted is None:
            del st.query_params[key]
        else:
            st.query_params[key] = wanted
