"""Means over texts, and how sure they are: the bootstrap over texts (Efron 1979).

NaN stands for a text in which there was nothing to measure, and is left out.
"""

from typing import Final

import numpy as np

from embedlib.attention.doors import Doubles
from embedlib.records import Longs

_N_RESAMPLES: Final = 1_000


def known_mean(values: Doubles) -> Doubles:
    """Mean over the first axis, leaving NaN out; NaN where there is nothing else."""
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    totals = np.where(known, values, 0.0).sum(axis=0)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def draws(n_texts: int, generator: np.random.Generator) -> Longs:
    """(sample, text) how often each text is drawn when as many are drawn as there are."""
    return generator.multinomial(n_texts, np.full(n_texts, 1 / n_texts), _N_RESAMPLES)


def resampled(values: Doubles, drawn: Longs) -> Doubles:
    """(sample, ...) means over the texts drawn; the mean of all where none of them could show it.

    Args:
        values: (text, ...).
        drawn: (sample, text), from `draws`.
    """
    known = ~np.isnan(values)
    totals = np.tensordot(drawn, np.where(known, values, 0.0), axes=1)
    counts = np.tensordot(drawn, known.astype(np.float64), axes=1)
    return np.where(counts > 0, totals / np.maximum(counts, 1), known_mean(values))
