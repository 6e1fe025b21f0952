"""token_lengths: how many tokens texts have, for the doctor's check of what does not fit."""

from typing import TYPE_CHECKING

import numpy as np

from embedlib.records import Longs, TokenSettings
from embedlib.tokens import tokenise
from embedlib.training.examples import Examples

if TYPE_CHECKING:
    from embedlib.models.encoder import Encoder


def token_lengths(encoder: "Encoder", examples: Examples) -> Longs:
    """(row,) tokens of each text, of a pair of both, special tokens included, nothing cut.

    Args:
        encoder: Its tokenizer is copied, never changed.
        examples: Texts that are not blank.
    """
    lengths = _lengths(encoder, examples.texts)
    return lengths + _lengths(encoder, examples.pairs) - 1 if examples.pairs else lengths


def _lengths(encoder: "Encoder", texts: tuple[str, ...]) -> Longs:
    tokens = tokenise(encoder, texts, TokenSettings(), with_spans=False)
    special = np.diff(tokens.bounds) - tokens.n_kept  # one window a text
    return np.asarray(tokens.n_all + special, dtype=np.int64)
