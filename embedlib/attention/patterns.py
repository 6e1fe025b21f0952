"""What the rows of a head can be measured for; each function is a row of `ATTENTION_MEASURES`.

Each takes the (head, query, key) shares of one block, whose rows sum to 1, and the maps that say
which token is which; it gives (head,) numbers, NaN where a text has nothing to measure (no
punctuation, no word in pieces). Shares are means over the queries that could attend so: the first
token has no previous one, and in a causal model it can attend only to itself.
"""

import unicodedata
from typing import Any

import numpy as np

from embedlib.attention.doors import Doubles
from embedlib.attention.maps import AttentionMaps
from embedlib.records import Bools, Longs


def entropy(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """How widely each head spreads its attention, mean over queries, in nats.

    0 when every token attends to one, log(n) when to all n equally.

    Source: Clark et al. 2019, section 3.3; Vig and Belinkov 2019, equation 7.
    """
    return _mean(_entropies(rows))


def entropy_share(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Entropy over the most it could be, log of the tokens that a query sees: 0 to 1.

    Queries that see only themselves are left out; 0 when there are no others.
    """
    most = np.log(_n_visible(maps))
    several = most > 0
    if not several.any():
        return np.zeros(len(rows))
    return _mean(_entropies(rows)[:, several] / most[several])


def broad(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Tokens attended to in effect, exp(entropy), over the tokens that a query sees: 0 to 1.

    1 for a head that averages all tokens, 1/n for one that attends to a single one.
    """
    return _mean(np.exp(_entropies(rows)) / _n_visible(maps))


def confidence(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Largest weight of a query, mean over queries: 1/n to 1.

    Source: Voita et al. 2019, section 4 (confident heads), here with all tokens.
    """
    return _mean(rows.max(axis=-1))


def distance(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """How far away the attended tokens are, in tokens: the weighted mean of |query - key|.

    Uniform attention without a mask gives (n^2 - 1) / (3 n).

    Source: Vig and Belinkov 2019, equation 6, with |i - j| as for encoders.
    """
    positions = np.arange(maps.n_tokens)
    apart = np.abs(positions[:, None] - positions[None, :])
    return np.asarray((rows * apart).sum(axis=(1, 2)) / rows.sum(axis=(1, 2)))


def previous(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the token just before, over the queries that have one.

    Source: Clark et al. 2019, section 3.1.
    """
    return _along(rows, -1)


def following(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the token just after, over the queries that have one; 0 in a causal model.

    Source: Clark et al. 2019, section 3.1.
    """
    return _along(rows, 1)


def itself(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share of each query on itself, without a first token that sees nothing else."""
    return _along(rows[:, 1:, 1:], 0) if maps.causal and maps.n_tokens > 1 else _along(rows, 0)


def first(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the first token, over the other queries: [CLS], or what a decoder rests on.

    Source: Clark et al. 2019, section 3.2; Vig and Belinkov 2019, section 5 (null attention).
    """
    return _mean(rows[:, 1:, 0])


def separator(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on special tokens that do not stand first ([SEP], </s>), over all queries.

    Source: Clark et al. 2019, section 3.2.
    """
    keys = maps.special.copy()
    keys[0] = False
    return _on(rows, keys, maps)


def punctuation(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on tokens that are punctuation through and through, over all queries.

    Source: Clark et al. 2019, section 3.2 (periods and commas).
    """
    return _on(rows, punctuation_tokens(maps), maps)


def same_word(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the other pieces of the query's word, over the queries whose word has some."""
    words = maps.words
    return _among(rows, (words[:, None] == words[None, :]) & (words >= 0)[:, None], maps)


def same_token(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the same vocabulary entry elsewhere in the text, over the queries that have one.

    Special tokens, which stand twice in every pair, are left out.
    """
    equal = maps.ids[:, None] == maps.ids[None, :]
    return _among(rows, equal & ~maps.special[:, None], maps)


def other_text(rows: Doubles, maps: AttentionMaps) -> Doubles:
    """Share on the other text of a pair, special tokens left out on both sides."""
    if maps.pair is None:
        return np.full(len(rows), np.nan)
    across = maps.segment[:, None] != maps.segment[None, :]
    return _among(rows, across & ~maps.special[:, None] & ~maps.special[None, :], maps)


def punctuation_tokens(maps: AttentionMaps) -> Bools:
    """(token,) True for tokens all of whose characters are punctuation in Unicode."""
    return np.array(
        [
            not maps.special[token]
            and (written := maps.written(token).strip()) != ""
            and all(unicodedata.category(character)[0] == "P" for character in written)
            for token in range(maps.n_tokens)
        ],
        dtype=bool,
    )


def _n_visible(maps: AttentionMaps) -> Longs:
    """(query,) tokens that each query sees."""
    n = maps.n_tokens
    return np.arange(1, n + 1) if maps.causal else np.full(n, n)


def _entropies(rows: Doubles) -> Doubles:
    """(head, query) in nats."""
    logs = np.log(rows, out=np.zeros_like(rows), where=rows > 0)
    return np.asarray(-(rows * logs).sum(axis=-1)).clip(0.0)


def _along(rows: Doubles, offset: int) -> Doubles:
    """(head,) mean of the diagonal `offset` to the right."""
    return _mean(np.diagonal(rows, offset, axis1=1, axis2=2))


def _on(rows: Doubles, keys: Bools, maps: AttentionMaps) -> Doubles:
    """(head,) share on the tokens of `keys`, over the queries that see one of them."""
    if not keys.any():
        return np.full(len(rows), np.nan)
    sees = np.cumsum(keys) > 0 if maps.causal else np.ones(maps.n_tokens, dtype=bool)
    return _mean(rows[:, sees][..., keys].sum(axis=-1))


def _among(rows: Doubles, wanted: Bools, maps: AttentionMaps) -> Doubles:
    """(head,) share on the pairs of `wanted` but for itself, over the queries that have some."""
    pairs = wanted.copy()
    np.fill_diagonal(pairs, False)
    if maps.causal:
        pairs = np.tril(pairs)
    queries = pairs.any(axis=1)
    return _mean((rows * pairs).sum(axis=-1)[:, queries])


def _mean(values: Any) -> Doubles:
    """(head,) mean over the last axis, NaN when there is nothing to average."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape[-1] == 0:
        return np.full(len(array), np.nan)
    return np.asarray(array.mean(axis=-1))
