"""The models that choosers offer; a new one is a row in `_ROWS`, with facts from its Hub page.

Sizes are of what a download takes: weights in safetensors, and the tokenizer.
"""

from dataclasses import dataclass
from typing import Final

from embedlib.table import Table

DEFAULT: Final = "all-MiniLM-L6-v2"
_M: Final = 10**6


@dataclass(frozen=True)
class CatalogRow:
    """One model.

    Args:
        name: What a person asks for, and what `load` takes.
        hub_name: Its name on the Hugging Face Hub.
        parameters: Number of weights, rounded.
        download_bytes: Roughly what a download takes.
        languages: In words.
        licence: As the Hub page gives it (SPDX where there is one).
        note: What it is good for, in one sentence.
        prefixes: Prefixes that it was trained with.
        causal: Whether a token sees only what stands before it.
        max_tokens: Tokens that a text may have by default.
        pooling: The pooling that its authors use, or that suits it.
    """

    name: str
    hub_name: str
    parameters: int
    download_bytes: int
    languages: str
    licence: str
    note: str
    prefixes: tuple[str, ...] = ()
    causal: bool = False
    max_tokens: int = 512
    pooling: str = "mean"


_ROWS = (
    CatalogRow(
        DEFAULT,
        "sentence-transformers/all-MiniLM-L6-v2",
        23 * _M,
        91 * _M,
        "English",
        "Apache-2.0",
        "Small and fast sentence vectors; comes with the app.",
        max_tokens=256,
    ),
    CatalogRow(
        "google-bert/bert-base-uncased",
        "google-bert/bert-base-uncased",
        110 * _M,
        441 * _M,
        "English",
        "Apache-2.0",
        "The model of the BERT paper and of most textbooks.",
    ),
    CatalogRow(
        "google-bert/bert-base-chinese",
        "google-bert/bert-base-chinese",
        103 * _M,
        412 * _M,
        "Chinese",
        "Apache-2.0",
        "BERT for Chinese: a character is a token.",
    ),
    CatalogRow(
        "distilbert/distilbert-base-uncased",
        "distilbert/distilbert-base-uncased",
        67 * _M,
        269 * _M,
        "English",
        "Apache-2.0",
        "BERT with half the layers, trained to imitate it.",
    ),
    CatalogRow(
        "FacebookAI/roberta-base",
        "FacebookAI/roberta-base",
        125 * _M,
        501 * _M,
        "English",
        "MIT",
        "BERT trained longer, on more text, with byte-level tokens.",
    ),
    CatalogRow(
        "sentence-transformers/all-mpnet-base-v2",
        "sentence-transformers/all-mpnet-base-v2",
        109 * _M,
        439 * _M,
        "English",
        "Apache-2.0",
        "Better sentence vectors than the bundled model, about five times slower.",
        max_tokens=384,
    ),
    CatalogRow(
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        118 * _M,
        485 * _M,
        "over 50",
        "Apache-2.0",
        "Sentence vectors that put translations near each other.",
        max_tokens=128,
    ),
    CatalogRow(
        "intfloat/multilingual-e5-small",
        "intfloat/multilingual-e5-small",
        118 * _M,
        493 * _M,
        "about 100",
        "MIT",
        "Multilingual search; texts need a prefix.",
        prefixes=("query: ", "passage: "),
    ),
    CatalogRow(
        "BAAI/bge-small-en-v1.5",
        "BAAI/bge-small-en-v1.5",
        33 * _M,
        134 * _M,
        "English",
        "MIT",
        "Small model for search; pools the first token.",
        prefixes=("Represent this sentence for searching relevant passages: ",),
        pooling="cls",
    ),
    CatalogRow(
        "answerdotai/ModernBERT-base",
        "answerdotai/ModernBERT-base",
        149 * _M,
        600 * _M,
        "English, code",
        "Apache-2.0",
        "BERT rebuilt in 2024: long texts, local and global attention.",
        max_tokens=8_192,
    ),
    CatalogRow(
        "openai-community/gpt2",
        "openai-community/gpt2",
        124 * _M,
        550 * _M,
        "English",
        "MIT",
        "The classic decoder: each token sees only what stands before it.",
        causal=True,
        max_tokens=1_024,
        pooling="last",
    ),
    CatalogRow(
        "HuggingFaceTB/SmolLM2-135M",
        "HuggingFaceTB/SmolLM2-135M",
        135 * _M,
        272 * _M,
        "English",
        "Apache-2.0",
        "A small present-day decoder of the Llama kind.",
        causal=True,
        max_tokens=8_192,
        pooling="last",
    ),
)

CATALOG: Final[Table[CatalogRow]] = Table("model", {row.name: row for row in _ROWS})
_SHORT: Final = {row.hub_name.split("/")[1].lower(): row for row in _ROWS}
_FULL: Final = {row.hub_name.lower(): row for row in _ROWS}


def catalog_row(name: str) -> CatalogRow | None:
    """The row of a name, of a Hub name or of a Hub name without its organisation; else None."""
    if name in CATALOG:
        return CATALOG[name]
    return _FULL.get(name.lower()) or _SHORT.get(name.lower())
