"""browser: what a browser is given, with or without Streamlit; no page and no model here.

`assets` reads the components' scripts and styles, `marks` and `pieces` turn text into runs that
cannot mislead, `payload` packs arrays behind a JSON header. A new kind of packing is a function.
"""
