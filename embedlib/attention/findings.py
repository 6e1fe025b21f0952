"""What a text's attention shows in a sentence: who receives it, by weight and by contribution.

A new finding is a function of `AttentionMaps` that gives plain text.
"""

from collections.abc import Sequence

import numpy as np

from embedlib.attention.contributions import Received
from embedlib.attention.maps import AttentionMaps
from embedlib.records import Bools


def resting_places(maps: AttentionMaps) -> Bools:
    """(token,) True for the special tokens, or for the first token where there are none.

    Attention that has nothing to do tends to go there: to [SEP] in BERT, to the first token in
    decoders.

    Source: Clark et al. 2019, section 3.2; Vig and Belinkov 2019, section 5.1.
    """
    if maps.special.any():
        return np.asarray(maps.special)
    first = np.zeros(maps.n_tokens, dtype=bool)
    first[0] = True
    return first


def named(maps: AttentionMaps, tokens: Bools) -> str:
    """ "[CLS] and [SEP]", or "The first token" where it is no special one."""
    if not maps.special.any():
        return "The first token"
    pieces = dict.fromkeys(maps.pieces[token] for token in np.flatnonzero(tokens))
    *others, last = pieces
    return f"{', '.join(others)} and {last}" if others else last


def received_sentence(
    maps: AttentionMaps, found: Received, heads: Sequence[tuple[int, int]] = ()
) -> str:
    """How much the resting places receive by each measure, as a person reads it.

    Args:
        maps: One text.
        found: `received(maps, resting_places(maps))`.
        heads: (layer, head) from 0 to speak of; none for all heads.

    Returns:
        "[CLS] and [SEP] (2 of 14 tokens) receive 52.0 % of the weight but 11.0 % of the
        contribution."
    """
    tokens = resting_places(maps)
    rows = tuple(np.transpose(list(heads))) if heads else (slice(None), slice(None))
    part = Received(found.weight[rows], found.contribution[rows])
    n = int(tokens.sum())
    verb = "receives" if n == 1 else "receive"
    return f"{named(maps, tokens)} ({n} of {maps.n_tokens} tokens) {verb} {part.sentence}."
