"""masks: which tokens are pooled; a new rule is a function that gives (token,) booleans."""

from collections.abc import Sequence

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.records import Bools, Longs, Tokens


def pooled_tokens(tokens: Tokens, *, pool_special: bool) -> Bools:
    """(token,) all tokens, or all but the special ones; a text that has only these keeps them."""
    if pool_special:
        return np.ones(len(tokens.ids), dtype=bool)
    own: Bools = ~tokens.special
    text_of = np.repeat(tokens.window_text, np.diff(tokens.bounds))
    bare: Bools = tokens.n_kept == 0
    return own | bare[text_of]


def chosen_tokens(tokens: Tokens, chosen: Sequence[Sequence[int]], rows: Longs) -> Bools:
    """(token,) the tokens chosen in each text, numbered over all of its windows.

    Args:
        tokens: The texts.
        chosen: Numbers of tokens, a text.
        rows: (text,) what to call each text in an error.

    Raises:
        OptionError: If a text has no such token.
    """
    first_window = np.searchsorted(tokens.window_text, np.arange(tokens.n_texts + 1))
    edges = tokens.bounds[first_window]  # (text + 1,)
    mask = np.zeros(len(tokens.ids), dtype=bool)
    for text, numbers in enumerate(chosen):
        n_tokens = int(edges[text + 1] - edges[text])
        for number in numbers:
            if not 0 <= number < n_tokens:
                raise OptionError(
                    f"A chosen token of texts[{rows[text]}] must be from 0 to {n_tokens - 1}, "
                    f"got {shown(number)}.",
                    "Tokens are counted with the special ones, as token_vectors does.",
                )
            mask[edges[text] + number] = True
    return mask
