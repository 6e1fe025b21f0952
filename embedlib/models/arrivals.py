"""What came from the Hub becomes a model of ours: verified, checked, and renamed to its place."""

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Final

from embedlib.errors import DownloadError
from embedlib.models.offers import HubDescription, HubFile
from embedlib.models.safety import check_folder
from embedlib.models.weights import CARD, sha256_of

_SPARE_BYTES: Final = 64 * 2**20


def check_room(described: HubDescription, folder: Path) -> None:
    """Refuse a download that the disk of `folder` cannot hold."""
    free = shutil.disk_usage(folder).free
    if free < described.download_bytes + _SPARE_BYTES:
        raise DownloadError(
            f"The disk must have {described.download_bytes:,} bytes free for {described.name}, "
            f"got {free:,}.",
            "Free some space, or set EMBEDLIB_HOME to a folder on another disk.",
        )


def verify(name: str, path: Path, promised: HubFile) -> None:
    """Compare a file with the size and hash that the Hub's own list gave for it."""
    right = path.is_file() and not path.is_symlink() and path.stat().st_size == promised.size
    if right and promised.sha256:
        right = sha256_of(path) == promised.sha256
    elif right and promised.sha1:
        # A git blob's name, not a signature: it shows damage.
        head = f"blob {promised.size}\0".encode()
        found = hashlib.sha1(head + path.read_bytes(), usedforsecurity=False).hexdigest()
        right = found == promised.sha1
    if not right:
        raise DownloadError(
            f"{promised.name} of {name} must be what the Hub's list says, and its hash or size "
            "is another.",
            "It was thrown away. Try again.",
        )


def publish(described: HubDescription, folder: Path, target: Path) -> None:
    """Check the folder as `load` does, write its card last, and rename it to its place."""
    checked = check_folder(folder)
    stats = {file.name: (folder / file.name).stat() for file in described.files}
    card = {
        "name": described.name,
        "revision": described.revision,
        "licence": described.licence,
        "weights": {
            file.name: {
                "sha256": sha256_of(file),
                "size": stats[file.name].st_size,
                "mtime_ns": stats[file.name].st_mtime_ns,
            }
            for file in checked.weights
        },
        "files": [asdict(file) for file in described.files],
    }
    for name in stats:
        _sync(folder / name)
    (folder / CARD).write_text(json.dumps(card, indent=1))
    _sync(folder / CARD)
    if target.exists() and not (target / CARD).is_file():
        shutil.rmtree(target)
    try:
        folder.replace(target)
    except OSError as error:
        if not (target / CARD).is_file():  # else someone else was faster with the same commit
            raise DownloadError(
                f"The model {described.name} could not be put in its place: {error.strerror}.",
                "Set EMBEDLIB_HOME to a folder that can be written.",
            ) from error


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
