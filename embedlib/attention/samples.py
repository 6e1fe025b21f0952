"""ATTENTION_SAMPLES: short texts and pairs to begin with; a new one is a row."""

from dataclasses import dataclass
from typing import Final

from embedlib.table import Table


@dataclass(frozen=True)
class AttentionSample:
    """A text, or a pair, that shows something.

    Args:
        name: The row's name.
        label: For a person.
        description: In one sentence, what there is to see.
        text: The text.
        pair: The second text, or None.
    """

    name: str
    label: str
    description: str
    text: str
    pair: str | None = None


_ROWS = (
    AttentionSample(
        "pronoun",
        "A pronoun",
        "What does “it” stand for: does any head look from “it” to “animal” or “street”?",
        "The animal did not cross the street because it was too tired.",
    ),
    AttentionSample(
        "pair",
        "A pair",
        "Two sentences in one input: which heads look from one to the other?",
        "The cat sat on the mat.",
        "A kitten was resting on the rug.",
    ),
    AttentionSample(
        "pieces",
        "Word pieces",
        "Rare words are split: which heads bring their pieces together?",
        "Embeddings of unhyphenated neologisms are hyperpartitioned.",
    ),
    AttentionSample(
        "repeat",
        "A repetition",
        "The same words twice: a head may look at what followed the last time.",
        "The red fox met the old crow, and the red fox met the old owl.",
    ),
    AttentionSample(
        "chinese",
        "中文",
        "The same word in two senses: 银行 and 河岸 stand for a bank of money and of a river.",
        "她在银行存了一笔钱，然后沿着河岸慢慢走回家。",
    ),
)

ATTENTION_SAMPLES: Final[Table[AttentionSample]] = Table(
    "attention sample", {row.name: row for row in _ROWS}
)
