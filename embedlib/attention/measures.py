"""ATTENTION_MEASURES: one number a head; a new measure is a function in `patterns` and a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from embedlib.attention import patterns
from embedlib.attention.doors import Doubles
from embedlib.attention.maps import AttentionMaps, shares
from embedlib.records import Floats
from embedlib.table import Table


@dataclass(frozen=True)
class AttentionMeasure:
    """One number for a head.

    Args:
        name: The row's name: "entropy".
        label: For choosers: "Entropy".
        help: One sentence: what a high value means.
        unit: "share" (0 to 1), "nats" or "tokens".
        function: ((head, query, key) rows summing to 1, maps) to (head,) float64.
    """

    name: str
    label: str
    help: str
    unit: str
    function: Callable[[Doubles, AttentionMaps], Doubles]


def measure(maps: AttentionMaps, name: str, kind: str = "weight") -> Floats:
    """A measure of every head: (layer, head) float32.

    Args:
        maps: One text.
        name: A row of `ATTENTION_MEASURES`.
        kind: A row of `embedlib.attention.maps.KINDS`; rows of contributions are divided by
            their sum first.

    Raises:
        UnknownNameError: If there is no such measure or kind.
    """
    row = ATTENTION_MEASURES[name]
    found = [
        row.function(shares(maps, layer, kind).astype(np.float64), maps)
        for layer in range(maps.n_layers)
    ]
    return np.stack(found).astype(np.float32)


_ROWS = (
    AttentionMeasure(
        "entropy", "Entropy", "High: spread over many tokens.", "nats", patterns.entropy
    ),
    AttentionMeasure(
        "entropy_share",
        "Entropy over maximum",
        "1: spread over all tokens that can be seen; 0: on a single one.",
        "share",
        patterns.entropy_share,
    ),
    AttentionMeasure(
        "broad",
        "Broad",
        "1: averages all tokens that can be seen; near 0: picks a few.",
        "share",
        patterns.broad,
    ),
    AttentionMeasure(
        "confidence",
        "Confidence",
        "Weight of the most attended token.",
        "share",
        patterns.confidence,
    ),
    AttentionMeasure(
        "distance", "Mean distance", "How many tokens away it looks.", "tokens", patterns.distance
    ),
    AttentionMeasure(
        "previous", "Previous token", "On the token before.", "share", patterns.previous
    ),
    AttentionMeasure("next", "Next token", "On the token after.", "share", patterns.following),
    AttentionMeasure("self", "Itself", "On the query's own position.", "share", patterns.itself),
    AttentionMeasure(
        "same_token",
        "Same token elsewhere",
        "On other places of the same token.",
        "share",
        patterns.same_token,
    ),
    AttentionMeasure(
        "same_word",
        "Same word",
        "On the other pieces of the same word.",
        "share",
        patterns.same_word,
    ),
    AttentionMeasure(
        "first", "First token", "On the first token, [CLS] in BERT.", "share", patterns.first
    ),
    AttentionMeasure(
        "separator",
        "Separator",
        "On [SEP] or </s>: often a place to rest.",
        "share",
        patterns.separator,
    ),
    AttentionMeasure(
        "punctuation",
        "Punctuation",
        "On full stops, commas and the like.",
        "share",
        patterns.punctuation,
    ),
    AttentionMeasure(
        "other_text", "Other text", "On the other text of a pair.", "share", patterns.other_text
    ),
)

ATTENTION_MEASURES: Final[Table[AttentionMeasure]] = Table(
    "attention measure", {row.name: row for row in _ROWS}
)
