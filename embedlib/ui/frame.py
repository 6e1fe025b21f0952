"""The frame that Streamlit executes: navigation and sidebar around every page."""

from pathlib import Path

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.ui import faults, sidebar, texts
from embedlib.ui.map.following import follow_the_map
from embedlib.ui.pages import PAGES, path_of

ICON = Path(__file__).resolve().parents[2] / "assets" / "icon.png"
LOGO = ICON.with_name("logo.svg")
# Streamlit's theme has padding above and below, not yet at the sides: 5rem, a tenth of a laptop.
_SIDES = '<style>[data-testid="stMainBlockContainer"] { padding-inline: 2rem }</style>'

st.set_page_config(page_title="Embedding Explorer", page_icon=str(ICON), layout="wide")
page = st.navigation(
    [
        st.Page(path_of(name), title=row.title, url_path=name, default=name == "explore")
        for name, row in PAGES.items()
    ]
)
note = next(row.sidebar for row in PAGES.values() if row.title == page.title)
st.logo(str(LOGO), size="large")
st.html(_SIDES)

try:
    follow_the_map()
    sidebar.show(note)
    status = st.sidebar.empty()
    page.run()
    sidebar.status(status, texts.count())
except EmbedlibError as error:
    faults.show(error)
