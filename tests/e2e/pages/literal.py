"""A person's text in Markdown, with all that Streamlit would make something else of."""

import streamlit as st

from embedlib.ui.literal import unlinked

TEXT = (
    ":material/home: :smile: :streamlit: http://a.org/x https://c.d www.b.com me@c.org "
    "mailto:z@y.org a -> b -- <= >= ~= <- $x$ :red[x] [a](b) <b> &amp; **c** 10:30 3.5 ..."
)
st.markdown(unlinked(TEXT))
st.markdown(f":blue-background[**{unlinked(TEXT)}** :small[end]]")
