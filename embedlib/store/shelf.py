"""shelf: what is on disk, checked as it is read; what is damaged is taken away."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from embedlib.records import Floats, Ledger, TokenSettings
from embedlib.store import space
from embedlib.store.entry import DamagedError, Entry, read_entry

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Held:
    """One pooling that was on disk when somebody looked; readable even if its folder goes.

    Args:
        entry: The folder.
        layers: The layers of `array`, ascending: those asked for, or else all that are there.
        array: (layer, text, dim), checked, in a read-only map of memory.
        ledger: What was cut.
    """

    entry: Entry
    layers: tuple[int, ...]
    array: Floats
    ledger: Ledger


class Shelf:
    """The folders of a store, for reading.

    Args:
        root: The store's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def held(self, key: str, layers: Sequence[int], poolings: Sequence[str]) -> dict[str, Held]:
        """What is there and whole of each pooling: the layers asked for, or else the most."""
        found: dict[str, Held] = {}
        for pooling in poolings:
            for entry in self.entries(key, pooling):
                covers = {*layers} <= {*entry.manifest.layers}
                chosen = tuple(layers) if covers else entry.manifest.layers
                try:
                    held = Held(entry, chosen, entry.vectors(chosen), entry.ledger()[0])
                except DamagedError as error:
                    self._set_aside(error)
                    continue
                if covers or pooling not in found:
                    found[pooling] = held
                if covers:
                    break
        if found:
            space.touch(self.root / key)
        return found

    def entries(self, key: str, pooling: str = "*") -> list[Entry]:
        """The folders of one pooling, or of all, those with the most layers first."""
        entries = []
        for folder in sorted((self.root / key).glob(f"{pooling}-*")):
            try:
                entries.append(read_entry(folder))
            except DamagedError as error:
                self._set_aside(error)
        return sorted(entries, key=lambda entry: -len(entry.manifest.layers))

    def index(self, key: str) -> tuple[Ledger, list[bytes]] | None:
        """The ledger and the hashes of the texts of a folder, or None if there is nothing."""
        for entry in self.entries(key):
            try:
                return entry.ledger()
            except DamagedError as error:
                self._set_aside(error)
        return None

    def holds(
        self,
        model: str,
        texts_digest: str,
        settings: TokenSettings,
        layers: Sequence[int],
        poolings: Sequence[str],
    ) -> bool:
        """Whether all of it is there of these texts, by one model; tells it without the model."""
        for folder in self.root.glob(f"*-{texts_digest}"):
            found = set()
            for manifest in (entry.manifest for entry in self.entries(folder.name)):
                bound = settings.max_tokens or manifest.model_max_tokens
                wanted = asdict(replace(settings, max_tokens=bound))
                made = manifest.model == model and manifest.settings == wanted
                if made and {*layers} <= {*manifest.layers}:
                    found.add(manifest.pooling)
            if {*poolings} <= found:
                return True
        return False

    def verify(self) -> int:
        """Compare everything with its hashes; gives how many were damaged and taken away."""
        n_damaged = 0
        for key_folder in space.key_folders(self.root):
            for folder in sorted(key_folder.glob("*-*")):
                try:
                    read_entry(folder).check()
                except DamagedError as error:
                    self._set_aside(error)
                    n_damaged += 1
        return n_damaged

    def _set_aside(self, error: DamagedError) -> None:
        _LOG.warning("a kept result cannot be read and is made again: %s", error)
        # Any other refusal of the system (too many open files, no rights) proves no damage.
        if not isinstance(error.__cause__, OSError) or isinstance(
            error.__cause__, FileNotFoundError
        ):
            space.remove(self.root, error.folder)


def lacking(held: dict[str, Held], layers: Sequence[int], poolings: Sequence[str]) -> list[str]:
    """Poolings of which not all the layers asked for are there."""
    return [name for name in poolings if name not in held or {*layers} - {*held[name].layers}]
