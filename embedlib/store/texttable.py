"""texttable: vectors of single texts, gathered from all that was kept for one model and setting.

The folds of a cross-validation are different sets of the same texts. A set is one result in the
store; `ByText` finds each text in whatever set it was embedded with, so that a fold, a layer or a
pooling that comes later costs no forward pass.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Floats, TokenSettings, Vectors
from embedlib.store import space
from embedlib.store.gathering import Block, Gathering
from embedlib.store.nowhere import Nowhere
from embedlib.store.request import (
    Request,
    has,
    numbers_key,
    part,
    request_of,
    standard_poolings,
)
from embedlib.store.shelf import Shelf, lacking
from embedlib.store.store import Store

# Fewer texts than this are not worth a folder: they are kept in memory only.
_FEWEST_ON_DISK: Final = 64
_MOST_BLOCKS: Final = 256
_MOST_TABLES: Final = 8
_ITEM_BYTES: Final = 4


class Table:
    """The blocks of one model and one way of making tokens, the least recently used first.

    Args:
        keeper: Where new vectors go.
        numbers: See `numbers_key`.
    """

    def __init__(self, keeper: Store | Nowhere, numbers: str) -> None:
        self._keeper = keeper
        self._numbers = numbers
        self._blocks: OrderedDict[str, Block] = OrderedDict()
        self._lock = threading.Lock()

    def gather(self, request: Request) -> Vectors:
        """Vectors of the texts asked for; those that no block has are embedded."""
        with self._lock:  # so that no text is embedded twice
            gathering = Gathering(request)
            self._fill(gathering, list(self._blocks))
            if gathering.left:
                self._fill(gathering, self._new_on_disk())
            made = self._embedded(gathering) if gathering.left else None
            return gathering.result(made)

    def _fill(self, gathering: Gathering, names: Sequence[str]) -> None:
        """Take what the blocks called `names` have, the newest first."""
        for name in reversed(names):
            block = self._blocks[name]
            if gathering.left.keys().isdisjoint(block.rows):
                continue
            arrays = self._arrays(name, block, gathering.request)
            if arrays is not None:
                gathering.take(block, arrays)
                self._blocks.move_to_end(name)

    def _arrays(self, name: str, block: Block, request: Request) -> dict[str, Floats] | None:
        """The arrays asked for out of a block, or None if it lacks any of them."""
        if block.vectors is not None:
            return part(block.vectors, request) if has(block.vectors, request) else None
        held = self._shelf.held(name, request.layers, request.poolings) if self._shelf else {}
        if lacking(held, request.layers, request.poolings):
            return None
        return {pooling: one.array for pooling, one in held.items()}

    @property
    def _shelf(self) -> Shelf | None:
        return Shelf(self._keeper.root) if isinstance(self._keeper, Store) else None

    def _new_on_disk(self) -> list[str]:
        """Names of blocks in the store that are not known yet: other processes make them too."""
        shelf = self._shelf
        if shelf is None:
            return []
        there = {folder.name for folder in space.key_folders(shelf.root)}
        mine = {name for name in there if name.startswith(self._numbers)}
        known = [name for name, block in self._blocks.items() if block.vectors is None]
        for name in known:
            if name not in mine:
                del self._blocks[name]
        names = []
        for name in sorted(mine.difference(known)):
            index = shelf.index(name)
            if index is not None:
                ledger, text_hashes = index
                self._blocks[name] = Block.of(text_hashes, ledger)
                names.append(name)
        return names

    def _embedded(self, gathering: Gathering) -> Vectors:
        """Embed what is left, at all layers and, where there is room, with all poolings."""
        request = gathering.request
        texts = [request.texts[places[0]] for places in gathering.left.values()]
        n_layers = request.encoder.card.n_layers + 1
        n_bytes = len(texts) * n_layers * request.encoder.card.dim * _ITEM_BYTES
        every = standard_poolings()
        roomy = n_bytes * len(every) <= LIMITS["text_table_bytes"].value
        keeper = self._keeper if len(texts) >= _FEWEST_ON_DISK else Nowhere()
        made = keeper.vectors(
            request.encoder,
            texts,
            layers=range(n_layers),
            poolings=every if roomy else request.poolings,
            settings=request.settings,
        )
        block = Block.of(gathering.left, made.ledger, made)
        gathering.take(block, part(made, request))
        self._add(block, made.texts_digest)
        return made

    def _add(self, block: Block, digest: str) -> None:
        """Keep a new block: by its name if the store has it, else itself, within the bound."""
        name = f"{self._numbers}-{digest}"
        if self._shelf is not None and self._shelf.entries(name):
            block = replace(block, vectors=None)
        self._blocks[name] = block
        in_memory = [name for name, one in self._blocks.items() if one.vectors is not None]
        n_bytes = sum(self._blocks[name].memory_bytes for name in in_memory)
        for oldest in in_memory:
            if n_bytes <= LIMITS["text_table_bytes"].value and len(in_memory) <= _MOST_BLOCKS:
                return
            n_bytes -= self._blocks.pop(oldest).memory_bytes
            in_memory = in_memory[1:]


class ByText:
    """Answers like a `Store`, but knows single texts: each is embedded once for all its sets.

    What is embedded is embedded at every layer and with every pooling that needs no choice of
    tokens, so that a later layer or pooling is found too; beyond LIMITS["text_table_bytes"] only
    with the poolings asked for. The table is one for the whole process.

    Args:
        keeper: Where new vectors go; other processes find them there.
    """

    def __init__(self, keeper: Store | Nowhere) -> None:
        self._keeper = keeper

    def vectors(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        *,
        layers: Sequence[int],
        poolings: Sequence[str],
        settings: TokenSettings | None = None,
    ) -> Vectors:
        """Vectors of texts; within 1e-5 of those of `Store.vectors`, bit for bit if the set is.

        Raises:
            EmbedlibError: As `Store.vectors` does.
        """
        request = request_of(encoder, texts, layers, poolings, settings)
        return _table(self._keeper, numbers_key(encoder.card, request.settings)).gather(request)


_tables: Final[OrderedDict[tuple[Path | None, str], Table]] = OrderedDict()
_tables_lock: Final = threading.Lock()


def _table(keeper: Store | Nowhere, numbers: str) -> Table:
    """The process's table of one model and one way of making tokens."""
    key = keeper.root if isinstance(keeper, Store) else None, numbers
    with _tables_lock:
        table = _tables.pop(key, None) or Table(keeper, numbers)
        _tables[key] = table
        while len(_tables) > _MOST_TABLES:
            _tables.popitem(last=False)
        return table


def forget() -> None:
    """Drop all tables of this process; what the store has stays there."""
    with _tables_lock:
        _tables.clear()
