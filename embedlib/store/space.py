"""space: the folders of a store as a whole: what they weigh, which go first, what was left over.

Only folders with names that the store gives are ever counted or removed.
"""

import errno
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from embedlib.limits import LIMITS

_KEY = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")
_TEMPORARY = ".tmp-"
_LEFT_OVER_SECONDS = 3600


def temporary_folder(root: Path) -> Path:
    """A new folder in `root` that nobody reads.

    Raises:
        OSError: If the disk refuses.
    """
    folder = root / f"{_TEMPORARY}{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700)
    return folder


def key_folders(root: Path) -> list[Path]:
    """The folders of results, in no order."""
    try:
        return [path for path in root.iterdir() if _KEY.fullmatch(path.name)]
    except OSError:
        return []


def size_bytes(root: Path) -> int:
    """Bytes of all results, unfinished ones included."""
    return sum(_bytes_in(folder) for folder in (*key_folders(root), *_temporary_folders(root)))


def make_room(root: Path, n_bytes: int, keep: str) -> None:
    """Remove leftovers, then the least recently used results until one of `n_bytes` fits.

    Args:
        root: The store's folder.
        n_bytes: What is about to be written.
        keep: Name of a folder that stays.

    Raises:
        OSError: If the disk has no room even then, or refuses.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in _temporary_folders(root):
        if time.time() - _last_change(folder) > _LEFT_OVER_SECONDS:
            remove(root, folder)
    weights = {folder: _bytes_in(folder) for folder in key_folders(root)}
    total = sum(weights.values())
    within_disk = total + shutil.disk_usage(root).free
    if n_bytes > within_disk:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    most_bytes = min(LIMITS["store_bytes"].value, within_disk)
    n_results, most_results = len(weights), LIMITS["store_results"].value
    for folder in sorted(weights, key=_last_change):
        if total + n_bytes <= most_bytes and n_results < most_results:
            return
        if folder.name != keep:
            remove(root, folder)
            total -= weights[folder]
            n_results -= 1


def clear(root: Path) -> None:
    """Remove every result, unfinished ones included."""
    for folder in (*key_folders(root), *_temporary_folders(root)):
        remove(root, folder)


def remove(root: Path, folder: Path) -> None:
    """Take a folder of `root` away in one step, then delete it; what the disk refuses stays."""
    if not folder.name.startswith(_TEMPORARY):
        aside = root / f"{_TEMPORARY}{uuid.uuid4().hex}"
        with suppress(OSError):
            folder = folder.rename(aside)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        with suppress(OSError):
            folder.unlink()


def touch(folder: Path) -> None:
    """Note that a folder was used now."""
    with suppress(OSError):  # read-only, or removed by hand meanwhile
        os.utime(folder)


def _temporary_folders(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.name.startswith(_TEMPORARY)]
    except OSError:
        return []


def _last_change(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _bytes_in(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    try:
        with os.scandir(folder) as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(item.path))
                else:
                    yield item.stat(follow_symlinks=False).st_size
    except OSError:  # removed meanwhile
        return
