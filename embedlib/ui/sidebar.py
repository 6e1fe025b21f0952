"""The sidebar: model, layer, pooling and settings, the same on every page and kept in the URL."""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.records import TokenSettings
from embedlib.ui import address, faults, resources
from embedlib.ui import choice as choices
from embedlib.ui.choice import Choice

NO_MIX = "off"
_REFUSED = "_refused_model"


def show(note: str = "") -> Choice:
    """Draw the sidebar and give what it says; also kept for the page in the session.

    Args:
        note: Which of the choices do not matter on the page.
    """
    with st.sidebar:
        model = _model()
        shape = resources.shape(model)
        layer = _layer(shape.n_layers)
        pooling = _pooling()
        if note:
            st.caption(note)
        word = _word() if pooling == "chosen" else ""
        normalise, tokens = _settings(shape.max_tokens, shape.most_tokens, shape.prefixes)
    choice = Choice(model, layer, shape.n_layers, pooling, word, normalise, tokens)
    st.session_state[choices.KEY] = choice
    return choice


def status(placeholder: "st.delta_generator.DeltaGenerator", n_texts: int | None) -> None:
    """One line: device, model size and number of texts."""
    model = choices.current().model
    shape = resources.shape(model)
    parts = [resources.device_line(), f"{shape.dim} dimensions", f"{shape.max_tokens} tokens"]
    if n_texts is not None:
        parts.append("1 text" if n_texts == 1 else f"{n_texts:,} texts")
    placeholder.caption(" · ".join(parts))


def _model() -> str:
    names = resources.model_names()
    asked = st.query_params.get("model")
    if "model" not in st.session_state and asked not in (None, *names):
        st.session_state[_REFUSED] = asked
    model = address.chooser(
        st.selectbox,
        "Model",
        names,
        key="model",
        default=names[0],
        on_change=lambda: st.session_state.pop(_REFUSED, None),
        help="The transformer that makes the vectors. Further models: the Models page.",
    )
    if refused := st.session_state.get(_REFUSED):
        _say_why_not(refused)
    return model


def _say_why_not(model: str) -> None:
    """Why the model of the address is not the one on show."""
    try:
        resources.shape(model)
    except EmbedlibError as error:
        faults.show(error)


def _layer(n_layers: int) -> int | str:
    from embedlib.layers import LAYER_MIXES

    layers = list(range(n_layers + 1))
    if st.session_state.get("layer", n_layers) not in layers:
        st.session_state["layer"] = n_layers  # another model has fewer layers
    mix = st.session_state.get("mix", st.query_params.get("mix", NO_MIX))
    layer = st.select_slider(
        "Layer",
        layers,
        value=n_layers,
        key="layer",
        bind="query-params",
        disabled=mix != NO_MIX,
        help=f"0 is the output of the embedding layer, {n_layers} the output of the last block. "
        "Early layers hold more of the word, late ones more of the text.",
    )
    mix = address.chooser(
        st.selectbox,
        "Layer mix",
        [NO_MIX, *LAYER_MIXES],
        format_func=lambda name: "Off: one layer" if name == NO_MIX else LAYER_MIXES[name].label,
        key="mix",
        default=NO_MIX,
        help="Use several layers at once instead of one.\n\n"
        + "\n\n".join(f"**{row.label}**: {row.help}" for row in LAYER_MIXES.values()),
    )
    return layer if mix == NO_MIX else mix


def _pooling() -> str:
    from embedlib.pooling import POOLINGS

    return address.chooser(
        st.selectbox,
        "Pooling",
        address.labels(POOLINGS),
        key="pooling",
        default=next(iter(POOLINGS)),
        help="How the vectors of a text's tokens become one vector.\n\n"
        + "\n\n".join(f"**{row.label}**: {row.help}" for row in POOLINGS.values()),
    )


def _word() -> str:
    return st.text_input(
        "Word to pool in every text",
        key="word",
        bind="query-params",
        max_chars=60,
        placeholder="A word of your texts",
        help="The tokens of this word are chosen in each text that has it. Single tokens are "
        "chosen by clicking them under Tokens.",
    ).strip()


def _settings(
    max_tokens: int, most_tokens: int, prefixes: tuple[str, ...]
) -> tuple[bool, TokenSettings]:
    with st.expander("More settings"):
        special = st.toggle(
            "Pool special tokens",
            value=True,
            key="special",
            bind="query-params",
            help="[CLS] and [SEP] always stand in the model's input. Off: they are not pooled. "
            "sentence-transformers pools them.",
        )
        normalise = st.toggle(
            "L2 normalise",
            key="l2",
            bind="query-params",
            help="Divide each vector by its length. Cosines stay the same; dot products become "
            "cosines.",
        )
        windows = st.toggle(
            "Windows for long texts",
            key="windows",
            bind="query-params",
            help="A text that does not fit is read in windows, whose vectors are averaged by "
            "token count. Off: its end is cut.",
        )
        prefix = _prefix(prefixes)
        if st.session_state.get("max_tokens", max_tokens) > most_tokens:
            st.session_state["max_tokens"] = max_tokens
        limit = st.number_input(
            "Tokens a text may have",
            min_value=8,
            max_value=most_tokens,
            value=max_tokens,
            step=8,
            key="max_tokens",
            bind="query-params",
            help=f"Special tokens included. The model's own setting is {max_tokens}; it can take "
            f"{most_tokens}.",
        )
    settings = TokenSettings(
        max_tokens=None if limit == max_tokens else int(limit),
        windows=windows,
        prefix=prefix,
        pool_special=special,
    )
    return normalise, settings


def _prefix(prefixes: tuple[str, ...]) -> str:
    trained = ", ".join(repr(prefix) for prefix in prefixes)
    known = f" This model was trained with {trained}." if prefixes else ""
    return st.text_input(
        "Prefix",
        key="prefix",
        bind="query-params",
        max_chars=500,
        placeholder=prefixes[0] if prefixes else "",
        help="Put before every text, for models that were trained so." + known,
    )
