"""Choice: what the sidebar says (model, layer, pooling, settings), the same on every page."""

from dataclasses import dataclass

import streamlit as st

from embedlib.records import TokenSettings

KEY = "_choice"


@dataclass(frozen=True)
class Choice:
    """The setting that every page shares.

    Args:
        model: The model's name.
        layer: A layer number, or the name of a layer mix.
        n_layers: Blocks of the model; layers are 0 to n_layers.
        pooling: A row of POOLINGS.
        word: With the pooling "chosen": the word whose tokens are chosen in every text.
        normalise: Whether vectors are divided by their L2 norm.
        tokens: How texts become tokens.
    """

    model: str
    layer: int | str
    n_layers: int
    pooling: str
    word: str
    normalise: bool
    tokens: TokenSettings

    @property
    def layer_name(self) -> str:
        """The layer in words: "layer 3 of 6" or "mean of the last 4 layers"."""
        from embedlib.layers import LAYER_MIXES

        if isinstance(self.layer, str):
            return LAYER_MIXES[self.layer].label
        return f"layer {self.layer} of {self.n_layers}"

    @property
    def pooling_name(self) -> str:
        from embedlib.pooling import POOLINGS

        return POOLINGS[self.pooling].label

    @property
    def sentence(self) -> str:
        """What made a picture, on one line."""
        parts = [self.model, self.layer_name, self.pooling_name.lower()]
        if not self.tokens.pool_special:
            parts.append("special tokens left out")
        if self.normalise:
            parts.append("L2 normalised")
        if self.tokens.prefix:
            parts.append(f"prefix {self.tokens.prefix!r}")
        if self.tokens.windows:
            parts.append("windows")
        return " · ".join(parts)


def current() -> Choice:
    """The sidebar's choice in this run; the frame puts it there before it runs the page."""
    return st.session_state[KEY]
