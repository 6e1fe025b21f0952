"""front_end: registers a component's files with Streamlit; a component calls it once, at import.

A component is a folder in `assets/components/`: `index.js` (the default export), `style.css` and
further scripts. They are joined with those in `shared/`, so that no build step is needed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

ASSETS = Path(__file__).resolve().parents[3] / "assets" / "components"


def register(name: str) -> "ComponentRenderer":
    """Register the component in `assets/components/<name>/` and give the call that mounts it.

    Raises:
        FileNotFoundError: If its `index.js` or `style.css` is missing.
    """
    return st.components.v2.component(
        f"embedding_explorer.{name}",
        html=f'<div class="{name}"></div>',
        css=joined(ASSETS / "shared" / "shared.css", ASSETS / name / "style.css"),
        js=joined(*sorted((ASSETS / "shared").glob("*.js")), *_scripts(ASSETS / name)),
    )


def joined(*files: Path) -> str:
    """The files' text, one after another."""
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _scripts(folder: Path) -> list[Path]:
    index = folder / "index.js"
    return [*sorted(set(folder.glob("*.js")) - {index}), index]
