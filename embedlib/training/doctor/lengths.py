"""token_counts: how many tokens texts have, and how many of them the model does not know."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedlib.records import Longs, TokenSettings
from embedlib.tokens import n_unknown, tokenise
from embedlib.training.examples import Examples

if TYPE_CHECKING:
    from embedlib.models.encoder import Encoder


@dataclass(frozen=True, eq=False)
class TokenCounts:
    """Tokens of each row, of a pair of both texts, nothing cut.

    Args:
        lengths: (row,) tokens, special tokens included.
        content: (row,) tokens, special tokens left out.
        unknown: (row,) of `content`, how many are the unknown token.
    """

    lengths: Longs
    content: Longs
    unknown: Longs


def token_counts(encoder: "Encoder", examples: Examples) -> TokenCounts:
    """The tokens of each text, of a pair of both.

    Args:
        encoder: Its tokenizer is copied, never changed.
        examples: Texts that are not blank.
    """
    first = _counts(encoder, examples.texts)
    if not examples.pairs:
        return first
    second = _counts(encoder, examples.pairs)
    return TokenCounts(
        first.lengths + second.lengths - 1,  # [CLS] once
        first.content + second.content,
        first.unknown + second.unknown,
    )


def token_lengths(encoder: "Encoder", examples: Examples) -> Longs:
    """(row,) tokens of each text, of a pair of both, special tokens included, nothing cut."""
    return token_counts(encoder, examples).lengths


def _counts(encoder: "Encoder", texts: tuple[str, ...]) -> TokenCounts:
    # In windows, so that what lies beyond the model's bound is counted too.
    tokens = tokenise(encoder, texts, TokenSettings(windows=True), with_spans=False)
    n_special = int(tokens.special.sum()) // tokens.n_windows  # the same in each window
    n_all = np.asarray(tokens.n_all, dtype=np.int64)
    return TokenCounts(n_all + n_special, n_all, n_unknown(encoder, tokens))
