"""entry: one pooling of one set of texts on disk, as a folder that is whole or does not count.

A folder holds `vectors.npy` (layer, text, dim), `ledger.npz` and `manifest.json`, which is written
last and holds the hashes of the others and of itself. A new fact about a result is one field of
`Manifest`; raise FORMAT when old folders can no longer be read.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embedlib.records import Floats, Ledger
from embedlib.store.files import layer_hashes, read_array, sync, write_durably

FORMAT = 2
VECTORS, LEDGER, MANIFEST = "vectors.npy", "ledger.npz", "manifest.json"
_MOST_REMEMBERED = 100_000

# What this process has compared with its hash: (path, inode, time of last change, row).
_checked: set[tuple[str, int, int, int]] = set()


class DamagedError(Exception):
    """A folder that is not what was written; never leaves the store.

    Args:
        folder: Which.
        reason: What was found.
    """

    def __init__(self, folder: Path, reason: object) -> None:
        super().__init__(f"{folder.name}: {reason}")
        self.folder = folder


@dataclass(frozen=True)
class Manifest:
    """What a folder holds.

    Args:
        key: Name of the folder that it lies in; says texts, model and settings.
        pooling: A name in `POOLINGS`.
        layers: The layer number of each row of the array, ascending.
        n_texts: Length of the array's second axis.
        dim: Length of its third.
        seconds: What the forward passes took.
        versions: Versions of the packages that made it.
        model: The model's name, for `holds` and for people who look into the folder.
        model_max_tokens: Its own bound on tokens.
        settings: How texts became tokens, as plain values.
        vectors_sha256: One hash a layer, over its bytes.
        ledger_sha256: Hash of the ledger's file.
        format: Version of this layout.
    """

    key: str
    pooling: str
    layers: tuple[int, ...]
    n_texts: int
    dim: int
    seconds: float
    versions: dict[str, str]
    model: str
    model_max_tokens: int
    settings: dict[str, Any]
    vectors_sha256: tuple[str, ...] = ()
    ledger_sha256: str = ""
    format: int = FORMAT

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.layers), self.n_texts, self.dim


@dataclass(frozen=True)
class Entry:
    """A folder whose manifest was read; each of its parts is compared with its hash when read.

    Args:
        folder: Where it is.
        manifest: What it holds.
    """

    folder: Path
    manifest: Manifest

    def vectors(self, layers: Sequence[int]) -> Floats:
        """Some layers: (layer, text, dim), read-only; a map of memory if they are evenly spaced.

        Raises:
            DamagedError: If the file is not what was written.
        """
        rows = tuple(self.manifest.layers.index(layer) for layer in layers)
        try:
            array = read_array(self.folder / VECTORS, self.manifest.shape)
            self._check_rows(rows)
        except (OSError, ValueError) as error:
            raise DamagedError(self.folder, error) from error
        return take(array, rows)

    def ledger(self) -> tuple[Ledger, list[bytes]]:
        """The truncation ledger, and the hash of each text.

        Raises:
            DamagedError: If the file is not what was written.
        """
        try:
            content = (self.folder / LEDGER).read_bytes()
        except OSError as error:
            raise DamagedError(self.folder, error) from error
        if hashlib.sha256(content).hexdigest() != self.manifest.ledger_sha256:
            raise DamagedError(self.folder, "the ledger has changed")
        try:
            return _unpack(content)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise DamagedError(self.folder, error) from error

    def check(self) -> None:
        """Compare everything with its hash, whatever was compared before.

        Raises:
            DamagedError: If something is not what was written.
        """
        path = self.folder / VECTORS
        rows = tuple(range(len(self.manifest.layers)))
        _checked.difference_update([_mark(path, row) for row in rows if path.exists()])
        self.vectors(self.manifest.layers)
        self.ledger()

    def _check_rows(self, rows: tuple[int, ...]) -> None:
        path = self.folder / VECTORS
        new = tuple(row for row in rows if _mark(path, row) not in _checked)
        for row, found in zip(new, layer_hashes(path, self.manifest.shape, new), strict=True):
            if found != self.manifest.vectors_sha256[row]:
                raise ValueError(f"layer {self.manifest.layers[row]} has changed")
            remember(path, [row])


def read_entry(folder: Path) -> Entry:
    """Open a folder.

    Raises:
        DamagedError: If its manifest is missing, or not as it was written.
    """
    try:
        written = json.loads((folder / MANIFEST).read_bytes())
        fields = written["manifest"]
        if written["sha256"] != _sha256_of_json(fields) or fields["format"] != FORMAT:
            raise DamagedError(folder, "the manifest has changed")
        if fields["key"] != folder.parent.name or fields["pooling"] != pooling_of(folder):
            raise DamagedError(folder, "it belongs elsewhere")
        layers, hashes = tuple(fields["layers"]), tuple(fields["vectors_sha256"])
        return Entry(folder, Manifest(**(fields | {"layers": layers, "vectors_sha256": hashes})))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(folder, error) from error


def folder_name(pooling: str, layers: Sequence[int]) -> str:
    """Name of the folder of a pooling with these layers.

    >>> folder_name("mean", (0, 1, 3))
    'mean-b'
    """
    return f"{pooling}-{sum(1 << layer for layer in layers):x}"


def pooling_of(folder: Path) -> str:
    """The pooling that a folder's name says."""
    return folder.name.rpartition("-")[0]


def seal(folder: Path, manifest: Manifest, ledger: Ledger, text_hashes: list[bytes]) -> None:
    """Make a folder whole, which holds its filled `vectors.npy` already.

    Args:
        folder: Beside its final place.
        manifest: With its hashes still empty.
        ledger: What was cut.
        text_hashes: See `hashes_of_texts`.

    Raises:
        OSError: If the disk refuses.
    """
    rows = tuple(range(len(manifest.layers)))
    packed = _pack(ledger, text_hashes)
    write_durably(folder / LEDGER, packed)
    sync(folder / VECTORS)
    fields = asdict(manifest) | {
        "vectors_sha256": layer_hashes(folder / VECTORS, manifest.shape, rows),
        "ledger_sha256": hashlib.sha256(packed).hexdigest(),
    }
    written = {"manifest": fields, "sha256": _sha256_of_json(fields)}
    write_durably(folder / MANIFEST, json.dumps(written, indent=1).encode())
    sync(folder)


def remember(path: Path, rows: Sequence[int]) -> None:
    """Note that rows of a file are as they were written, so that they are not hashed again."""
    if len(_checked) > _MOST_REMEMBERED:
        _checked.clear()
    _checked.update(_mark(path, row) for row in rows)


def take(array: Floats, rows: tuple[int, ...]) -> Floats:
    """Rows of the first axis, read-only: a view if they are evenly spaced, else a copy."""
    step = rows[1] - rows[0] if len(rows) > 1 else 1
    evenly = step > 0 and rows == tuple(range(rows[0], rows[-1] + 1, step))
    taken = array[rows[0] : rows[-1] + 1 : step] if evenly else array[list(rows)]
    taken.flags.writeable = False
    return taken


def hashes_of_texts(texts: Sequence[str]) -> list[bytes]:
    """Hash of each text on its own: 16 bytes."""
    return [
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in texts
    ]


def _mark(path: Path, row: int) -> tuple[str, int, int, int]:
    status = path.stat()
    return str(path), status.st_ino, status.st_mtime_ns, row


def _sha256_of_json(fields: Any) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _pack(ledger: Ledger, text_hashes: list[bytes]) -> bytes:
    written = io.BytesIO()
    unknown = ledger.n_unknown
    np.savez(
        written,
        n_all=ledger.n_all,
        n_kept=ledger.n_kept,
        n_windows=ledger.n_windows,
        n_unknown=np.full(len(ledger.n_all), -1) if unknown is None else unknown,
        max_tokens=np.int64(ledger.max_tokens),
        text_hashes=np.frombuffer(b"".join(text_hashes), dtype=np.uint8),
    )
    return written.getvalue()


def _unpack(content: bytes) -> tuple[Ledger, list[bytes]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as parts:
        unknown = parts["n_unknown"]  # -1 where nobody counted
        ledger = Ledger(
            parts["n_all"],
            parts["n_kept"],
            parts["n_windows"],
            int(parts["max_tokens"]),
            None if (unknown < 0).any() else unknown,
        )
        joined = parts["text_hashes"].tobytes()
        return ledger, [joined[start : start + 16] for start in range(0, len(joined), 16)]
