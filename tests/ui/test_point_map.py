"""The map as Streamlit mounts it: which mounts there are, and what a run of the script costs."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedlib.browser.assets import ASSETS
from embedlib.errors import OptionError
from embedlib.figures.cloud import Cloud, MapView, one_colour
from embedlib.ui.components.point_map import point_map

FOLDER = ASSETS / "point_map"


def shown() -> None:
    """A script that shows a map of four points twice linked."""
    import numpy as np
    import streamlit as st

    from embedlib.figures.cloud import Cloud, MapView, one_colour
    from embedlib.ui.components.point_map import point_map

    cloud = Cloud(np.arange(8).reshape(4, 2), ("a", "b", "c", "d"))
    view = MapView("Four", selected=st.session_state.get("ask", (1, 2)), opened=3)
    for key in ("one", "two"):
        state = point_map(cloud, [one_colour()], view, key=key, link="both")
    st.text(f"{state.selected.tolist()} {state.opened} {state.frame} {state.colouring}")


def test_a_script_gets_what_it_began_with_until_a_person_chooses() -> None:
    app = AppTest.from_function(shown).run()
    assert not app.exception
    assert app.text[0].value == "[1, 2] 3 0 one colour"
    app.session_state["ask"] = (0,)
    assert app.run().text[0].value == "[0] 3 0 one colour"


def test_a_map_needs_room() -> None:
    cloud = Cloud(np.zeros((1, 2)), ("a",))
    with pytest.raises(OptionError, match="at least 320 pixels high, got 100"):
        point_map(cloud, [one_colour()], MapView("t"), key="k", height=100)


def test_no_script_can_make_markup_or_reach_another_machine() -> None:
    for script in FOLDER.rglob("*.js"):
        source = script.read_text("utf-8")
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
            "fetch(",
            "XMLHttp",
        ):
            assert forbidden not in source, (script.name, forbidden)


def test_no_script_is_long() -> None:
    for script in FOLDER.rglob("*.js"):
        assert len(script.read_text("utf-8").splitlines()) <= 250, script.name
