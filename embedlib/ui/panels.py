"""Panels in tabs under a page's picture: only the one that is open is worked out.

A new panel is a row in its page's PANELS: a title and a function.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st


def show(panels: Mapping[str, Callable[..., None]], key: str, *given: Any) -> None:
    """Draw the tabs, and the open panel with what it is given.

    Args:
        panels: Title to panel, in order.
        key: Streamlit's key, and the name under which the open tab stands in the address.
        given: What each panel is called with.
    """
    tabs = st.tabs(list(panels), key=key, on_change="rerun", bind="query-params")
    for tab, panel in zip(tabs, panels.values(), strict=True):
        if tab.open:
            with tab:
                panel(*given)
