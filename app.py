"""Embedding Explorer: `streamlit run app.py` opens it. The pages are in `pages/`, the frame that
holds them in `embedlib/ui/frame.py`; `embedlib.ui.pages.PAGES` is the table to add one to."""

from embedlib.ui.server import build

app = build()

if __name__ == "__main__":
    app.run()
