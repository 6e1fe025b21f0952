"""Passports of a model's heads on the loaded texts: made in the background, kept for everyone."""

from collections.abc import Callable, Hashable
from functools import cache

from embedlib.attention import Passports, passports
from embedlib.kept import Kept
from embedlib.limits import LIMITS
from embedlib.records import Corpus, Progress, digest_of_texts
from embedlib.ui import resources
from embedlib.ui.attention.bound import bound
from embedlib.ui.attention.estimates import agreed
from embedlib.ui.attention.view import AttentionView
from embedlib.ui.background import background
from embedlib.ui.choice import Choice

_KEPT_BYTES = 32 * 2**20
CHARACTERS_A_TOKEN = 4.5


@cache
def _kept() -> Kept:
    """The last passports; small beside attention maps, which would push them out."""
    return Kept(_KEPT_BYTES)


def texts_of(corpus: Corpus) -> tuple[str, ...]:
    """The loaded texts that passports are made on: the first, up to the bound."""
    return corpus.texts[: LIMITS["passport_texts"].value]


def key_of(choice: Choice, corpus: Corpus, kind: str) -> Hashable:
    """What tells the passports of one model, kind and set of texts from others."""
    model = resources.model_stamp(choice.model)
    texts = digest_of_texts(texts_of(corpus))
    return ("passports", choice.model, model, texts, bound(choice), kind)


def ready(choice: Choice, corpus: Corpus, kind: str) -> Passports | None:
    """The passports, if they are there; nothing is begun."""
    return _kept().get(key_of(choice, corpus, kind))


def made(seen: AttentionView) -> Passports | None:
    """The passports; stops the page while they are made, None before a person asked for it."""
    kind, most, texts = seen.kind, seen.max_tokens, texts_of(seen.corpus)
    key = key_of(seen.choice, seen.corpus, kind)
    found = _kept().get(key)
    if found is not None:
        return found
    characters = 2 * sum(map(len, texts))  # twice: the model and random weights
    n_tokens = round(characters / CHARACTERS_A_TOKEN)
    if not agreed(seen, key, n_tokens, f"Make the passports on {len(texts)} texts"):
        return None

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> None:
        found = passports(
            seen.encoder(),
            texts,
            kind=kind,
            max_tokens=most,
            progress=progress,
            cancelled=cancelled,
        )
        _kept().put(key, found)

    background(key, work, f"Measuring every head on {len(texts)} texts")
    resources.jobs().forget(key)  # or a passport that was let go would not be made again
    return _kept().get(key)
