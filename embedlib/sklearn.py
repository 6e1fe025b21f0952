"""EmbeddingTransformer: texts to vectors as a step of a scikit-learn pipeline.

A grid search over `layer` and `pooling` asks for the same texts again and again, in other folds.
So every text's vectors are made once, for all layers and poolings, and found again one by one.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from embedlib.api import embed
from embedlib.errors import OptionError
from embedlib.layers import LAYER_MIXES, layer_number
from embedlib.models import Encoder, load
from embedlib.pooling import POOLINGS
from embedlib.records import Floats, TokenSettings, Vectors
from embedlib.texts import checked_texts

_MOST_BLOCKS: Final = 64


class EmbeddingTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts to vectors of one layer and pooling.

    `fit` only checks the settings and loads the model; nothing is learned from the texts, so
    that no test text can leak.

    Args:
        model: As in `embedlib.embed`.
        layer: A layer number (negative counts from the last) or the name of a layer mix.
        pooling: A name in `POOLINGS`, except "chosen".
        normalise: Divide each vector by its L2 norm.
        windows: As in `embedlib.embed`.
        max_tokens: As in `embedlib.embed`.
        prefix: As in `embedlib.embed`.
        pool_special: As in `embedlib.embed`.
        store: As in `embedlib.embed`.

    >>> EmbeddingTransformer(layer=3, pooling="max").fit_transform(["a bank", "a dog"]).shape
    (2, 384)
    """

    def __init__(
        self,
        model: str | None = None,
        layer: int | str = -1,
        pooling: str = "mean",
        normalise: bool = False,
        windows: bool = False,
        max_tokens: int | None = None,
        prefix: str = "",
        pool_special: bool = True,
        store: Any = True,
    ) -> None:
        self.model = model
        self.layer = layer
        self.pooling = pooling
        self.normalise = normalise
        self.windows = windows
        self.max_tokens = max_tokens
        self.prefix = prefix
        self.pool_special = pool_special
        self.store = store

    def fit(self, X: Sequence[str], y: Any = None) -> Self:  # noqa: N803 - scikit-learn's names
        """Check the settings against the model; `X` is not looked at.

        Raises:
            OptionError: If the model has no such layer, or the pooling needs chosen tokens.
            UnknownNameError: If there is no such pooling.
        """
        card = load(self.model).card
        if POOLINGS[self.pooling].needs_choice:
            raise OptionError(
                f"pooling must need no choice of tokens, got {self.pooling!r}.",
                "Use another pooling.",
            )
        n_parts = 1
        if self.layer in LAYER_MIXES:
            stack = np.zeros((len(LAYER_MIXES[self.layer].needs(card.n_layers)), 1, card.dim))
            n_parts = (
                LAYER_MIXES[self.layer].function(stack.astype(np.float32)).shape[1] // card.dim
            )
        else:
            layer_number(self.layer, card.n_layers)
        self.n_features_out_ = n_parts * card.dim
        return self

    def transform(self, X: Sequence[str]) -> Floats:  # noqa: N803
        """Vectors of the texts: (text, dim) float32.

        Raises:
            TextError: If a text is no string or blank.
        """
        encoder = load(self.model)
        settings = TokenSettings(self.max_tokens, self.windows, self.prefix, self.pool_special)
        found = _TABLES.gather(encoder, checked_texts(X), settings, self.pooling, self.store)
        return found.select(self.pooling, self.layer, normalise=self.normalise)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """ "embedding0", "embedding1", ..."""
        return np.array([f"embedding{n}" for n in range(self.n_features_out_)], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_out_")


@dataclass(frozen=True, eq=False)
class _Block:
    """Texts that were embedded together, each found by its hash."""

    vectors: Vectors
    rows: dict[bytes, int]


@dataclass(eq=False)
class _Tables:
    """The blocks of this process, by model and settings; the arrays lie in the store's files."""

    blocks: OrderedDict[tuple[str, TokenSettings, bytes], _Block] = field(
        default_factory=OrderedDict
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def gather(
        self,
        encoder: Encoder,
        texts: tuple[str, ...],
        settings: TokenSettings,
        pooling: str,
        store: Any,
    ) -> Vectors:
        """Vectors of `texts` at every layer; those not known yet are embedded first."""
        hashes = [_hash(text) for text in texts]
        with self.lock:  # one at a time, so that no text is embedded twice
            places = self._places(encoder, settings)
            new = {h: text for h, text in zip(hashes, texts, strict=True) if h not in places}
            if new:
                block = self._embedded(encoder, new, settings, store)
                places |= {text_hash: (block, row) for text_hash, row in block.rows.items()}
        found = [places[text_hash] for text_hash in hashes]
        return _gathered(found, pooling)

    def _places(self, encoder: Encoder, settings: TokenSettings) -> dict[bytes, tuple[_Block, int]]:
        wanted = (encoder.card.fingerprint, settings)
        return {
            text_hash: (block, row)
            for key, block in self.blocks.items()
            if key[:2] == wanted
            for text_hash, row in block.rows.items()
        }

    def _embedded(
        self, encoder: Encoder, new: dict[bytes, str], settings: TokenSettings, store: Any
    ) -> _Block:
        vectors = embed(
            list(new.values()),
            encoder,
            poolings=[name for name, row in POOLINGS.items() if not row.needs_choice],
            windows=settings.windows,
            max_tokens=settings.max_tokens,
            prefix=settings.prefix,
            pool_special=settings.pool_special,
            store=store,
        )
        block = _Block(vectors, {text_hash: row for row, text_hash in enumerate(new)})
        self.blocks[encoder.card.fingerprint, settings, next(iter(new))] = block
        while len(self.blocks) > _MOST_BLOCKS:
            self.blocks.popitem(last=False)
        return block


_TABLES: Final = _Tables()


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _gathered(found: list[tuple[_Block, int]], pooling: str) -> Vectors:
    """One Vectors of the rows found in several blocks, in order."""
    blocks = list(dict.fromkeys(block for block, _ in found))
    first = blocks[0].vectors
    gathered = np.empty((len(first.layers), len(found), first.dim), np.float32)
    for block in blocks:
        places = [place for place, (owner, _) in enumerate(found) if owner is block]
        rows = [found[place][1] for place in places]
        gathered[:, places] = block.vectors.arrays[pooling][:, rows]
    return replace(first, arrays={pooling: gathered}, texts_digest="", from_store=True)
