"""nowhere: the store for those who want none: everything is made, nothing is kept."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from embedlib.models.encoder import Encoder
from embedlib.records import Progress, TokenSettings, Vectors
from embedlib.store.request import request_of
from embedlib.store.scratch import Scratch


class Nowhere:
    """Answers like a `Store`; what it gives is in memory, or in nameless files if it is large."""

    def __repr__(self) -> str:
        return "Nowhere()"

    def vectors(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        *,
        layers: Sequence[int],
        poolings: Sequence[str],
        settings: TokenSettings | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Vectors:
        """Vectors of texts, made now; see `Store.vectors`."""
        from embedlib.extract import extract

        request = request_of(encoder, texts, layers, poolings, settings)
        shape = len(request.layers), len(request.texts), encoder.card.dim
        scratch = Scratch(dict.fromkeys(request.poolings, shape))
        made = extract(
            encoder,
            request.texts,
            layers=request.layers,
            poolings=request.poolings,
            settings=request.settings,
            out=scratch.arrays,
            release=scratch.release,
            progress=progress,
            cancelled=cancelled,
        )
        arrays = {name: scratch.arrays[name] for name in request.poolings}
        for array in arrays.values():
            array.flags.writeable = False
        return replace(made, arrays=arrays)
