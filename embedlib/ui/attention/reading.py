"""Reading: the maps of the text that is looked at; one forward pass, kept for every view and page.

Done in the background like all long work, and kept in memory under a hash of the text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from embedlib.attention.contributions import Received, received
from embedlib.attention.filters import Filters, Shown, shown
from embedlib.attention.findings import resting_places
from embedlib.attention.maps import AttentionMaps
from embedlib.errors import UnsupportedModelError
from embedlib.records import Progress, digest_of_texts
from embedlib.ui import resources
from embedlib.ui.attention.bound import bound
from embedlib.ui.attention.texts import Asked
from embedlib.ui.background import background
from embedlib.ui.choice import Choice

if TYPE_CHECKING:
    from embedlib.models import Encoder

Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """What became of a text.

    Args:
        key: What it is kept under: a hash of text, model and settings.
        maps: Those of the text, or of one part of it.
        parts: Where the text would be split so that each part fits: (first, last plus one)
            characters. One where it fits, and for pairs, which are always cut.
    """

    key: Key
    maps: AttentionMaps
    parts: tuple[tuple[int, int], ...]

    @property
    def n_bytes(self) -> int:
        """Memory that the maps take."""
        return self.maps.n_bytes

    @cached_property
    def received(self) -> Received:
        """What special tokens, or else the first token, receive of all attention."""
        return received(self.maps, resting_places(self.maps))


def warm_up() -> None:
    """Build what reads the default model, so that the first text waits for its own pass alone."""
    from embedlib.attention import eager_twin
    from embedlib.models import load

    eager_twin(load())


def read(choice: Choice, asked: Asked, part: int | None) -> Reading | UnsupportedModelError:
    """The maps of a text or pair; stops the page, with progress, until they are there.

    Args:
        choice: The sidebar's choice.
        asked: The text or pair.
        part: Which part of a long text, from 0; None for its beginning, the rest being cut.

    Returns:
        The reading, or why this model's attention cannot be read.
    """
    texts = [asked.text] if asked.pair is None else [asked.text, asked.pair]
    model = resources.model_stamp(choice.model)
    key = ("attention", choice.model, model, digest_of_texts(texts), bound(choice), part)

    def make(progress: Callable[[Progress], None]) -> Reading:
        from embedlib.models import load

        progress(Progress(0, 0, "texts", 0.0, "Loading the model"))
        encoder = load(choice.model)
        progress(Progress(0, 0, "texts", 0.0, "One forward pass"))
        return _read(key, encoder, bound(choice), asked, part)

    return _kept(key, make, f"Reading the text with {choice.model}")


def filtered(reading: Reading, kind: str, filters: Filters) -> Shown:
    """The maps after the filters; stops the page, with progress, until they are there."""
    key = (*reading.key, kind, filters)
    return _kept(key, lambda _: shown(reading.maps, kind, filters), "Filtering every head")


def _kept(key: Key, make: Callable[[Callable[[Progress], None]], Any], title: str) -> Any:
    """What `make` gives, made in the background and kept as long as there is room."""
    kept = resources.attention()

    def work(
        progress: Callable[[Progress], None], _: Callable[[], bool]
    ) -> UnsupportedModelError | None:
        try:
            kept.put(key, make(progress))
        except UnsupportedModelError as error:  # a result: the page shows what else there is
            return error
        return None

    while (found := kept.get(key)) is None:
        refused = background(key, work, title)
        if refused is not None:
            return refused
        if (found := kept.get(key)) is not None:
            return found
        resources.jobs().forget(key)  # it was made, and let go since
    return found


def _read(
    key: Key, encoder: "Encoder", most: int | None, asked: Asked, part: int | None
) -> Reading:
    from embedlib.attention import attention, window_spans

    text, parts = asked.text, ((0, len(asked.text)),)
    if part is not None and asked.pair is None:
        parts = window_spans(encoder, text, most)
        first, last = parts[min(part, len(parts) - 1)]
        text = text[first:last]
    reading = Reading(key, attention(encoder, text, asked.pair, max_tokens=most), parts)
    _ = reading.received  # here, not while the page is drawn
    return reading
