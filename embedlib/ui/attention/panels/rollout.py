"""Rollout and flow: what a vector draws from, and how much of that is an assumption."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from embedlib.attention import (
    by_word,
    dependence,
    flow,
    mixed,
    mixed_as_measured,
    rollout,
)
from embedlib.figures import quoted, rollout_map
from embedlib.limits import LIMITS
from embedlib.records import Floats
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.rollout_controls import METHODS, Asked, controls
from embedlib.ui.attention.view import AttentionView
from embedlib.ui.background import background

_WEAK = (
    "All of these are weak explanations. On DistilBERT trained for SST-2 the rank correlation "
    "(Spearman) with input gradients at layer 6 was .09 for raw weights, .13 for rollout and .14 "
    "for flow, with a spread of .2 between texts; 1 would be agreement (Abnar and Zuidema 2020)."
)


def show(seen: AttentionView) -> None:
    """The heat map with what a vector draws from above it, and what depends on the assumption."""
    asked = controls(seen)
    depends = dependence(seen.maps, asked.start, layer=asked.layer)
    strip = {
        f"residual {asked.residual:.2f}": depends.at(asked.residual),
        "measured residual": depends.measured,
    }
    if asked.method == "flow":
        flows = _flows(seen, asked)
        if flows is None:
            return
        shares, strip = flows, {"flow": asked.start @ flows, **strip}
    elif asked.method == "measured":
        matrices = mixed_as_measured(seen.maps.weights, seen.maps.mixing)
        shares = rollout(matrices[: asked.layer + 1])[-1]
        strip = dict(reversed(strip.items()))
    else:
        matrices = mixed(seen.maps.weights, asked.residual)
        shares = rollout(matrices[: asked.layer + 1])[-1]
    _draw(seen, asked, shares, strip)
    labels = [quoted(label) for label in picking.token_labels(seen)]
    st.text(depends.sentence(labels, asked.residual))
    st.caption(f":material/info: {_WEAK}")


def _flows(seen: AttentionView, asked: Asked) -> Floats | None:
    """(query, input token) flows, rows divided by their sum; None where the text is too long."""
    most = LIMITS["flow_tokens"]
    if seen.maps.n_tokens > most.value:
        st.caption(
            f":material/info: Flow takes a search for each pair of tokens: it is for up to "
            f"{most.value} tokens, this text has {seen.maps.n_tokens}. {most.variable} raises that."
        )
        return None
    maps, layer, residual = seen.maps, asked.layer, asked.residual

    def work(*_: object) -> Floats:
        found = flow(mixed(maps.weights, residual), layer=layer)
        return found / found.sum(axis=1, keepdims=True)

    key = ("flow", *picking.text_key(seen), layer, residual)
    return background(key, work, "Searching the largest flow between every two tokens")


def _draw(seen: AttentionView, asked: Asked, shares: Floats, strip: Mapping[str, Floats]) -> None:
    labels = picking.token_labels(seen)
    if seen.filters.unit == "words":
        words = by_word(seen.maps, shares)
        shares, labels = words.weights, words.labels
        strip = {name: np.bincount(words.groups, row) for name, row in strip.items()}
    method = f"{METHODS[asked.method]} to layer {asked.layer + heads.FIRST}"
    picture = rollout_map(
        shares, labels, seen.palette, method=method, strip=strip, whose=asked.whose
    )
    picking.show(picture, "rollout_map")
