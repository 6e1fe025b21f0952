"""A person's text in Markdown, with all that Streamlit would make something else of."""

import streamlit as st

from embedlib.ui.literal import literal

TEXT = (
    ":material/home: :smile: :streamlit: http://a.org/x https://c.d www.b.com me@c.org "
    "mailto:z@y.org a -> b -- <= >= ~= <- $x$ :red[x] [a](b) <b> &amp; **c** 10:30 3.5 ..."
)
st.markdown(literal(TEXT))
st.markdown(f":blue-background[**{literal(TEXT)}** :small[end]]")
st.caption(":material/info: " + literal(TEXT))
st.progress(0.5, text=literal(TEXT))
st.segmented_control("Names", ["a"], format_func=lambda _: literal(TEXT))
st.success(literal(TEXT))
