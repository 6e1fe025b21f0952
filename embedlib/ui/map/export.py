"""Export: coordinates with every column, the map as one offline page, card and code."""

import json
from typing import Any

import numpy as np
import streamlit as st

from embedlib.exporting import card, code
from embedlib.exporting.map_page import map_page
from embedlib.exporting.maps import given_card, given_code, map_card, map_code
from embedlib.exporting.tables import TABLES
from embedlib.figures.cloud import Colouring
from embedlib.ui import address, texts
from embedlib.ui.map.groups import Groups
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.picture import Marks, cloud_of, view_of
from embedlib.ui.map.space import Space

_AXES = ("x", "y", "z")


def show(
    picture: MapPicture, groups: Groups | None, colourings: list[Colouring], marks: Marks
) -> None:
    """Format and download on the left, card and code on the right."""
    left, right = st.columns([2, 3], gap="large")
    facts = facts_of(picture)
    with left:
        _coordinates(picture, groups, facts)
        if picture.settings.n_dims == 2:
            _page(picture, colourings, marks, facts)
        with st.expander("Card: what made this map"):
            st.code(json.dumps(facts, indent=2, ensure_ascii=False), language="json")
    with right:
        st.subheader("Code", anchor=False)
        st.code(_code(picture), language="python", wrap_lines=True)
        st.caption(
            "The address of this page restores model, layer, pooling, sample, method, options, "
            "search, groups and the open text. Pasted texts and files are not in it."
        )


def facts_of(picture: MapPicture) -> dict[str, Any]:
    """The card of the map."""
    space = picture.space
    if space.choice is None:
        vectors = given_card(space.corpus, str(space.name), space.vectors)
    else:
        choice = space.choice
        vectors = card(
            space.made, space.corpus, choice.pooling, choice.layer, normalise=choice.normalise
        )
    return map_card(picture.projections, vectors, layers=picture.layers)


def columns_of(picture: MapPicture, groups: Groups | None) -> dict[str, Any]:
    """What the map adds to each text: row, places, how much it keeps, group."""
    found: dict[str, Any] = {"row": (picture.space.rows + 1).astype(np.int64)}
    for frame, projection in enumerate(picture.projections):
        ending = f"_layer_{picture.layers[frame]}" if picture.layers else ""
        for axis in range(projection.n_dims):
            found[f"{_AXES[axis]}{ending}"] = picture.frames[frame, :, axis]
        honesty = projection.honesty
        if honesty is not None:
            share = honesty.kept / honesty.k
            found[f"neighbours_kept{ending}"] = honesty.over_all_points(share)
    if groups is not None:
        found["group"] = groups.of_texts()
    return found


def _coordinates(picture: MapPicture, groups: Groups | None, facts: dict[str, Any]) -> None:
    st.subheader("Coordinates", anchor=False)
    name = address.chooser(
        st.pills,
        "Format",
        list(TABLES),
        format_func=lambda name: TABLES[name].label,
        key="map_format",
        default=next(iter(TABLES)),
        required=True,
    )
    export = TABLES[name]
    st.caption(export.help)
    space = picture.space
    st.download_button(
        f"Download {len(space):,} rows",
        lambda: export.write(columns_of(picture, groups), space.corpus, facts),
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
