"""Pooling explained on one text: tokens around the pooled point, their pulls, other poolings."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.figures import CONFIG, map_of_tokens, named_bars, number
from embedlib.figures.text import quoted
from embedlib.pooling import POOLINGS
from embedlib.records import Floats, TokenVectors
from embedlib.ui import address, work
from embedlib.ui.explore.tokens import at_layer
from embedlib.ui.explore.view import pick
from embedlib.ui.layers.view import View

MOST_TOKENS = 256
_LONG = "mean_sqrt_len"
_NAMES = tuple(name for name, row in POOLINGS.items() if not row.needs_choice)


def show(seen: View) -> None:
    """The map with every pooling's point, the pulls on one of them, and how far they are apart."""
    row = pick(seen.corpus.texts, range(len(seen.corpus)), "Text", "pooled_text")
    pooling = address.chooser(
        st.pills,
        "Pulls on",
        list(_NAMES),
        format_func=lambda name: POOLINGS[name].label,
        key="pulled",
        default=seen.pooling if seen.pooling in _NAMES else "mean",
        required=True,
    )
    found = work.token_vectors(seen.choice, seen.corpus.texts[row])
    hidden = at_layer(found, seen.choice)[:MOST_TOKENS]
    special = found.special[:MOST_TOKENS]
    mask = ~special | seen.choice.tokens.pool_special
    if not mask.any():
        mask = np.ones_like(mask)
    if len(found.pieces) > MOST_TOKENS:
        st.caption(f":material/info: The first {MOST_TOKENS} tokens are taken.")
    vectors = {name: _pool(hidden, mask, name) for name in _NAMES}
    _map(seen, found, hidden, mask, special, vectors, pooling)
    _pulls(seen, found, hidden, mask, vectors, pooling)
    _apart(vectors)


def _pool(hidden: Floats, mask: "np.ndarray", name: str) -> Floats:
    import torch

    pooled = POOLINGS[name].function(torch.from_numpy(hidden)[None], torch.from_numpy(mask)[None])
    return pooled[0].numpy()


def _map(
    seen: View,
    found: TokenVectors,
    hidden: Floats,
    mask: "np.ndarray",
    special: "np.ndarray",
    vectors: dict[str, Floats],
    pooling: str,
) -> None:
    if len(hidden) < 2:
        st.caption("A map needs at least two tokens.")
        return
    plane = geometry.pca(hidden)
    drawn = {name: vector for name, vector in vectors.items() if name != _LONG}
    points = {POOLINGS[name].label: plane.place(vector[None])[0] for name, vector in drawn.items()}
    picture = map_of_tokens(
        plane.points,
        found.pieces[:MOST_TOKENS],
        points,
        seen.palette,
        explained=plane.explained,
        special=special,
        sources={POOLINGS[pooling].label: np.flatnonzero(mask)},
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="pooled_map", alt=picture.alt)
    st.caption(
        f"{POOLINGS[_LONG].label} points exactly where the mean points and is "
        f"{np.sqrt(mask.sum()):.1f} times as long: it would lie far outside and is not drawn."
    )


def _pulls(
    seen: View,
    found: TokenVectors,
    hidden: Floats,
    mask: "np.ndarray",
    vectors: dict[str, Floats],
    pooling: str,
) -> None:
    weights = POOLINGS[pooling].weights
    if weights is None:
        pulls = geometry.maximum_pulls(hidden, mask)
        how = "share of the squared length in the dimensions that the token decides"
    else:
        column = np.zeros(len(mask))
        column[mask] = weights(int(mask.sum()))
        pulls = geometry.pulls(hidden, column)
        how = "share of the squared length of the pooled vector that the token adds"
    rows = np.flatnonzero(mask)
    strongest = int(rows[np.argmax(pulls[rows])])
    label = POOLINGS[pooling].label
    picture = named_bars(
        [f"{place}  {found.pieces[place]}" for place in rows],
        pulls[rows],
        seen.palette,
        f"{quoted(found.pieces[strongest])} pulls the {label.lower()} most "
        f"({number(float(pulls[strongest]))})",
        unit="pull (all add up to 1)",
        subtitle=f"{seen.choice.layer_name}; {how}",
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="pulls", alt=picture.alt)


def _apart(vectors: dict[str, Floats]) -> None:
    """The cosines between the poolings' vectors: where the others would have landed."""
    cosines = geometry.cosine_matrix(np.stack([*vectors.values()]))
    labels = [POOLINGS[name].label for name in vectors]
    table: dict[str, list[object]] = {"Cosine": list(labels)}
    for place, label in enumerate(labels):
        table[label] = [float(value) for value in cosines[:, place]]
    st.dataframe(
        table,
        hide_index=True,
        column_config={label: st.column_config.NumberColumn(format="%.3f") for label in labels},
        alt="Cosines between the vectors of the poolings",
    )
