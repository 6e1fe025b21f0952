"""Pasted text outlives a reload: what the browser is asked, and what of its word is taken."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.ui.components import kept_text
from embedlib.ui.components.kept_text import restored


@pytest.mark.parametrize("sent", [None, 3, [], {"text": "a"}, "", b"a"])
def test_what_is_no_text_is_not_put_back(sent: object) -> None:
    assert restored(sent) == ""


def test_a_text_is_put_back_as_it_was_unless_it_is_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMBEDLIB_KEPT_CHARACTERS", "10")
    assert restored("打 <b>\n") == "打 <b>\n"
    assert restored("a" * 11) == ""


def test_the_browser_is_asked_only_until_there_was_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def script() -> None:
        import streamlit as st

        from embedlib.ui.components.kept_text import kept_text

        st.text_area("Text", key="pasted")
        kept_text("pasted")

    def mounted(**call: Any) -> None:
        st.session_state["sent"] = call["data"]

    monkeypatch.setattr(kept_text, "_mount", mounted)
    at = AppTest.from_function(script).run()
    assert at.session_state["sent"] == {"name": "pasted", "text": "", "ask": True}
    at.text_area(key="pasted").set_value("one").run()
    assert at.session_state["sent"] == {"name": "pasted", "text": "one", "ask": False}
    at.text_area(key="pasted").set_value("").run()
    assert at.session_state["sent"] == {"name": "pasted", "text": "", "ask": False}
    monkeypatch.setenv("EMBEDLIB_KEPT_CHARACTERS", "10")
    at.text_area(key="pasted").set_value("a" * 11).run()
    assert at.session_state["sent"]["text"] == ""  # and so the browser forgets the shorter one
