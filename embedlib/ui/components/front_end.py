"""front_end: registers a component's files with Streamlit; a component calls it once, at import."""

from typing import TYPE_CHECKING

import streamlit as st

from embedlib.browser import assets

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def register(name: str) -> "ComponentRenderer":
    """Register the component in `assets/components/<name>/` and give the call that mounts it.

    Raises:
        FileNotFoundError: If its `index.js` or `style.css` is missing.
    """
    return register_part(name, assets.script(name), assets.style(name))


def register_part(name: str, script: str, style: str | None = None) -> "ComponentRenderer":
    """Register a component from its texts; one without a style draws nothing."""
    return st.components.v2.component(
        f"embedding_explorer.{name}",
        html=f'<div class="{name}"></div>' if style else None,
        css=style,
        js=script,
    )
