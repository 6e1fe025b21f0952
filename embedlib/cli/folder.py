"""A folder that a command makes: all of it or nothing, and in the place of nothing but its like.

Everything is written into a hidden folder beside the target, which is renamed at the end. A command
that makes another kind of folder has a `Kind` of its own.
"""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from embedlib.errors import OptionError, ReadError, StoreError, shown


@dataclass(frozen=True)
class Kind:
    """What a finished folder holds.

    Args:
        format: Name and version, in its manifest.
        manifest: The JSON file that says what was asked for, under "request".
        files: All files that it may hold.
        holds: For messages: "vectors".
        made_of: For messages, what decides the content: "input".
        indent: Of the manifest; None puts it on one line, for one with many numbers.
    """

    format: str
    manifest: str
    files: frozenset[str]
    holds: str
    made_of: str
    indent: int | None = 2

    def read(self, folder: Path) -> dict[str, Any] | None:
        """The manifest of a folder of this kind, None if it is none."""
        try:
            manifest = json.loads((folder / self.manifest).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        ours = isinstance(manifest, dict) and manifest.get("format") == self.format
        return manifest if ours else None

    def write(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        """Write `manifest` as JSON that any reader takes: ASCII, no NaN."""
        text = json.dumps({"format": self.format, **manifest}, indent=self.indent, allow_nan=False)
        (folder / self.manifest).write_text(text + "\n", "ascii")


ARRAY, ROWS, MANIFEST = "vectors.npy", "rows.parquet", "manifest.json"
VECTORS: Final = Kind(
    "embedlib vectors 1", MANIFEST, frozenset({ARRAY, ROWS, MANIFEST}), "vectors", "input"
)


def vectors_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a folder of vectors.

    Raises:
        ReadError: If it is no such folder.
    """
    manifest = VECTORS.read(path)
    if manifest is None:
        raise ReadError(
            f"DIR must be a folder that `embedlib embed` wrote, got {shown(str(path), 200)}.",
            "Make one with `embedlib embed FILE --layers all --out DIR`.",
        )
    return manifest


def check_target(kind: Kind, target: Path, request: Mapping[str, Any], *, force: bool) -> None:
    """Refuse a folder that may not be written, before any work is done.

    A folder of ours is replaced without asking when it answers the same request: nothing is lost.

    Args:
        kind: What the folder will hold.
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
    manifest = kind.read(target)
    foreign = sorted({entry.name for entry in target.iterdir()} - kind.files)
    if manifest is None or foreign:
        reason = f"holds {shown(foreign[0])}" if foreign else f"is not a folder of {kind.holds}"
        raise OptionError(
            f"{shown(str(target), 200)} exists and {reason}, so it is left alone.",
            "Choose another with --out.",
        )
    if not force and manifest.get("request") != dict(request):
        raise OptionError(
            f"{shown(str(target), 200)} holds the {kind.holds} of another {kind.made_of} "
            "or other settings.",
            "Replace it with --force, or choose another with --out.",
        )


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
