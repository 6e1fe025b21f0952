"""Taking home: below every panel the same way to its pictures, tables, code and card."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embedlib.exporting import card
from embedlib.exporting.panel_code import Start
from embedlib.exporting.panels import Columns, PanelExport, picture_config
from embedlib.figures import Picture
from embedlib.ui import address, texts
from embedlib.ui.layers.view import View

FORMATS = {"png": "PNG", "svg": "SVG"}
_KEY = "picture_format"


def start(seen: View) -> Start:
    """What the code of a panel begins with."""
    return Start(seen.vectors, seen.corpus, texts.kind())


def draw(picture: Picture, key: str, **settings: Any) -> Any:
    """A picture whose button saves it in the chosen format."""
    kind = st.session_state.get(_KEY, st.query_params.get(_KEY, "png"))
    config = picture_config(kind if kind in FORMATS else "png", f"layers-{key}")
    return st.plotly_chart(
        picture.figure, theme=None, config=config, key=key, alt=picture.alt, **settings
    )


def offer(
    seen: View,
    name: str,
    code: str,
    tables: Mapping[str, Columns],
    pictures: Sequence[Picture] = (),
    *,
    first: bool = True,
    **facts: Any,
) -> None:
    """Files on the left, code and card on the right, closed until they are wanted.

    Args:
        seen: What the panel shows.
        name: For the names of files.
        code: Python that makes the same numbers.
        tables: Name to columns.
        pictures: As they were drawn.
        first: Whether no other offer stands above it on the page.
        facts: What the card says beside model and texts: rows, folds, seed, what was sampled.
    """
    made_of = card(seen.vectors, seen.corpus, seen.pooling, seen.choice.layer)
    taken = PanelExport(name, tables, pictures, code, made_of | {"panel": name} | facts)
    with st.expander("Export: tables, pictures, code, card", icon=":material/download:"):
        left, right = st.columns([2, 3], gap="large")
        with left:
            _files(taken)
            if first:  # the grid above is a picture of every panel
                picture_format()
        with right:
            st.code(taken.code, language="python", wrap_lines=True)
            with st.popover("Card: how the numbers came about"):
                st.code(taken.card_json, language="json")


def _files(taken: PanelExport) -> None:
    for table in taken.tables:
        st.download_button(
            f"{table.capitalize()} as CSV",
            lambda table=table: taken.csv(table),
            f"{taken.name}-{table.replace(' ', '-')}.csv",
            "text/csv",
            on_click="ignore",
            key=f"take-{taken.name}-{table}",
        )
    st.download_button(
        "All of it as ZIP",
        taken.as_zip,
        f"{taken.name}.zip",
        "application/zip",
        on_click="ignore",
        key=f"take-{taken.name}",
        help="Tables, pictures as pages that open offline, code and card.",
    )


def picture_format() -> None:
    """What the button over each picture of the page saves."""
    address.chooser(
        st.segmented_control,
        "The button over a picture saves",
        FORMATS,
        key=_KEY,
        default="png",
        required=True,
    )
