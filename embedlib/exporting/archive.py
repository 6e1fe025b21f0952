"""Zip files whose bytes depend on their content only."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_STORED: Final = (".npy", ".safetensors", ".parquet")  # float digits do not compress


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of named files whose bytes depend on nothing else: no date, no owner."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            stored = name.endswith(_STORED)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def folder_files(folder: Path, inside: str) -> dict[str, bytes]:
    """Every file of a folder by its name in a zip; links are left out.

    Args:
        folder: The folder.
        inside: What the folder is called in the zip.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {f"{inside}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}
