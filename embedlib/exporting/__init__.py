"""exporting: what was made as files that other tools read; a format is one function and one row.

`formats.EXPORTS` are the formats for vectors, `attention.ATTENTION_EXPORTS` those for attention;
`card` and `attention_card` say how it came about and travel inside the files; `code` and
`attention_code` are the Python that makes the same numbers.
"""

from embedlib.exporting.attention import ATTENTION_EXPORTS, AttentionExport, attention_card
from embedlib.exporting.attention_code import attention_code
from embedlib.exporting.card import card
from embedlib.exporting.code import code
from embedlib.exporting.formats import EXPORTS, Export

__all__ = [
    "ATTENTION_EXPORTS",
    "EXPORTS",
    "AttentionExport",
    "Export",
    "attention_card",
    "attention_code",
    "card",
    "code",
]
