"""The folder of a finished `embed`: vectors.npy, rows.parquet, manifest.json; all or nothing.

Everything is written into a hidden folder beside the target, which is renamed at the end.
"""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from embedlib.errors import OptionError, StoreError, shown

FORMAT = "embedlib vectors 1"
ARRAY, ROWS, MANIFEST = "vectors.npy", "rows.parquet", "manifest.json"
FILES = frozenset({ARRAY, ROWS, MANIFEST})


def check_target(target: Path, request: Mapping[str, Any], *, force: bool) -> None:
    """Refuse a folder that may not be written, before any work is done.

    A folder of ours is replaced without asking when it answers the same request: nothing is lost.

    Args:
        target: The folder to make.
        request: What decides the content, as the manifest's "request" holds it.
        force: Whether a folder of ours that answers another request may be replaced.

    Raises:
        OptionError: If it is a file, holds anything that is not ours, or needs `force`.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OptionError(
            f"The output must be a folder, but {shown(str(target), 200)} is a file or a link.",
            "Choose another with --out.",
        )
    if not target.exists() or not any(target.iterdir()):
        return
    manifest = read_manifest(target)
    foreign = sorted({entry.name for entry in target.iterdir()} - FILES)
    if manifest is None or foreign:
        reason = f"holds {shown(foreign[0])}" if foreign else "is not a folder of vectors"
        raise OptionError(
            f"{shown(str(target), 200)} exists and {reason}, so it is left alone.",
            "Choose another with --out.",
        )
    if not force and manifest.get("request") != dict(request):
        raise OptionError(
            f"{shown(str(target), 200)} holds the vectors of another input or other settings.",
            "Replace it with --force, or choose another with --out.",
        )


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder of ours, None if it is not ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    return manifest if ours else None


@contextlib.contextmanager
def building(target: Path) -> Iterator[Path]:
    """A fresh folder that becomes `target` if the block ends well, and goes if it does not.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    hidden = target.parent / f".{target.name[:100]}.{uuid.uuid4().hex}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden.mkdir()
        yield hidden
        _rename(hidden, target)
    except OSError as error:
        raise StoreError(
            f"{shown(str(target), 200)} cannot be written: {error.strerror or error}.",
            "Free some space or choose another folder with --out.",
        ) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _rename(hidden: Path, target: Path) -> None:
    """Put `hidden` in the place of `target`; an old folder comes back if that fails."""
    if not target.exists():
        os.replace(hidden, target)  # noqa: PTH105 - says that it replaces
        return
    old = hidden.with_name(f"{hidden.name}.old")
    os.replace(target, old)  # noqa: PTH105
    try:
        os.replace(hidden, target)  # noqa: PTH105
    except OSError:
        os.replace(old, target)  # noqa: PTH105
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write `manifest` as JSON that any reader takes: ASCII, no NaN."""
    text = json.dumps({"format": FORMAT, **manifest}, indent=2, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", "ascii")
