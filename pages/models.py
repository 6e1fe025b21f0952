"""Models: which are on this machine, which others can be had, and a download when asked for."""

import streamlit as st

from embedlib.models import CATALOG, available
from embedlib.ui import downloads
from embedlib.ui.heading import heading

heading("models")

here = {model.name: model for model in available()}
st.subheader("On this machine", anchor=False)
st.dataframe(
    [
        {
            "Model": model.name,
            "From": {"bundled": "This app", "hub": "Hub", "folder": "Models folder"}[model.source],
            "On disk (MB)": round(model.bytes_on_disk / 1e6),
            "Languages": model.catalog_row.languages if model.catalog_row else "",
            "Licence": model.catalog_row.licence if model.catalog_row else "",
            "Note": model.catalog_row.note if model.catalog_row else "",
        }
        for model in here.values()
    ],
    hide_index=True,
    alt="The models on this machine",
)

st.subheader("Get another", anchor=False)
downloads.chooser()

st.subheader("Catalog", anchor=False)
st.dataframe(
    [
        {
            "Model": row.name,
            "Here": "yes" if row.name in here or row.hub_name in here else "",
            "Parameters": round(row.parameters / 1e6),
            "Download": round(row.download_bytes / 1e6),
            "Tokens": row.max_tokens,
            "Languages": row.languages,
            "Licence": row.licence,
            "Note": row.note,
        }
        for row in CATALOG.values()
    ],
    hide_index=True,
    column_config={
        "Model": st.column_config.TextColumn(width=280),
        "Here": st.column_config.TextColumn(width=48),
        "Parameters": st.column_config.NumberColumn(format="%d M", width=84),
        "Download": st.column_config.NumberColumn(format="%d MB", width=84),
        "Tokens": st.column_config.NumberColumn(width=62),
        "Languages": st.column_config.TextColumn(width=95),
        "Licence": st.column_config.TextColumn(width=86),
        "Note": st.column_config.TextColumn(width=160),
    },
    alt="The catalog of models",
)
