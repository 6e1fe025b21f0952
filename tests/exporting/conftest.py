"""A small corpus with awkward columns, and vectors of it, without any model."""

import numpy as np
import pandas as pd
import pytest

from embedlib.records import Corpus, EncoderCard, Ledger, TokenSettings, Vectors

TEXTS = (
    "plain",
    "=1+1",
    'a "quoted", cell',
    "two\nlines\tand a tab\r",
    "中文 العربية 🙂",
    "\x00 NUL",
    "nbsp\u00a0 \u202eright to left",
)
DIM = 5


@pytest.fixture
def corpus() -> Corpus:
    frame = pd.DataFrame(
        {
            "text": TEXTS,
            "=label": ["+a", "-b", "@c", "\td", "\re", "", "ok"],
            "dim_0": [str(n) for n in range(7)],
            "vector": ["v"] * 7,
            "number": np.arange(7, dtype=np.int64),
        }
    )
    return Corpus(
        texts=TEXTS,
        labels=tuple(frame["=label"]),
        frame=frame,
        name="awkward.csv",
        label_column="=label",
        source_rows=(0, 1, 2, 3, 4, 6, 7),
        left_out=(5,),
    )


@pytest.fixture
def numbers() -> np.ndarray:
    """(text, dim) float32 with the values that short decimals lose."""
    values = np.random.default_rng(3).normal(size=(len(TEXTS), DIM)).astype(np.float32)
    values[0] = [1e-45, 3.4028235e38, -0.0, 16777217, 0.1]
    values[1] = [-1e-38, 1 / 3, 1e10, 123456.7, -2]
    return values


@pytest.fixture
def vectors(corpus: Corpus, numbers: np.ndarray) -> Vectors:
    encoder = EncoderCard(
        name="all-MiniLM-L6-v2",
        source="bundled",
        revision="",
        weights_sha256="53aa" * 16,
        model_type="bert",
        n_layers=4,
        n_heads=2,
        dim=DIM,
        max_tokens=256,
        most_tokens=512,
        n_parameters=1000,
        causal=False,
    )
    n_all = np.array([1, 3, 4, 4, 300, 1, 4])
    ledger = Ledger(n_all, np.minimum(n_all, 254), np.ones(7, np.int64), 256)
    stack = np.stack([numbers + layer for layer in range(5)])
    return Vectors(
        arrays={"mean": stack, "cls": -stack},
        layers=(0, 1, 2, 3, 4),
        encoder=encoder,
        settings=TokenSettings(prefix="query: "),
        ledger=ledger,
        texts_digest=corpus.digest,
        seconds=1.25,
        versions={"torch": "2.13.0"},
    )
