"""EmbeddingTransformer: texts to vectors as a step of a scikit-learn pipeline.

A grid search over `layer` and `pooling` asks for the same texts again and again, in other folds.
So each text is embedded once, at all layers and with all poolings, and found again by itself: see
`embedlib.store.texttable`.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from embedlib.api import keeper_of
from embedlib.layers import LAYER_MIXES, layer_number
from embedlib.models import load
from embedlib.records import Floats, TokenSettings
from embedlib.store import Store
from embedlib.store.request import check_poolings, resolved
from embedlib.store.texttable import ByText


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

    def __init__(  # noqa: PLR0913 - scikit-learn wants one parameter a setting
        self,
        model: str | None = None,
        layer: int | str = -1,
        pooling: str = "mean",
        normalise: bool = False,
        windows: bool = False,
        max_tokens: int | None = None,
        prefix: str = "",
        pool_special: bool = True,
        store: bool | Store = True,
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
            OptionError: If the model has no such layer or takes no such number of tokens, or the
                pooling needs chosen tokens.
            UnknownNameError: If there is no such pooling.
        """
        encoder = load(self.model)
        check_poolings([self.pooling])
        resolved(encoder, self._settings)
        layers = self._layers(encoder.card.n_layers)
        one_text = np.zeros((len(layers), 1, encoder.card.dim), np.float32)
        mix = LAYER_MIXES.get(str(self.layer))
        self.n_features_out_ = encoder.card.dim if mix is None else mix.function(one_text).shape[1]
        return self

    def transform(self, X: Sequence[str]) -> Floats:  # noqa: N803
        """Vectors of the texts: (text, dim) float32.

        Raises:
            NotFittedError: If `fit` was not called.
            TextError: If a text is no string or blank.
        """
        check_is_fitted(self)
        encoder = load(self.model)
        found = ByText(keeper_of(self.store)).vectors(
            encoder,
            X,
            layers=self._layers(encoder.card.n_layers),
            poolings=[self.pooling],
            settings=self._settings,
        )
        return found.select(self.pooling, self.layer, normalise=self.normalise)

    @property
    def _settings(self) -> TokenSettings:
        return TokenSettings(self.max_tokens, self.windows, self.prefix, self.pool_special)

    def _layers(self, n_layers: int) -> tuple[int, ...]:
        """The layers that `layer` stands for."""
        mix = LAYER_MIXES.get(str(self.layer))
        return (layer_number(self.layer, n_layers),) if mix is None else mix.needs(n_layers)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """ "embedding0", "embedding1", ..."""
        return np.array([f"embedding{n}" for n in range(self.n_features_out_)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_out_")
