"""files: float32 arrays as .npy files in maps of memory, and the hashes and syncs around them.

The header is always the same bytes for the same shape, so that a reader compares instead of
parsing. Room is claimed on the disk before the map is made: a write to a map without room would
end the process (SIGBUS) instead of raising an error.
"""

import hashlib
import io
import math
import mmap
import os
from pathlib import Path

import numpy as np

from embedlib.records import Floats

_CHUNK_BYTES = 2**20
_ITEM_BYTES = 4


def header_of(shape: tuple[int, ...]) -> bytes:
    """The first bytes of a .npy file of float32 in C order."""
    written = io.BytesIO()
    fields = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(written, fields)
    return written.getvalue()


def size_of(shape: tuple[int, ...]) -> int:
    """Bytes of such a file, header included."""
    return len(header_of(shape)) + math.prod(shape) * _ITEM_BYTES


class NewArray:
    """A .npy file that is being written, as an array in a map of memory.

    Args:
        path: A file that does not exist yet.
        shape: Of the array; its values are 0 at first.
        keep: Whether the file is to stay; without, it has no name and goes with the array.

    Raises:
        OSError: If the folder cannot be written to, or the disk has no room for the whole array.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], *, keep: bool = True) -> None:
        header = header_of(shape)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _claim(descriptor, size_of(shape))
            os.write(descriptor, header)
            self._map = mmap.mmap(descriptor, size_of(shape))
        finally:
            os.close(descriptor)
            if not keep:
                path.unlink()
        flat: Floats = np.frombuffer(self._map, dtype=np.float32, offset=len(header))
        self.array = flat.reshape(shape)

    def release(self) -> None:
        """Drop what was written from this process's memory; the system brings it to the disk.

        The map is shared, so dropping loses nothing and need not wait for the disk.
        """
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


def _claim(descriptor: int, n_bytes: int) -> None:
    """Claim room on the disk now."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, n_bytes)
        return
    for start in range(0, n_bytes, _CHUNK_BYTES):
        os.write(descriptor, bytes(min(_CHUNK_BYTES, n_bytes - start)))
    os.lseek(descriptor, 0, os.SEEK_SET)


def read_array(path: Path, shape: tuple[int, ...]) -> Floats:
    """A .npy file as a read-only array in a map of memory.

    Raises:
        OSError: If it cannot be opened.
        ValueError: If its size or header is not that of a float32 array of `shape`.
    """
    header = header_of(shape)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != size_of(shape) or file.read(len(header)) != header:
            raise ValueError(f"{path.name} is no array of shape {shape}")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    flat: Floats = np.frombuffer(mapped, dtype=np.float32, offset=len(header))
    return flat.reshape(shape)


def layer_hashes(path: Path, shape: tuple[int, ...], rows: tuple[int, ...]) -> tuple[str, ...]:
    """Sha256 of the bytes of some rows of the first axis, read in small pieces, not mapped."""
    row_bytes = math.prod(shape[1:]) * _ITEM_BYTES
    start = len(header_of(shape))
    with path.open("rb", buffering=0) as file:
        return tuple(_sha256_of_part(file, start + row * row_bytes, row_bytes) for row in rows)


def _sha256_of_part(file: io.FileIO, start: int, n_bytes: int) -> str:
    digest = hashlib.sha256()
    piece = memoryview(bytearray(min(_CHUNK_BYTES, n_bytes)))
    file.seek(start)
    while n_bytes > 0:
        n_read = file.readinto(piece[: min(len(piece), n_bytes)])
        if not n_read:
            raise ValueError("the file ends too early")
        digest.update(piece[:n_read])
        n_bytes -= n_read
    return digest.hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write a small new file, readable by its owner only, and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until the disk has a file's bytes, or a folder's names."""
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
