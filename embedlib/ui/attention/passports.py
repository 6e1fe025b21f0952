"""Passports of a model's heads on the loaded texts: made in the background, kept for everyone."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache

from embedlib.attention import ATTENTION_MEASURES, HEAD_NUMBERS, Passports, measure, passports
from embedlib.kept import Kept
from embedlib.limits import LIMITS
from embedlib.records import Floats, Progress, digest_of_texts
from embedlib.table import Table
from embedlib.ui import resources
from embedlib.ui.attention.estimates import agreed
from embedlib.ui.attention.view import AttentionView
from embedlib.ui.background import background

_KEPT_BYTES = 32 * 2**20
CHARACTERS_A_TOKEN = 4.5


@dataclass(frozen=True, eq=False)
class GridMeasure:
    """What the grid of heads can be coloured and sorted by.

    Args:
        label: For choosers.
        help: One sentence: what a high value means.
        unit: "share" (0 to 1), "nats" or "tokens".
        values: (layer, head) float32; NaN where there is nothing to measure.
    """

    label: str
    help: str
    unit: str
    values: Floats


@cache
def _kept() -> Kept:
    """The last passports; small beside attention maps, which would push them out."""
    return Kept(_KEPT_BYTES)


def texts_of(seen: AttentionView) -> tuple[str, ...]:
    """The loaded texts that passports are made on: the first, up to the bound."""
    return seen.corpus.texts[: LIMITS["passport_texts"].value]


def ready(seen: AttentionView) -> Passports | None:
    """The passports, if they are there; nothing is begun."""
    return _kept().get(_key(seen))


def made(seen: AttentionView) -> Passports | None:
    """The passports; stops the page while they are made, None before a person asked for it."""
    found = ready(seen)
    if found is not None:
        return found
    texts, key = texts_of(seen), _key(seen)
    characters = 2 * sum(map(len, texts))  # twice: the model and random weights
    n_tokens = round(characters / CHARACTERS_A_TOKEN)
    if not agreed(seen, key, n_tokens, f"Make the passports on {len(texts)} texts"):
        return None
    kind, most = seen.kind, seen.max_tokens

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
    return ready(seen)


def grid_measures(seen: AttentionView) -> Table[GridMeasure]:
    """What the grid can be coloured and sorted by: of the text, and of the loaded texts once made.

    Names of numbers over the loaded texts begin with "texts.", so that both can stand in a link.
    """
    rows = {
        name: GridMeasure(
            f"{row.label}, this text", row.help, row.unit, measure(seen.maps, name, seen.kind)
        )
        for name, row in ATTENTION_MEASURES.items()
    }
    found = ready(seen)
    if found is not None:
        n_texts = found.own.n_texts
        rows |= {
            f"texts.{name}": GridMeasure(
                f"{row.label}, {n_texts} texts", row.help, row.unit, row.function(found)
            )
            for name, row in HEAD_NUMBERS.items()
        }
    return Table("measure of heads", rows)


def _key(seen: AttentionView) -> Hashable:
    model = seen.choice.model
    return (
        "passports",
        model,
        resources.model_stamp(model),
        digest_of_texts(texts_of(seen)),
        seen.max_tokens,
        seen.kind,
    )
