"""gathering: a result put together, text by text, out of blocks of texts embedded together."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from embedlib.records import Floats, Ledger, Vectors
from embedlib.store.entry import hashes_of_texts
from embedlib.store.request import Request


@dataclass(frozen=True, eq=False)
class Block:
    """Texts that were embedded together.

    Args:
        rows: Hash of each text to its row.
        ledger: What was cut.
        vectors: The vectors, or None where the store has them.
    """

    rows: dict[bytes, int]
    ledger: Ledger
    vectors: Vectors | None = None

    @classmethod
    def of(
        cls, text_hashes: Iterable[bytes], ledger: Ledger, vectors: Vectors | None = None
    ) -> "Block":
        """A block of texts in the order of their hashes."""
        rows = {text_hash: row for row, text_hash in enumerate(text_hashes)}
        return cls(rows, ledger, vectors)

    @property
    def memory_bytes(self) -> int:
        arrays = self.vectors.arrays.values() if self.vectors else ()
        return sum(array.nbytes for array in arrays)


class Gathering:
    """The result while it is put together; `left` holds the places of texts not found yet.

    Args:
        request: What is asked.
    """

    def __init__(self, request: Request) -> None:
        n_texts = len(request.texts)
        shape = len(request.layers), n_texts, request.encoder.card.dim
        self.request = request
        self.arrays = {name: np.empty(shape, np.float32) for name in request.poolings}
        self.counts = np.zeros((4, n_texts), np.int64)
        self.max_tokens = 0
        self.left: dict[bytes, list[int]] = {}
        for place, text_hash in enumerate(hashes_of_texts(request.texts)):
            self.left.setdefault(text_hash, []).append(place)

    def take(self, block: Block, arrays: dict[str, Floats]) -> None:
        """Copy the texts that are left and stand in `block`, whose arrays these are."""
        found = sorted(self.left.keys() & block.rows.keys(), key=block.rows.__getitem__)
        pairs = [(place, block.rows[key]) for key in found for place in self.left.pop(key)]
        places, rows = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        for name, array in arrays.items():
            for layer in range(len(array)):
                self.arrays[name][layer, places] = array[layer, rows]
        ledger = block.ledger
        self.max_tokens = ledger.max_tokens
        counts = (ledger.n_all, ledger.n_kept, ledger.n_windows, ledger.n_unknown)
        for count, per_text in enumerate(counts):
            self.counts[count, places] = -1 if per_text is None else per_text[rows]

    def result(self, made: Vectors | None) -> Vectors:
        """What was gathered, when nothing is left; `made` is what had to be embedded for it."""
        request = self.request
        for array in self.arrays.values():
            array.flags.writeable = False
        n_all, n_kept, n_windows, n_unknown = self.counts
        unknown = None if (n_unknown < 0).any() else n_unknown  # -1 where nobody counted
        return Vectors(
            self.arrays,
            request.layers,
            request.encoder.card,
            request.settings,
            Ledger(n_all, n_kept, n_windows, self.max_tokens, unknown),
            request.digest,
            seconds=made.seconds if made else 0.0,
            from_store=made is None,
            versions=made.versions if made else {},
            notes=made.notes if made else (),
        )
