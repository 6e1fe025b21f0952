"""Why two texts are similar: their cosine as a sum over pairs of tokens, layer by layer."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.panel_code import alike_code
from embedlib.figures import Cells, Picture, cell_table, number
from embedlib.figures.text import quoted
from embedlib.pooling import POOLINGS, token_weights
from embedlib.records import Floats, TokenVectors
from embedlib.ui import work
from embedlib.ui.explore.tokens import at_layer
from embedlib.ui.explore.view import HALF_WIDTH
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import View, lacks_texts, pick_row

MOST_TOKENS = 60
_LISTED = 12


def show(seen: View) -> None:
    """Two texts, the heat map of terms, the largest in words, and how they change."""
    if lacks_texts(seen, 2, "A comparison needs"):
        return
    left, right = st.columns(2, gap="medium")
    with left:
        first = pick_row(seen, "First text", "alike_a", default=0, columns=HALF_WIDTH)
    with right:
        second = pick_row(seen, "Second text", "alike_b", default=1, columns=HALF_WIDTH)
    pooling = seen.pooling
    if POOLINGS[pooling].weights is None:
        st.caption(
            f":material/info: {POOLINGS[pooling].label} pooling is no sum over tokens, so that its "
            "cosine does not split into pairs of them. The mean is taken apart here."
        )
        pooling = "mean"
    if seen.choice.tokens.windows:
        st.caption(":material/info: Windows are on; the tokens of all windows are taken together.")
    found = [work.token_vectors(seen.choice, seen.corpus.texts[row]) for row in (first, second)]
    special = seen.choice.tokens.pool_special
    weights = [token_weights(one.special, pooling, pool_special=special) for one in found]
    terms = _terms(seen, found, weights)
    picture = _picture(seen, found, terms, pooling)
    _largest(found, terms)
    layers = _through(found, weights)
    code = alike_code(start(seen), (first, second), pooling, seen.choice.layer)
    tables = {"terms": _columns(found, terms), "through the layers": layers}
    offer(seen, "why-alike", code, tables, [picture], texts=[first + 1, second + 1])


def _columns(found: list[TokenVectors], terms: Floats) -> dict[str, list[object]]:
    """A row a token of the first text, a column a token of the second, numbered."""
    names = [f"{place} {piece}" for place, piece in enumerate(found[1].pieces)]
    first = [f"{place} {piece}" for place, piece in enumerate(found[0].pieces)]
    return {"token": first} | dict(zip(names, terms.T.tolist(), strict=True))


def _terms(seen: View, found: list[TokenVectors], weights: list[Floats]) -> Floats:
    a, b = (at_layer(tokens, seen.choice) for tokens in found)
    return geometry.cosine_terms(a, weights[0], b, weights[1])


def _picture(seen: View, found: list[TokenVectors], terms: Floats, pooling: str) -> Picture:
    total = float(terms.astype(np.float64).sum())
    shown = terms[:MOST_TOKENS, :MOST_TOKENS]
    most = float(np.abs(shown).max()) or 1.0
    row, column = np.unravel_index(int(shown.argmax()), shown.shape)
    pieces = [list(tokens.pieces[:MOST_TOKENS]) for tokens in found]
    cells = Cells(
        shown,
        [f"{place}  {piece}" for place, piece in enumerate(pieces[0])],
        [f"{place}  {piece}" for place, piece in enumerate(pieces[1])],
        -most,
        most,
        diverging=True,
        digits=3,
        axes=("first text", "second text"),
    )
    title = (
        f"Cosine {number(total)}; the largest part comes from {quoted(pieces[0][int(row)])} and "
        f"{quoted(pieces[1][int(column)])} ({number(float(shown[row, column]))})"
    )
    subtitle = (
        f"{seen.choice.layer_name}, {POOLINGS[pooling].label.lower()}; the cells add up to the "
        "cosine"
    )
    if terms.size > shown.size:
        subtitle += f"; the first {MOST_TOKENS} tokens of each text are drawn"
    picture = cell_table(cells, seen.palette, title, subtitle)
    draw(picture, "terms")
    return picture


def _largest(found: list[TokenVectors], terms: Floats) -> None:
    order = np.argsort(-np.abs(terms), axis=None)[:_LISTED]
    rows, columns = np.unravel_index(order, terms.shape)
    total = float(terms.astype(np.float64).sum())
    st.dataframe(
        {
            "First text": [found[0].pieces[row] for row in rows],
            "Second text": [found[1].pieces[column] for column in columns],
            "Term": [float(terms[r, c]) for r, c in zip(rows, columns, strict=True)],
            "Share": [
                float(terms[r, c]) / total if total else 0.0
                for r, c in zip(rows, columns, strict=True)
            ],
        },
        hide_index=True,
        column_config={
            "Term": st.column_config.NumberColumn(format="%.4f"),
            "Share": st.column_config.NumberColumn(format="percent"),
        },
        alt="The pairs of tokens that add most to the cosine",
    )


def _through(found: list[TokenVectors], weights: list[Floats]) -> dict[str, list[object]]:
    """The cosine, and how much of it special tokens and equal pieces make, at every layer."""
    lines = []
    special = found[0].special[:, None] | found[1].special[None, :]
    same = np.array(found[0].pieces)[:, None] == np.array(found[1].pieces)[None, :]
    for layer in range(len(found[0].hidden)):
        terms = geometry.cosine_terms(
            found[0].hidden[layer], weights[0], found[1].hidden[layer], weights[1]
        )
        lines.append(
            {
                "Layer": f"Layer {layer}",
                "Cosine": float(terms.sum()),
                "With a special token": float(terms[special].sum()),
                "Equal pieces": float(terms[same & ~special].sum()),
                "Other pairs": float(terms[~same & ~special].sum()),
            }
        )
    names = ("Cosine", "With a special token", "Equal pieces", "Other pairs")
    st.dataframe(
        lines,
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.4f") for name in names},
        alt="The cosine of the two texts at every layer, and what makes it",
    )
    return {name: [line[name] for line in lines] for name in ("Layer", *names)}
