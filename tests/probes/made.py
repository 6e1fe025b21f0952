"""Problems and vectors made for the tests of probes."""

import numpy as np

from embedlib.probes import Problem, problem
from embedlib.records import EncoderCard, Ledger, TokenSettings, Vectors


def clusters(n_rows: int, n_labels: int, dim: int = 8, spread: float = 0.5, seed: int = 0):
    """(row, dim) vectors around one centre a category, and the labels."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n_rows) % n_labels
    centres = rng.standard_normal((n_labels, dim))
    noise = spread * rng.standard_normal((n_rows, dim))
    return (centres[codes] + noise).astype(np.float32), [f"label {code}" for code in codes]


def posed(labels: list[str], **options: object) -> Problem:
    """The problem of different texts with these labels."""
    return problem(labels, [f"text {row}" for row in range(len(labels))], **options)


def stored(arrays: dict[str, np.ndarray]) -> Vectors:
    """Vectors as `embed` gives them, of made arrays (layer, text, dim)."""
    n_layers, n_texts, dim = next(iter(arrays.values())).shape
    card = EncoderCard(
        *("made", "folder", "", "0" * 64, "bert", n_layers - 1, 2, dim, 64, 64, 1, False)
    )
    counts = np.full(n_texts, 5)
    return Vectors(
        arrays={name: np.asarray(array, np.float32) for name, array in arrays.items()},
        layers=tuple(range(n_layers)),
        encoder=card,
        settings=TokenSettings(),
        ledger=Ledger(counts, counts, np.ones(n_texts, int), 64),
        texts_digest="0" * 32,
        seconds=0.0,
    )
