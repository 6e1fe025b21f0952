"""Models from the Hugging Face Hub, only when a person asks; `offers.choose` says which files.

The Hub is asked in a child process (`fetch`), which alone has HF_TOKEN and alone has the network.
"""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from embedlib.errors import DownloadError, UnsupportedModelError
from embedlib.limits import LIMITS
from embedlib.models.architectures import ARCHITECTURES
from embedlib.models.arrivals import check_room, publish, verify
from embedlib.models.catalog import DEFAULT, catalog_row
from embedlib.models.names import check_name
from embedlib.models.offers import HubDescription, HubFile, choose
from embedlib.models.places import downloads_folder
from embedlib.models.weights import CARD
from embedlib.records import Progress
from embedlib.workers import Bounds, call

_ASK_SECONDS: Final = 90
_FETCH_SECONDS: Final = 24 * 3600
_PASSED_ON: Final = (
    *("HF_ENDPOINT", "HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)


def describe(name: str) -> HubDescription:
    """Ask the Hub what a model is and how large, without fetching it.

    Raises:
        ModelNameError: If `name` is no model's name.
        DownloadError: If the Hub cannot be reached or has no such model.
        UnsafeModelError: If it has no safetensors weights.
        UnsupportedModelError: If its architecture cannot be read layer by layer.
        LimitError: If it is larger than LIMITS["model_bytes"].
    """
    return _describe(name, None)


def download(
    name: str,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> str:
    """Fetch a model from the Hub, check it, and put it among our models; gives its name.

    Nothing of it stays when it fails or is cancelled.

    Args:
        name: A Hub name, or a name of the catalog.
        progress: Told ten times a second how many bytes have come.
        cancelled: Asked ten times a second; True stops the download.

    Raises:
        Cancelled: If `cancelled` said so.
        DownloadError: If the Hub did not give it, or gave something else than it promised.
        ModelError, LimitError: As `describe`, and as `load` would refuse the folder.
    """
    row = catalog_row(check_name(name))
    if row is not None and row.name == DEFAULT:
        return DEFAULT  # comes with the app
    described = _describe(name, cancelled)
    target = downloads_folder(described.name) / described.revision
    if not (target / CARD).is_file():
        with _coming(described, target.parent) as folder:
            _fetch(described, folder, progress, cancelled)
            publish(described, folder, target)
    return described.name


@contextmanager
def _coming(described: HubDescription, parent: Path) -> Iterator[Path]:
    """A folder beside the place of the model, which is gone afterwards."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(".coming-*"):  # by a server that was killed
            if time.time() - left.stat().st_mtime > _FETCH_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        check_room(described, parent)
        holder = tempfile.TemporaryDirectory(
            prefix=".coming-", dir=parent, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise DownloadError(
            f"The models folder must be writable, got {error.strerror}.",
            "Set EMBEDLIB_HOME to a folder that can be written.",
        ) from None
    with holder as folder:
        yield Path(folder, "model")


def _describe(name: str, cancelled: Callable[[], bool] | None) -> HubDescription:
    row = catalog_row(check_name(name))
    name = row.hub_name if row is not None else name
    said = _ask({"question": "describe", "name": name}, _ASK_SECONDS, cancelled)
    with suppress(KeyError, TypeError, ValueError):
        files = tuple(HubFile(**file) for file in said["files"] if isinstance(file["size"], int))
        described = HubDescription(
            name=name,
            revision=re.fullmatch(r"[0-9a-f]{40}", said["revision"])[0],  # type: ignore[index]
            licence=str(said["licence"])[:100],
            model_type=str(said["model_type"])[:100],
            parameters=int(said["parameters"]),
            files=choose(name, files),
        )
        return _checked(described)
    raise DownloadError(f"The Hub's answer about {name} cannot be understood.", "Try again later.")


def _checked(described: HubDescription) -> HubDescription:
    if described.model_type and described.model_type not in ARCHITECTURES:
        raise UnsupportedModelError(
            f"The architecture must be one of {', '.join(ARCHITECTURES)}, "
            f"got {described.model_type!r}.",
            "Choose a model of one of these architectures.",
        )
    LIMITS["model_bytes"].check(described.download_bytes, f"The model {described.name}")
    return described


def _ask(
    request: Mapping[str, Any], seconds: float, cancelled: Callable[[], bool] | None
) -> dict[str, Any]:
    """Put a question to the Hub in a child process."""
    if offline():
        raise DownloadError(
            f"Downloads must be allowed to fetch {request['name']}, and are switched off.",
            "Unset EMBEDLIB_OFFLINE and HF_HUB_OFFLINE, and start again.",
        )
    variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        variables |= {
            "HF_HOME": home,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            # The plain protocol: one host, files that grow as they come, and nothing else kept.
            "HF_HUB_DISABLE_XET": "1",
        }
        reply = call(
            "embedlib.models.fetch",
            json.dumps(request).encode(),
            what=f"Asking the Hub for {request['name']}",
            bounds=Bounds(wall_seconds=seconds, reply_bytes=LIMITS["model_bytes"].value),
            variables=variables,
            cancelled=cancelled,
        )
    said = json.loads(reply)
    return said if isinstance(said, dict) else {}


def offline() -> bool:
    """Whether EMBEDLIB_OFFLINE or HF_HUB_OFFLINE forbids downloads."""
    return any(
        os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}
        for name in ("EMBEDLIB_OFFLINE", "HF_HUB_OFFLINE")
    )


def _fetch(
    described: HubDescription,
    folder: Path,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    started = time.monotonic()

    def tell() -> bool:
        if progress is not None:
            done = min(_size(folder), described.download_bytes)
            seconds = time.monotonic() - started
            note = f"Downloading {described.name}"
            progress(Progress(done, described.download_bytes, "bytes", seconds, note))
        return cancelled is not None and cancelled()

    request = {
        "question": "fetch",
        "name": described.name,
        "revision": described.revision,
        "files": [file.name for file in described.files],
        "folder": str(folder),
    }
    tell()
    _ask(request, _FETCH_SECONDS, tell)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    for file in described.files:
        verify(described.name, folder / file.name, file)
    tell()


def _size(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for file in files:
            with suppress(OSError):
                total += Path(path, file).stat().st_size
    return total
