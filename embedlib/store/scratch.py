"""scratch: arrays for results that cannot be kept, in memory or else in a nameless file."""

import os
import tempfile
import uuid
from pathlib import Path

import numpy as np

from embedlib.errors import StoreError
from embedlib.records import Floats
from embedlib.store.files import NewArray, size_of

_MEMORY_SHARE = 0.5  # of what is available; the model, the tokens and others need the rest
_CGROUP = Path("/sys/fs/cgroup")


class Scratch:
    """Arrays that vanish with their last user.

    Args:
        shapes: Of each array, by name.

    Raises:
        StoreError: If neither memory nor the folder for temporary files can hold them.
    """

    def __init__(self, shapes: dict[str, tuple[int, int, int]]) -> None:
        self._files: list[NewArray] = []
        n_bytes = sum(size_of(shape) for shape in shapes.values())
        if n_bytes <= _MEMORY_SHARE * available_memory_bytes():
            self.arrays = {name: np.empty(shape, np.float32) for name, shape in shapes.items()}
        else:
            self.arrays = self._in_files(shapes, n_bytes)

    def release(self) -> None:
        """Drop what was written from memory, where it is in a file."""
        for file in self._files:
            file.release()

    def _in_files(self, shapes: dict[str, tuple[int, int, int]], n_bytes: int) -> dict[str, Floats]:
        try:
            folder = Path(tempfile.gettempdir())
            for shape in shapes.values():
                path = folder / f"embedlib-{uuid.uuid4().hex}"
                self._files.append(NewArray(path, shape, keep=False))
        except OSError as error:
            raise StoreError(
                f"The vectors need {n_bytes / 2**30:.2f} GiB, which neither the disk nor memory "
                f"can hold ({error.strerror or error}).",
                "Free some space, or ask for fewer texts, layers or poolings.",
            ) from error
        return {name: file.array for name, file in zip(shapes, self._files, strict=True)}


def available_memory_bytes() -> int:
    """Memory that this process may still take: the machine's, or less where a container says so."""
    machine = _meminfo_bytes("MemAvailable:")
    try:
        most = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
    except (OSError, ValueError):  # no such container, or "max"
        return machine
    return max(0, min(machine, most - used))


def _meminfo_bytes(field: str) -> int:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))
    except (OSError, StopIteration):
        # Not Linux: half of what is built in. Windows has no sysconf; there, a modest guess.
        if not hasattr(os, "sysconf"):
            return 2 * 2**30
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
