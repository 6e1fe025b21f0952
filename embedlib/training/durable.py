"""Files that survive a kill, a full disk and a loss of power: whole and verified, or not there.

A folder is written beside its place, hashed, synced and renamed; a small file likewise.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from embedlib.errors import StoreError
from embedlib.store.files import sync, write_durably

MANIFEST: Final = "MANIFEST.json"
_STAGING: Final = ".tmp-"


def write_json(path: Path, content: Any, *, lasting: bool = True) -> None:
    """Replace a JSON file at once: a reader sees the old one or the new one, never half of one.

    Args:
        path: The file.
        content: What `json` can write; NaN is refused.
        lasting: Whether to wait until the disk has it; a heartbeat need not.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    write_bytes(path, text.encode("utf-8", "backslashreplace") + b"\n", lasting=lasting)


def write_bytes(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replace a small file at once, readable by its owner only.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    beside = path.with_name(f"{_STAGING}{uuid.uuid4().hex}")
    with _told(path):
        try:
            if lasting:
                write_durably(beside, content)
            else:
                beside.write_bytes(content)
            os.replace(beside, path)  # noqa: PTH105 - says that it replaces
        finally:
            beside.unlink(missing_ok=True)
        if lasting:
            sync(path.parent)


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, None where there is none or it cannot be read."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """An empty folder that becomes `target`, with a manifest of its files, if the block ends well.

    Raises:
        StoreError: If the disk is full or may not be written; `target` is as it was before.
    """
    staging = target.parent / f"{_STAGING}{uuid.uuid4().hex}"
    with _told(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staging.mkdir(mode=0o700)
            yield staging
            _seal(staging)
            if target.exists():
                shutil.rmtree(target)
            os.replace(staging, target)  # noqa: PTH105
            sync(target.parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Whether every file that the folder's manifest names is there with its size and hash."""
    manifest = read_json(folder / MANIFEST)
    files = manifest.get("files") if manifest else None
    if not isinstance(files, dict) or not files:
        return False
    return all(_agrees(folder / name, facts) for name, facts in files.items())


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left behind."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith(_STAGING):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


def _seal(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    facts = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in files
    }
    for path in files:
        sync(path)
    write_json(folder / MANIFEST, {"files": facts})


def _agrees(path: Path, facts: Any) -> bool:
    try:
        return bool(path.stat().st_size == facts["size"] and sha256(path) == facts["sha256"])
    except (OSError, KeyError, TypeError):
        return False


def sha256(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """A failure to write in words.

    torch and safetensors raise their own errors when a disk is full, which say so in their text.
    """
    try:
        yield
    except OSError as error:
        raise _failure(path, error.strerror or str(error)) from error
    except Exception as error:
        text = str(error)
        full = os.strerror(errno.ENOSPC) in text or "PytorchStreamWriter" in text
        if not full and type(error).__name__ != "SafetensorError":
            raise
        raise _failure(path, os.strerror(errno.ENOSPC) if full else text) from error


def _failure(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"{path.name} of the run could not be written: {reason}.",
        "What was saved before is kept. Free some space, then resume the run.",
    )
