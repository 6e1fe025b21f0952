"""The run's model on every page: one click makes it the sidebar's choice, or its address does."""

import streamlit as st

from embedlib.training.export import name_among_models
from embedlib.training.finished import Finished
from embedlib.ui import choice as choices
from embedlib.ui.literal import literal
from embedlib.ui.pages import PAGES, path_of

_PAGES = ("explore", "map", "attention", "layers")


def offer(found: Finished) -> None:
    """A button that chooses the model, and then the way to the pages; nothing for a mere head."""
    if not found.changes_model:
        return
    name = name_among_models(found.run)
    if name is None:
        st.caption(
            "This run lies outside the app's own runs. To see its model on every page, put the "
            "model's folder into a folder that is given with --models-dir."
        )
        return
    chosen = st.session_state.get(choices.KEY)
    if chosen is None or chosen.model != name:
        st.button(
            "Use this model on every page",
            on_click=_choose,
            args=(name,),
            icon=":material/deployed_code:",
            help=f"Explore, Map, Attention and Layers then show the trained model. Its address is "
            f"?model={name}",
        )
        return
    with st.popover("On every page", icon=":material/deployed_code:", width="content"):
        st.caption(f"The model of every page is now {literal(name)}:")
        for page in _PAGES:
            row = PAGES[page]
            st.page_link(str(path_of(page)), label=row.title, icon=row.material)


def _choose(name: str) -> None:
    """What the sidebar's own chooser would do; the layer starts at the model's last."""
    st.session_state["model"] = name
    st.session_state.pop("layer", None)
