from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from embedlib.ui import address

    def forgetful(label, options, *, key, **settings):
        """Pills as they may come to another page: the browser says that nothing is chosen."""
        value = st.pills(label, options, key=key, **settings)
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        return None if st.session_state["runs"] == st.session_state.get("forgets_at") else value

    st.session_state["said"] = address.chooser(
        forgetful, "Fruit", ["apple", "pear", "plum"], key="fruit", default="apple", required=True
    )


def test_the_default_does_not_stand_in_the_address():
    at = AppTest.from_function(_page).run()
    assert at.session_state["said"] == "apple" and "fruit" not in at.query_params


def test_a_choice_stands_in_the_address():
    at = AppTest.from_function(_page).run()
    at.button_group(key="fruit").set_value("plum").run()
    assert at.session_state["said"] == "plum" and at.query_params["fruit"] == "plum"


def test_an_address_without_sense_gives_the_default():
    at = AppTest.from_function(_page)
    at.query_params["fruit"] = "stone"
    assert at.run().session_state["said"] == "apple"


def test_a_choice_that_the_widget_forgot_is_kept():
    at = AppTest.from_function(_page)
    at.query_params["fruit"] = "pear"
    at.session_state["forgets_at"] = 1
    at.run()
    assert at.session_state["said"] == "pear" and at.session_state["runs"] == 2
    at.button_group(key="fruit").set_value("plum").run()
    assert at.session_state["said"] == "plum"
