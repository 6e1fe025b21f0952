"""extract: texts become vectors of every asked-for layer and pooling, in one pass a text.

A new pooling or layer mix needs nothing here. `masks` says which tokens are pooled, `batches`
which texts share a pass, `forward` reads a model's layers, `gathering` puts vectors into rows,
and `passes` drives them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.layers import parse_layers
from embedlib.models.encoder import Encoder
from embedlib.pooling import POOLINGS
from embedlib.records import (
    Floats,
    Longs,
    Progress,
    TokenSettings,
    TokenVectors,
    Vectors,
    digest_of_texts,
)
from embedlib.texts import checked_texts
from embedlib.tokens import cut_tokens, ledger, max_tokens, pieces, tokenise

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["extract", "token_vectors"]

_DEFAULT: Final = TokenSettings()
_PACKAGES: Final = ("torch", "transformers", "tokenizers")


def extract(  # noqa: PLR0913 - the whole question stands in one call
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: tuple[int, ...],
    poolings: tuple[str, ...],
    settings: TokenSettings = _DEFAULT,
    out: dict[str, Floats] | None = None,
    release: Callable[[], None] | None = None,
    chosen: Mapping[int, Sequence[int]] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Vectors:
    """Vectors of texts for several layers and poolings.

    Equal texts are read once, and texts of one length share a batch; a vector depends neither on
    its neighbours in the batch nor on the order of texts. With windows, the vector of a text is
    the average of its windows' vectors, weighted by their pooled tokens, for every pooling.

    Args:
        encoder: The model; its lock is held batch by batch.
        texts: At least one; none blank.
        layers: Layer numbers, ascending; the model stops after the highest.
        poolings: Names in `POOLINGS`.
        settings: How texts become tokens, and whether special tokens are pooled; a text whose
            tokens are all special has all of them pooled.
        out: A (layer, text, dim) float32 array a pooling to fill; made in memory when None.
        release: Called after every few dozen MB, so that a store can drop written pages.
        chosen: For the pooling "chosen": row of a text to the numbers of its tokens, counted as
            `token_vectors` does. The vectors of a text that has none are NaN.
        progress: Called at the start and after each batch, in texts.
        cancelled: Asked before each batch.

    Returns:
        The arrays, read-only, with the ledger of what was cut and the seconds it took.

    Raises:
        TextError: If a text is no string, blank, or gives no token.
        LimitError: If a text is too long, or there are too many.
        UnknownNameError: If there is no such pooling.
        OptionError: If a layer, a chosen token, `out` or a setting is outside its range.
        Cancelled: If `cancelled` said so.
        ModelError: If the memory does not suffice for a single text.
    """
    from embedlib.extract.gathering import Gathering
    from embedlib.extract.masks import chosen_tokens, pooled_tokens
    from embedlib.extract.passes import Passes

    started = time.perf_counter()
    texts = checked_texts(texts)
    _check(encoder, layers, poolings)
    _check_chosen(poolings, chosen, len(texts))
    shape = len(layers), len(texts), encoder.card.dim
    out = _checked_out(out, poolings, shape)
    choices = {row: tuple(numbers) for row, numbers in (chosen or {}).items()}
    place_of, unique = _unique([(text, choices.get(row)) for row, text in enumerate(texts)])
    tokens = tokenise(encoder, [text for text, _ in unique], settings, with_spans=False)
    usual = pooled_tokens(tokens, pool_special=settings.pool_special)
    masks = dict.fromkeys(poolings, usual)
    if "chosen" in masks:
        rows = np.unique(place_of, return_index=True)[1]
        masks["chosen"] = chosen_tokens(tokens, [choice or () for _, choice in unique], rows)
    gathering = Gathering(tokens, masks, out, place_of)
    Passes(encoder, tokens, masks, layers, gathering, started).run(
        release=release, progress=progress, cancelled=cancelled
    )
    return Vectors(
        arrays={name: _read_only(out[name]) for name in poolings},
        layers=layers,
        encoder=encoder.card,
        settings=settings,
        ledger=ledger(encoder, tokens, max_tokens(encoder, settings)).take(place_of),
        texts_digest=digest_of_texts(texts),
        seconds=time.perf_counter() - started,
        versions=versions_used(),
    )


def versions_used() -> dict[str, str]:
    """Versions of the packages that decide the numbers."""
    return {package: version(package) for package in _PACKAGES}


def token_vectors(encoder: Encoder, text: str, settings: TokenSettings = _DEFAULT) -> TokenVectors:
    """Every token of one text at every layer.

    Args:
        encoder: The model.
        text: Not blank. What does not fit is cut and told in `cut`, or with `settings.windows`
            follows window after window, special tokens included.
        settings: Bound, windows and prefix; `pool_special` does not matter here.

    Raises:
        TextError, LimitError, OptionError: As `extract` does.
    """
    import torch

    from embedlib.extract.forward import forward

    tokens = tokenise(encoder, [text], settings)
    layers = frozenset(range(encoder.card.n_layers + 1))
    hidden = np.empty((len(layers), len(tokens.ids), encoder.card.dim), np.float32)
    for start, end in zip(tokens.bounds[:-1], tokens.bounds[1:], strict=True):

        def receive(layer: int, found: "Tensor", window: slice = slice(start, end)) -> None:
            hidden[layer, window] = found[0].float().cpu().numpy()

        ids = torch.from_numpy(tokens.ids[start:end].astype(np.int64))[None]
        forward(encoder, ids.to(encoder.device), None, layers, receive)
    return TokenVectors(
        hidden=hidden,
        pieces=pieces(encoder, tokens.ids),
        ids=tokens.ids,
        spans=tokens.spans,
        words=tokens.words,
        special=tokens.special,
        cut=cut_tokens(encoder, text, settings),
    )


def _check(encoder: Encoder, layers: tuple[int, ...], poolings: object) -> None:
    known = parse_layers(layers, encoder.card.n_layers)
    if tuple(layers) != known:
        raise OptionError(
            f"layers must be ascending numbers, each once, got {shown(layers)}.",
            f"Use {known}, or parse_layers.",
        )
    if not isinstance(poolings, tuple) or not poolings:
        raise OptionError(
            f"poolings must be a tuple of at least one name, got {shown(poolings)}.",
            f"The names are {', '.join(POOLINGS)}.",
        )


def _check_chosen(
    poolings: tuple[str, ...], chosen: Mapping[int, Sequence[int]] | None, n_texts: int
) -> None:
    if any(POOLINGS[name].needs_choice for name in poolings) != (chosen is not None):
        raise OptionError(
            f"chosen must be given with the pooling 'chosen' and only then, got {poolings}.",
            "It says which tokens of each text are pooled.",
        )
    for row in chosen or ():
        if row not in range(n_texts):
            raise OptionError(
                f"chosen must name rows of texts from 0 to {n_texts - 1}, got {shown(row)}.",
                "Texts are counted from 0.",
            )


def _checked_out(
    out: dict[str, Floats] | None, poolings: tuple[str, ...], shape: tuple[int, ...]
) -> dict[str, Floats]:
    if out is None:
        return {name: np.empty(shape, np.float32) for name in poolings}
    for name in poolings:
        found: Any = out.get(name)
        if found is None or found.shape != shape or found.dtype != np.float32:
            described = "none" if found is None else f"{found.shape} {found.dtype}"
            raise OptionError(
                f"out[{name!r}] must be an array of shape {shape} and float32, got {described}.",
                "Its axes are layer, text and dim.",
            )
    return out


def _unique(keys: Sequence[Any]) -> tuple[Longs, list[Any]]:
    """Each key's place among the different ones, and these in order of appearance."""
    places: dict[Any, int] = {}
    place_of = np.array([places.setdefault(key, len(places)) for key in keys], dtype=np.int64)
    return place_of, list(places)


def _read_only(array: Floats) -> Floats:
    view = array.view()
    view.flags.writeable = False
    return view
