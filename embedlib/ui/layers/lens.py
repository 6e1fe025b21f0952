"""The logit lens: what the model would predict at a word if it ended after each layer."""

from collections.abc import Callable

import streamlit as st

from embedlib.attention.predictions import Prediction
from embedlib.errors import UnsupportedModelError
from embedlib.exporting.word_code import lens_code
from embedlib.extract.occurrences import Occurrences
from embedlib.figures.text import shorten
from embedlib.records import Progress, digest_of_texts
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.layers.taking import offer, start
from embedlib.ui.layers.view import View
from embedlib.ui.literal import literal
from embedlib.words import tokens_of_spans


def show(seen: View, found: Occurrences, texts: tuple[str, ...]) -> None:
    """The likeliest tokens at one occurrence, layer by layer; a sentence where there is no head."""
    if not st.toggle(
        "Predictions layer by layer (logit lens)",
        key="lens",
        bind="query-params",
        help="For models with a language-modelling head: what it would predict at this place if "
        "the model ended after each layer. Early layers were never trained to be read so.",
    ):
        return
    place = int(
        address.chooser(
            st.selectbox,
            "Occurrence",
            [str(place) for place in range(len(found.rows))],
            format_func=lambda place: shorten(texts[found.rows[int(place)]], 90),
            key="lens_text",
            default="0",
        )
    )
    text, span = texts[found.rows[place]], found.spans[place]
    made = _read(seen, text, span)
    if made is None:
        st.caption(
            f":material/info: {literal(seen.choice.model)} has no language-modelling head, so that "
            "it predicts no words at any layer: sentence models lose theirs in training. Choose "
            "the model it was made from, or another with a head, such as gpt2."
        )
        return
    position, piece, lines = made
    _table(seen, position, piece, lines)
    code = lens_code(start(seen), text, position)
    offer(
        seen, "lens", code, {"predictions": _columns(lines)}, first=False,
        text=text, position=position,
    )  # fmt: skip


def _read(
    seen: View, text: str, span: tuple[int, int]
) -> tuple[int, str, tuple[Prediction, ...]] | None:
    """Place and text of the token, and (layer,) predictions; None for a model without a head."""
    choice = seen.choice

    def work(_: Callable[[Progress], None], __: Callable[[], bool]):
        from embedlib.attention.lens import logit_lens
        from embedlib.extract import token_vectors
        from embedlib.models import load

        encoder = load(choice.model)
        tokens = token_vectors(encoder, text, choice.tokens)
        pieces = tokens_of_spans(tokens.spans.tolist(), [span])
        position = pieces[-1 if encoder.card.causal else 0]
        try:
            lines = logit_lens(encoder, text, position, settings=choice.tokens)
        except UnsupportedModelError:
            return None
        start, end = tokens.spans[position]
        return position, text[start:end].strip(), lines

    key = ("lens", choice.model, choice.tokens, digest_of_texts([text]), span)
    return background(key, work, "Reading the layers", height=200)


def _columns(lines: tuple[Prediction, ...]) -> dict[str, list[object]]:
    """A row a layer and rank: exact probabilities."""
    rows = [
        (layer, rank, piece, probability)
        for layer, one in enumerate(lines)
        for rank, (piece, probability) in enumerate(
            zip(one.written, one.probabilities, strict=True), 1
        )
    ]
    names = ("layer", "rank", "token", "probability")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _table(seen: View, position: int, piece: str, lines: tuple[Prediction, ...]) -> None:
    causal = seen.vectors.encoder.causal
    st.text(
        f"At token {position} (“{piece}”) the model predicts "
        + ("the token after it." if causal else "the token that stands there, which it sees.")
    )
    n = len(lines[-1].written)
    table: dict[str, list[str]] = {"Layer": [f"Layer {layer}" for layer in range(len(lines))]}
    for rank in range(n):
        table[f"{rank + 1}"] = [
            f"{one.written[rank]} {one.probabilities[rank]:.1%}" for one in lines
        ]
    st.dataframe(table, hide_index=True, alt="The likeliest tokens at each layer")
