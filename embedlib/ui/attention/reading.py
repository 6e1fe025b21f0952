"""Reading: the maps of the text that is looked at; one forward pass, kept for every view and page.

Done in the background like all long work, and kept in memory under a hash of the text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from embedlib.attention.filters import Filters, Shown, shown
from embedlib.attention.maps import AttentionMaps
from embedlib.errors import UnsupportedModelError
from embedlib.records import Progress, digest_of_texts
from embedlib.ui import resources
from embedlib.ui.attention.bound import bound
from embedlib.ui.attention.texts import Asked
from embedlib.ui.background import background
from embedlib.ui.choice import Choice

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
    kept = resources.attention()

    def work(
        progress: Callable[[Progress], None], _: Callable[[], bool]
    ) -> UnsupportedModelError | None:
        progress(Progress(0, 0, "texts", 0.0, "Loading the model"))
        try:
            kept.put(key, _read(key, choice, asked, part))
        except UnsupportedModelError as error:  # a result: the page shows what else there is
            return error
        return None

    while (found := kept.get(key)) is None:
        refused = background(key, work, f"Reading the text with {choice.model}")
        if refused is not None:
            return refused
        if (found := kept.get(key)) is not None:
            return found
        resources.jobs().forget(key)  # it was read, and let go since
    return found


def _read(key: Key, choice: Choice, asked: Asked, part: int | None) -> Reading:
    from embedlib.attention import attention, window_spans
    from embedlib.models import load

    encoder, most = load(choice.model), bound(choice)
    text, parts = asked.text, ((0, len(asked.text)),)
    if part is not None and asked.pair is None:
        parts = window_spans(encoder, text, most)
        first, last = parts[min(part, len(parts) - 1)]
        text = text[first:last]
    maps = attention(encoder, text, asked.pair, max_tokens=most)
    return Reading(key, maps, parts)


def filtered(reading: Reading, kind: str, filters: Filters) -> Shown:
    """The maps after the filters, kept until something else needs the room."""
    key, kept = (*reading.key, kind, filters), resources.attention()
    found = kept.get(key)
    if found is None:
        found = shown(reading.maps, kind, filters)
        kept.put(key, found)
    return found
