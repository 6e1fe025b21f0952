"""A page that does what the browser tests are to notice: an error, a dialog, a foreign request."""

import streamlit as st

FAULTS = {
    "error": "export default () => {\nconsole.error('told to fail') }",
    "dialog": "export default () => {\nalert('hello') }",
    "request": "export default () => {\nfetch('https://example.invalid/').catch(() => {}) }",
}
st.title("Broken")
fault = st.query_params.get("fault")
if fault:
    st.components.v2.component(f"broken_{fault}", js=FAULTS[fault])()
