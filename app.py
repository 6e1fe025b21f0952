"""Embedding Explorer: `streamlit run app.py` opens it. The pages are in `pages/`, the frame around
them in `embedlib/ui/frame.py`; `embedlib.ui.pages.PAGES` is the table to add one to."""

import streamlit as st

from embedlib.ui import server

# `st.App` must be called here by this name: Streamlit looks for it in the source of this file.
app = st.App(
    server.FRAME,
    lifespan=server.lifespan,
    routes=server.ROUTES,
    on_script_error=server.on_script_error,
)

if __name__ == "__main__":
    app.run()
