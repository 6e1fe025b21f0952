"""vectors.npy of shape (pooling, layer, text, dim), written without holding it in memory."""

import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embedlib.records import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_BYTES = 32 * 2**20


def write_arrays(path: Path, arrays: Mapping[str, Floats]) -> None:
    """Write one (layer, text, dim) array a pooling as one array, the poolings in order.

    Plain writes rather than a memory map: a full disk is then an OSError and not a crash.
    """
    first = next(iter(arrays.values()))
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(arrays), *first.shape)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for array in arrays.values():
            for layer in array:  # (text, dim)
                rows = max(1, CHUNK_BYTES // max(1, 4 * layer.shape[1]))
                for start in range(0, len(layer), rows):
                    chunk = np.ascontiguousarray(layer[start : start + rows], "<f4")
                    file.write(chunk.tobytes())
                    release(array)


def empty_array(path: Path, shape: tuple[int, ...]) -> Floats:
    """A memory-mapped float32 array of `shape` in a new file whose space is reserved."""
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    if hasattr(os, "posix_fallocate"):  # else a full disk would end the process on a later write
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array


def release(array: "NDArray[np.float32]") -> None:
    """Drop the pages of a memory-mapped array from memory; they stay in the file."""
    base: object = array
    while base is not None and not isinstance(base, mmap.mmap):
        if isinstance(base, np.memmap) and base.mode == "c":
            return  # written pages of a private map are nowhere else
        if isinstance(base, np.memmap) and base.flags.writeable:
            base.flush()
        if isinstance(base, memoryview):  # np.frombuffer, as the store maps its arrays
            base = base.obj if base.readonly else None
        else:
            base = getattr(base, "base", None)
    if base is not None and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)
