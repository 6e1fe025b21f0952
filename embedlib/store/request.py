"""request: what is asked of the store, checked, and the name of the folder that answers it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from embedlib.errors import OptionError, shown
from embedlib.layers import parse_layers
from embedlib.models.encoder import Encoder
from embedlib.pooling import POOLINGS
from embedlib.records import (
    EncoderCard,
    Floats,
    Progress,
    TokenSettings,
    Vectors,
    digest_of_texts,
)
from embedlib.store.entry import FORMAT, take
from embedlib.texts import checked_texts
from embedlib.tokens import max_tokens


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked of the store; made by `request_of`.

    Args:
        encoder: The model.
        texts: In order.
        layers: Ascending, each once.
        poolings: Names in `POOLINGS`, each once.
        settings: With `max_tokens` as a number.
        progress: Called with how far it is.
        cancelled: Asked whether to stop.
    """

    encoder: Encoder
    texts: tuple[str, ...]
    layers: tuple[int, ...]
    poolings: tuple[str, ...]
    settings: TokenSettings
    progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] | None = None

    @cached_property
    def digest(self) -> str:
        return digest_of_texts(self.texts)

    @cached_property
    def key(self) -> str:
        """Name of the result's folder: what decides the numbers, then the texts."""
        return f"{numbers_key(self.encoder.card, self.settings)}-{self.digest}"

    def note(self, text: str) -> None:
        """Tell the person something, once."""
        if self.progress is not None:
            self.progress(Progress(0, len(self.texts), "texts", 0.0, text))


def resolved(encoder: Encoder, settings: TokenSettings) -> TokenSettings:
    """Settings in which the model's default stands as a number, so that both are one key.

    Raises:
        OptionError: If `max_tokens` is outside what the model takes.
    """
    return replace(settings, max_tokens=max_tokens(encoder, settings))


def numbers_key(card: EncoderCard, settings: TokenSettings) -> str:
    """Hash of what decides the numbers beside the texts, of `resolved` settings: 32 hex digits."""
    parts = [FORMAT, card.fingerprint, asdict(settings)]
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def check_poolings(poolings: Sequence[str]) -> tuple[str, ...]:
    """Poolings that need no choice of tokens, each once, in the order given.

    Raises:
        UnknownNameError: If there is no such pooling.
        OptionError: If there is none, or one needs a person's choice of tokens.
    """
    names = (poolings,) if isinstance(poolings, str) else tuple(dict.fromkeys(poolings))
    for name in names:
        if POOLINGS[name].needs_choice:
            raise OptionError(
                f"The poolings must need no choice of tokens, got {shown(name)}.",
                "Use embed_tokens and average the tokens that you choose.",
            )
    if not names:
        raise OptionError(
            "poolings must name at least one pooling, got none.",
            f"Use some of {', '.join(standard_poolings())}.",
        )
    return names


def standard_poolings() -> tuple[str, ...]:
    """Every pooling that needs no choice of tokens."""
    return tuple(name for name, pooling in POOLINGS.items() if not pooling.needs_choice)


def request_of(
    encoder: Encoder,
    texts: Sequence[str],
    layers: Sequence[int],
    poolings: Sequence[str],
    settings: TokenSettings | None,
) -> Request:
    """A request whose options were checked.

    Raises:
        TextError: If there is no text, or one is no string or blank.
        LimitError: If there are too many, or one is too long.
        OptionError: If a layer, pooling or bound on tokens cannot be had.
        UnknownNameError: If there is no such pooling.
    """
    return Request(
        encoder,
        checked_texts(texts),
        parse_layers(layers, encoder.card.n_layers),
        check_poolings(poolings),
        resolved(encoder, settings or TokenSettings()),
    )


def has(vectors: Vectors, request: Request) -> bool:
    """Whether `vectors` holds all layers and poolings that are asked for."""
    return {*request.layers} <= {*vectors.layers} and {*request.poolings} <= {*vectors.arrays}


def part(vectors: Vectors, request: Request) -> dict[str, Floats]:
    """The arrays asked for out of `vectors`, which `has` them."""
    rows = tuple(vectors.layers.index(layer) for layer in request.layers)
    return {name: take(vectors.arrays[name], rows) for name in request.poolings}
