"""Queries, keys and values: how one head scores every key for one query, dimension by dimension."""

import streamlit as st

from embedlib.attention import neurons
from embedlib.figures import product_map, state_map
from embedlib.ui import address
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.view import AttentionView

_PARTS = {"products": "Query × key", "queries": "Queries", "keys": "Keys", "values": "Values"}


def show(seen: AttentionView) -> None:
    """The inside of the selected head for one query."""
    layer, head = seen.head
    labels = picking.token_labels(seen)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        query = picking.pick_token(seen, "Query", "query", texts=labels)
        part = address.chooser(
            st.segmented_control,
            "Show",
            _PARTS,
            key="part",
            default="products",
            required=True,
        )
        ordered = st.toggle(
            "Deciding dimensions first",
            key="ordered_dimensions",
            disabled=part != "products",
            help="Puts the dimensions first that make most of the difference between keys.",
        )
    st.caption(f"{heads.name(seen.head).capitalize()}: {_remark(seen)}")
    found = neurons(seen.maps, layer, head)
    if part != "products":
        values = getattr(found, part)
        picture = state_map(values, labels, seen.palette, what=_PARTS[part].lower(), query=query)
        picking.show(picture, "neurons")
        return
    keys = slice(0, query + 1 if seen.maps.causal else None)
    picture = product_map(
        found.products(query)[keys],
        found.weights[query, keys],
        labels[keys],
        seen.palette,
        query=query,
        deciding=found.deciding(query, causal=seen.maps.causal),
        ordered=ordered,
    )
    picking.show(picture, "neurons")


def _remark(seen: AttentionView) -> str:
    if seen.maps.plain_scores:
        return "the softmax of the scores over the keys is the weight."
    return (
        "this model changes the scores before the softmax (a term for distance, or a bend), "
        "so that the weight does not follow from the score alone."
    )
