"""A stand-in for the extraction: fast, countable, and with vectors that a test can predict."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from embedlib.models.encoder import Encoder
from embedlib.records import (
    EncoderCard,
    Floats,
    Ledger,
    Progress,
    TokenSettings,
    Vectors,
    digest_of_texts,
)
from embedlib.store import Store
from embedlib.tokens import max_tokens
from tests import tiny

CARD = EncoderCard(
    name="fake",
    source="folder",
    revision="",
    weights_sha256="0" * 64,
    model_type="bert",
    n_layers=6,
    n_heads=2,
    dim=8,
    max_tokens=16,
    most_tokens=32,
    n_parameters=0,
    causal=False,
)


@cache
def encoder(card: EncoderCard = CARD) -> Encoder:
    """An encoder without a model."""
    nothing: Any = None
    return Encoder(card, nothing, tiny.tokenizer(), torch.device("cpu"))


TEXTS = ("a river bank", "a savings bank", "the sea", "a river bank")
ALL = tuple(range(CARD.n_layers + 1))


def ask(
    store: Store,
    layers: Sequence[int] = ALL,
    poolings: Sequence[str] = ("mean",),
    texts: Sequence[str] = TEXTS,
    **more: Any,
) -> Vectors:
    """Ask a store for vectors of the fake encoder."""
    return store.vectors(encoder(), texts, layers=layers, poolings=poolings, **more)


def assert_right(vectors: Vectors, texts: Sequence[str] = TEXTS) -> None:
    """Compare with what `FakeExtract` gives, bit for bit."""
    for pooling, array in vectors.arrays.items():
        expected = [
            [vector_of(text, pooling, layer, CARD.dim) for text in texts]
            for layer in vectors.layers
        ]
        np.testing.assert_array_equal(array, np.array(expected))
        assert array.dtype == np.float32


def install(patch: pytest.MonkeyPatch, fake: "FakeExtract") -> "FakeExtract":
    """Put a fake in the place of the extraction."""
    patch.setattr("embedlib.extract.extract", fake)
    return fake


def vector_of(text: str, pooling: str, layer: int, dim: int) -> Floats:
    """(dim,) what `FakeExtract` gives."""
    seed = hashlib.sha256(f"{text}\0{pooling}\0{layer}".encode("utf-8", "surrogatepass"))
    return np.random.default_rng(list(seed.digest())).standard_normal(dim, np.float32) + layer


@dataclass
class FakeExtract:
    """Replaces `embedlib.extract.extract`; `calls` says what it was asked for.

    Args:
        before: Called with its number before each text is written.
    """

    before: Callable[[int], None] = lambda _: None
    calls: list[tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]] = field(
        default_factory=list
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        *,
        layers: tuple[int, ...],
        poolings: tuple[str, ...],
        settings: TokenSettings,
        out: dict[str, Floats] | None = None,
        release: Callable[[], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Vectors:
        with self.lock:
            self.calls.append((tuple(texts), layers, poolings))
        dim = encoder.card.dim
        if out is None:
            out = {name: np.empty((len(layers), len(texts), dim), np.float32) for name in poolings}
        for number, text in enumerate(texts):
            self.before(number)
            for pooling in poolings:
                for row, layer in enumerate(layers):
                    out[pooling][row, number] = vector_of(text, pooling, layer, dim)
            if release is not None:
                release()
            if progress is not None:
                progress(Progress(number + 1, len(texts), "texts", 1.0))
        counts = np.array([len(text.split()) for text in texts])
        most = max_tokens(encoder, settings)
        return Vectors(
            out,
            layers,
            encoder.card,
            settings,
            Ledger(counts, np.minimum(counts, most), np.ones_like(counts), most, counts // 2),
            digest_of_texts(list(texts)),
            seconds=1.5,
            versions={"torch": "0"},
        )

    @property
    def n_texts(self) -> int:
        """Texts extracted in all calls."""
        return sum(len(texts) for texts, _, _ in self.calls)
