"""draft: results while they are made: in files beside their final place, or in memory if need be.

A draft's arrays are filled by the extraction (the lowest layers of each) and from what was on disk
already (those above).
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from embedlib.records import Floats, Vectors
from embedlib.store.entry import (
    VECTORS,
    DamagedError,
    Manifest,
    folder_name,
    hashes_of_texts,
    read_entry,
    remember,
    seal,
)
from embedlib.store.files import NewArray, size_of, sync
from embedlib.store.request import Request
from embedlib.store.scratch import Scratch
from embedlib.store.shelf import Held
from embedlib.store.space import remove, temporary_folder, touch

_LEDGER_ROW_BYTES = 40  # three counts and a hash a text
_MANIFEST_BYTES = 4096


@dataclass(frozen=True, eq=False)
class Plan:
    """What a call must make, and what it can build on.

    The layers to extract are the lowest of each array, so that each array is filled in one piece:
    what is below the highest missing layer passes by anyway, and pooling it again costs little.

    Args:
        key: Name of the result's folder.
        extracted: Layers to extract, ascending.
        layers: The layers of each array to write, by pooling; each begins with `extracted`.
        held: What is on disk of these poolings.
        shapes: Of each array: (layer, text, dim).
    """

    key: str
    extracted: tuple[int, ...]
    layers: dict[str, tuple[int, ...]]
    held: dict[str, Held]
    shapes: dict[str, tuple[int, int, int]]

    @property
    def n_bytes(self) -> int:
        """About what the folders will weigh."""
        return sum(
            size_of(shape) + shape[1] * _LEDGER_ROW_BYTES + _MANIFEST_BYTES
            for shape in self.shapes.values()
        )


def plan_of(request: Request, held: dict[str, Held], missing_from: Sequence[str]) -> Plan:
    """Plan for poolings that lack some of the layers asked for."""
    there = {name: {*held[name].layers} if name in held else set() for name in missing_from}
    missing = {layer for has in there.values() for layer in {*request.layers} - has}
    below = {layer for has in there.values() for layer in has if layer < max(missing)}
    extracted = missing | below
    layers = {name: tuple(sorted(has | extracted)) for name, has in there.items()}
    return Plan(
        request.key,
        tuple(sorted(extracted)),
        layers,
        {name: held[name] for name in missing_from if name in held},
        {
            name: (len(has), len(request.texts), request.encoder.card.dim)
            for name, has in layers.items()
        },
    )


class Draft(ABC):
    """Arrays that are being filled: `plan` says with what, `arrays` holds them by pooling."""

    plan: Plan
    arrays: dict[str, Floats]

    @abstractmethod
    def release(self) -> None:
        """Drop from memory what a file holds."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what was not published; arrays stay readable as long as they are held."""

    @property
    def out(self) -> dict[str, Floats]:
        """The part of each array that the extraction is to fill: (layer, text, dim)."""
        return {name: array[: len(self.plan.extracted)] for name, array in self.arrays.items()}

    def fill_rest(self) -> None:
        """Copy the layers above the extracted ones from what is held."""
        start = len(self.plan.extracted)
        for name, held in self.plan.held.items():
            for row, layer in enumerate(self.plan.layers[name][start:], start):
                self.arrays[name][row] = held.array[held.layers.index(layer)]
                self.release()


class MemoryDraft(Draft):
    """Arrays in memory or in nameless files.

    Args:
        plan: What to make.
        reason: Why they cannot be kept.

    Raises:
        StoreError: If there is no room for it anywhere.
    """

    def __init__(self, plan: Plan, reason: str) -> None:
        self.plan = plan
        self.reason = reason
        self._scratch = Scratch(plan.shapes)
        self.arrays = self._scratch.arrays

    def release(self) -> None:
        self._scratch.release()

    def discard(self) -> None:
        return


class DiskDraft(Draft):
    """Arrays in files beside their final place.

    Args:
        root: The store's folder.
        plan: What to make.

    Raises:
        OSError: If the disk refuses, or has no room for all of it.
    """

    def __init__(self, root: Path, plan: Plan) -> None:
        self.plan = plan
        self._root = root
        self._folder = temporary_folder(root)
        self._files: dict[str, NewArray] = {}
        try:
            for name, shape in plan.shapes.items():
                (self._folder / name).mkdir(mode=0o700)
                self._files[name] = NewArray(self._folder / name / VECTORS, shape)
        except OSError:
            self.discard()
            raise
        self.arrays = {name: file.array for name, file in self._files.items()}

    def release(self) -> None:
        for file in self._files.values():
            file.release()
        touch(self._folder)  # or another process may take it for a leftover

    def discard(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def publish(self, made: Vectors, texts: tuple[str, ...]) -> None:
        """Give each pooling its place; from then on others can read it.

        Args:
            made: What the extraction gave.
            texts: In order.

        Raises:
            OSError: If the disk refuses; what was published before is whole.
        """
        text_hashes = hashes_of_texts(texts)
        for name in self.plan.shapes:
            seal(self._folder / name, self._manifest(name, made), made.ledger, text_hashes)
        final = self._root / self.plan.key
        if final.exists() and not final.is_dir():
            remove(self._root, final)
        final.mkdir(mode=0o700, exist_ok=True)
        for name in self.plan.shapes:
            self._move(name, final)
        sync(final)
        sync(self._root)

    def _manifest(self, name: str, made: Vectors) -> Manifest:
        held = self.plan.held.get(name)
        _, n_texts, dim = self.plan.shapes[name]
        return Manifest(
            key=self.plan.key,
            pooling=name,
            layers=self.plan.layers[name],
            n_texts=n_texts,
            dim=dim,
            seconds=made.seconds + (held.entry.manifest.seconds if held else 0.0),
            versions=made.versions,
            model=made.encoder.name,
            model_max_tokens=made.encoder.max_tokens,
            settings=asdict(made.settings),
        )

    def _move(self, name: str, final: Path) -> None:
        layers = self.plan.layers[name]
        place = final / folder_name(name, layers)
        if place.exists() and not _is_whole(place):
            remove(self._root, place)
        try:
            os.replace(self._folder / name, place)  # noqa: PTH105 - as the reader knows it
        except OSError:
            if not _is_whole(place):
                raise
            return  # another process was first, with the same numbers
        remember(place / VECTORS, range(len(layers)))
        held = self.plan.held.get(name)
        if held is not None and held.entry.folder != place:
            remove(self._root, held.entry.folder)


AnyDraft = DiskDraft | MemoryDraft


def _is_whole(folder: Path) -> bool:
    try:
        read_entry(folder).check()
    except DamagedError:
        return False
    return True
