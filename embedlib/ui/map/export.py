"""Export: coordinates with every column, the map as one offline page, card and code."""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from embedlib.exporting import card, code
from embedlib.exporting.map_page import map_page
from embedlib.exporting.maps import given_card, given_code, map_card, map_code, map_columns
from embedlib.exporting.tables import TABLES, Found
from embedlib.figures.cloud import Colouring
from embedlib.probes import Verdicts
from embedlib.records import Corpus
from embedlib.ui import address, texts
from embedlib.ui.map.grouping import Groups
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.picture import Marks, cloud_of, view_of
from embedlib.ui.map.space import Space


def show(
    picture: MapPicture,
    colourings: list[Colouring],
    marks: Marks,
    groups: Groups | None,
    judged: Verdicts | None,
) -> None:
    """Format and download on the left, card and code on the right."""
    left, right = st.columns([2, 3], gap="large")
    clusters = groups.clusters if groups else None
    facts = map_card(
        picture.projections,
        _vectors_card(picture.space),
        layers=picture.layers,
        clusters=clusters,
        verdicts=judged,
    )

    def columns() -> Found:
        return map_columns(
            picture.projections,
            picture.frames,
            picture.space.rows,
            layers=picture.layers,
            clusters=clusters,
            keywords=groups.keywords if groups else (),
            verdicts=judged,
        )

    with left:
        _coordinates(picture.space.corpus, columns, facts)
        if picture.settings.n_dims == 2:
            _page(picture, colourings, marks, facts)
        with st.expander("Card: what made this map"):
            st.code(json.dumps(facts, indent=2, ensure_ascii=False), language="json")
    with right:
        st.subheader("Code", anchor=False)
        st.code(_code(picture), language="python", wrap_lines=True)
        st.caption(
            "The address of this page restores model, layer, pooling, sample, method, options, "
            "search, groups, colour and the open text. Pasted texts and files are not in it."
        )


def _vectors_card(space: Space) -> dict[str, Any]:
    choice = space.choice
    if choice is None:
        return given_card(space.corpus, str(space.name), space.vectors)
    return card(space.made, space.corpus, choice.pooling, choice.layer, normalise=choice.normalise)


def _coordinates(corpus: Corpus, columns: Callable[[], Found], facts: dict[str, Any]) -> None:
    """The places and all else that is known of each text, with the columns that came with it."""
    st.subheader("Coordinates", anchor=False)
    name = address.chooser(
        st.pills,
        "Format",
        address.labels(TABLES),
        key="map_format",
        required=True,
    )
    export = TABLES[name]
    st.caption(
        f"{export.help} Groups are in it while they are shown, and what a probe says of the "
        "labels once it is known."
    )
    st.download_button(
        f"Download {len(corpus):,} rows",
        lambda: export.write(columns(), corpus, facts),
        file_name=f"map{export.extension}",
        mime=export.mime,
        type="primary",
        on_click="ignore",
    )


def _page(
    picture: MapPicture, colourings: list[Colouring], marks: Marks, facts: dict[str, Any]
) -> None:
    """The map as one file, and where pictures of it are saved."""
    st.subheader("Picture", anchor=False)
    cloud, view = cloud_of(picture), view_of(picture, marks)

    def content() -> bytes:
        return map_page(cloud, colourings, view, card=facts).encode()

    st.download_button(
        "Download the map as a page",
        content,
        file_name="map.html",
        mime="text/html",
        on_click="ignore",
        help="One HTML file that opens from a disk, without a network: zoom, lasso, legend, "
        "layers and colours work as here. It holds the texts.",
    )
    st.caption("PNG and SVG: the buttons above the map save what is in sight.")


def _code(picture: MapPicture) -> str:
    space, settings = picture.space, picture.settings
    labels = None if space.labels is None or not settings.labelled else repr(list(space.labels))
    if space.choice is None:
        return map_code(
            picture.projection, given_code(space.corpus, str(space.name)), labels=labels
        )
    choice = space.choice
    source = st.session_state["data"]
    kind = {texts.PASTE: st.session_state.get("split", "lines"), texts.FILE: "file"}.get(
        source, "sample"
    )
    embeddings = code(
        space.made,
        space.corpus,
        choice.pooling,
        choice.layer,
        normalise=choice.normalise,
        source=kind,
        chosen=_chosen(space),
    )
    return map_code(picture.projection, embeddings, labels=labels)


def _chosen(space: Space) -> dict[int, Any] | None:
    """The chosen tokens of each shown text, for the pooling that takes them."""
    choice = space.choice
    if choice is None or choice.pooling != "chosen":
        return None
    from embedlib.ui.explore.view import clicked
    from embedlib.ui.work import chosen_tokens

    everywhere = chosen_tokens(choice, space.whole, choice.word, clicked(space.whole))
    return dict(enumerate(everywhere.values()))
