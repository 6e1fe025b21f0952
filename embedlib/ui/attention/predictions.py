"""What the model expects at a masked word, or next, with all heads and without some."""

import streamlit as st

from embedlib.attention import Prediction, predict, with_mask
from embedlib.errors import UnsupportedModelError
from embedlib.figures import prediction_change
from embedlib.ui import resources
from embedlib.ui.attention import picking
from embedlib.ui.attention.view import AttentionView, Head
from embedlib.ui.background import background

_N = 100  # so that a word that is likely in one is mostly found in the other


def show(seen: AttentionView, off: tuple[Head, ...], what: str) -> None:
    """The likeliest words before and after; or why this model predicts none."""
    refused = _refusal(seen)
    if refused is not None:
        st.text(f"{seen.choice.model} predicts no words. {refused}")
        return
    token = None if seen.maps.causal else _masked(seen)
    maps = seen.maps

    def work(*_: object) -> tuple[tuple[Prediction, ...], tuple[Prediction, ...]]:
        encoder = seen.encoder()
        text = maps.text
        if token is not None and encoder.tokenizer.mask_token not in text:
            text = with_mask(encoder, maps, token)
        most = seen.max_tokens
        before = predict(encoder, text, n=_N, max_tokens=most)
        return before, predict(encoder, text, heads_off=off, n=_N, max_tokens=most)

    key = ("predict", *picking.text_key(seen), token, off)
    sides = background(key, work, "Predicting words", height=320)
    before, after = (
        dict(zip(side[0].written, side[0].probabilities, strict=True)) for side in sides
    )
    picking.show(prediction_change(before, after, seen.palette, what=what), "predictions")
    if seen.maps.pair is not None:
        st.caption(":material/info: The first text is read alone for this.")


def _masked(seen: AttentionView) -> int:
    """The token whose word is masked."""
    words = [
        token
        for token in range(seen.maps.n_tokens)
        if not seen.maps.special[token] and seen.maps.segment[token] == 0
    ]
    pinned = seen.pinned if seen.pinned in words else words[-1]
    if st.session_state.get("masked") not in words:
        st.session_state["masked"] = pinned
    return st.selectbox(
        "Word to mask",
        words,
        format_func=lambda token: f"{token}  {seen.maps.written(token)}",
        key="masked",
        width=220,
        help="The model is asked for the word that stands here. A mask that the text itself "
        "holds comes first.",
    )


def _refusal(seen: AttentionView) -> str | None:
    """What to do where the model predicts no words; None where it does."""

    def work(*_: object) -> str | None:
        encoder = seen.encoder()
        try:
            predict(encoder, encoder.tokenizer.mask_token or "a", n=1)
        except UnsupportedModelError as error:
            return error.hint
        return None

    model = seen.choice.model
    key = ("language model", model, resources.model_stamp(model))
    return background(key, work, "Looking for the model's language-modelling head", height=320)
