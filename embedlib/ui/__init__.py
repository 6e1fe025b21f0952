"""ui: the only part that imports Streamlit; a page is a row in `pages.PAGES` and a script."""
