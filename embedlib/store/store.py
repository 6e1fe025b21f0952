"""store: vectors on disk, made once: what is there is mapped into memory, the rest is extracted.

`Store.vectors` is the whole of it: look, extract what is missing, keep it, and never fail for the
store's own reasons. `entry` says what a folder holds, `space` which folders go.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from embedlib import paths
from embedlib.models.encoder import Encoder
from embedlib.records import Floats, Progress, TokenSettings, Vectors
from embedlib.store import space, unkept
from embedlib.store.draft import AnyDraft, DiskDraft, MemoryDraft, Plan, plan_of
from embedlib.store.entry import take
from embedlib.store.flight import SingleFlight
from embedlib.store.request import Request, request_of
from embedlib.store.shelf import Held, Shelf, lacking

_FLIGHT = SingleFlight()


class Store:
    """Vectors on disk.

    Several stores on one folder, in one process or in many, do each other no harm.

    Args:
        root: The folder; None for the user's own, see `paths.store_folder`. Made when needed.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = (paths.store_folder() if root is None else Path(root)).expanduser().absolute()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

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
        """Vectors of texts: from the disk where they are there, else made and kept.

        Args:
            encoder: The model.
            texts: Strings that are not blank.
            layers: Layer numbers.
            poolings: Names in `POOLINGS`, except those that need a person's choice of tokens.
            settings: How texts become tokens.
            progress: Called with how far the extraction is, and with what a person should know.
            cancelled: Asked between batches whether to stop.

        Returns:
            Arrays (layer, text, dim), the layers asked for in ascending order. Where the disk is
            full or cannot be written to they are in memory, and `notes` says so.

        Raises:
            TextError: If there is no text, or one is no string or blank.
            LimitError: If there are too many, or one is too long.
            OptionError: If a layer cannot be had, or a pooling needs a choice of tokens.
            UnknownNameError: If there is no such pooling.
            Cancelled: If `cancelled` said so; what was there before still is.
            StoreError: If neither the disk nor memory can hold the result.
        """
        asked = request_of(encoder, texts, layers, poolings, settings)
        request = replace(asked, progress=progress, cancelled=cancelled)
        found = self._found(request)
        if found is not None:
            return found
        with _FLIGHT.holding(str(self.root / request.key), cancelled):
            return self._found(request) or self._made(request)

    def holds(
        self,
        model: str,
        texts_digest: str,
        settings: TokenSettings,
        *,
        layers: Sequence[int],
        poolings: Sequence[str],
    ) -> bool:
        """Whether `vectors` would make none of these, told without loading the model.

        Args:
            model: The model's name; not its weights, so that this is a guess where they changed.
            texts_digest: See `digest_of_texts`.
            settings: How texts become tokens.
            layers: Layer numbers that are wanted.
            poolings: Poolings that are wanted.
        """
        return Shelf(self.root).holds(model, texts_digest, settings, layers, poolings)

    def size_bytes(self) -> int:
        """What the store weighs on disk."""
        return space.size_bytes(self.root)

    def clear(self) -> None:
        """Remove every result; arrays in use stay readable."""
        space.clear(self.root)

    def verify(self) -> int:
        """Compare everything on disk with its hashes; gives how many were damaged and removed."""
        return Shelf(self.root).verify()

    def _found(self, request: Request) -> Vectors | None:
        """The result, if all of it is there and whole."""
        lent = unkept.find(self.root / request.key, request)
        if lent is not None:
            return lent
        held = self._held(request)
        return None if lacking(held, request.layers, request.poolings) else _joined(request, held)

    def _held(self, request: Request) -> dict[str, Held]:
        return Shelf(self.root).held(request.key, request.layers, request.poolings)

    def _made(self, request: Request) -> Vectors:
        """Extract what is missing, keep it, and give all that was asked for."""
        held = self._held(request)
        missing = lacking(held, request.layers, request.poolings)
        if not missing:  # another process was faster
            return _joined(request, held)
        draft = self._draft(request, plan_of(request, held, missing))
        try:
            made = _extracted(request, draft)
            reason = _published(request, draft, made)
            kept = None if reason else self._found(request)
            if kept is not None:
                return replace(kept, from_store=False, notes=made.notes)
            note = unkept.NOTE.format(reason=reason or "it was removed meanwhile")
            return self._unkept(request, draft, made, held, note)
        finally:
            draft.discard()

    def _draft(self, request: Request, plan: Plan) -> AnyDraft:
        try:
            space.make_room(self.root, plan.n_bytes, plan.key)
            return DiskDraft(self.root, plan)
        except OSError as error:
            reason = _reason(error)
            request.note(unkept.NOTE.format(reason=reason))
            return MemoryDraft(plan, reason)

    def _unkept(
        self, request: Request, draft: AnyDraft, made: Vectors, held: dict[str, Held], note: str
    ) -> Vectors:
        """The result out of the draft's arrays, for those who ask while somebody holds it."""
        arrays: dict[str, Floats] = {}
        for pooling in request.poolings:
            if pooling in draft.arrays:
                array, layers = draft.arrays[pooling], draft.plan.layers[pooling]
            else:
                array, layers = held[pooling].array, held[pooling].layers
            arrays[pooling] = take(array, tuple(layers.index(layer) for layer in request.layers))
        vectors = replace(
            made,
            arrays=arrays,
            layers=request.layers,
            settings=request.settings,
            texts_digest=request.digest,
            notes=(*made.notes, note),
        )
        unkept.lend(self.root / request.key, vectors)
        return vectors


def _joined(request: Request, held: dict[str, Held]) -> Vectors:
    """The result out of what is on disk."""
    first = held[request.poolings[0]]
    return Vectors(
        {name: one.array for name, one in held.items()},
        request.layers,
        request.encoder.card,
        request.settings,
        first.ledger,
        request.digest,
        seconds=max(one.entry.manifest.seconds for one in held.values()),
        from_store=True,
        versions=first.entry.manifest.versions,
    )


def _extracted(request: Request, draft: AnyDraft) -> Vectors:
    """Fill the draft; gives what the extraction says of its part."""
    from embedlib.extract import extract

    made = extract(
        request.encoder,
        request.texts,
        layers=draft.plan.extracted,
        poolings=tuple(draft.plan.layers),
        settings=request.settings,
        out=draft.out,
        release=draft.release,
        progress=request.progress,
        cancelled=request.cancelled,
    )
    draft.fill_rest()
    draft.release()
    return made


def _published(request: Request, draft: AnyDraft, made: Vectors) -> str:
    """Why the draft could not be kept, or "" when it is."""
    if isinstance(draft, MemoryDraft):
        return draft.reason
    try:
        draft.publish(made, request.texts)
    except OSError as error:
        request.note(unkept.NOTE.format(reason=_reason(error)))
        return _reason(error)
    return ""


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
