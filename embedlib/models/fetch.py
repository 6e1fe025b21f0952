"""The child process that talks to the Hub (`python -m embedlib.models.fetch`); `hub` calls it.

A new question is a function here and a row in `_ANSWERS`; what `hub` gets is plain JSON.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from embedlib.errors import DownloadError, shown
from embedlib.workers import answer

ASK_SECONDS = 30


def reply(request: bytes) -> bytes:
    """Answer one request of `hub`.

    Raises:
        DownloadError: If the Hub did not give what was asked for; says why.
    """
    from httpx2 import HTTPError
    from huggingface_hub import errors

    asked = json.loads(request)
    name = asked["name"]
    try:
        return json.dumps(_ANSWERS[asked["question"]](asked)).encode()
    except errors.GatedRepoError:
        raise DownloadError(
            f"The model {name} must be open to all, and is given only to those whom its author let "
            "in.",
            "Accept its terms on its Hub page and set HF_TOKEN before the app starts.",
        ) from None
    except errors.HfHubHTTPError as error:
        raise _refused(name, error.response.status_code) from None
    except (HTTPError, OSError, errors.FileMetadataError) as error:
        raise _unreachable(name, error) from None


def _refused(name: str, status: int) -> DownloadError:
    if status in (401, 404):  # the Hub says 401 of what does not exist, too
        return DownloadError(
            f"The Hub has no open model called {shown(name)}.", "Check the name on its Hub page."
        )
    return DownloadError(f"The Hub answered with status {status} for {name}.", "Try again later.")


def _unreachable(name: str, error: Exception) -> DownloadError:
    if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
        return DownloadError(
            f"The model {name} must be written to disk, and could not be: {error.strerror}.",
            "Free some space, or set EMBEDLIB_HOME to a folder that can be written.",
        )
    return DownloadError(
        f"The Hub could not be reached for {name} ({type(error).__name__}).",
        "Check the network. Models that are on this machine work without it.",
    )


def _describe(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the Hub says of a model's newest commit."""
    from huggingface_hub import HfApi

    info = HfApi(token=_token()).model_info(asked["name"], files_metadata=True, timeout=ASK_SECONDS)
    files = [
        {
            "name": file.rfilename,
            "size": file.size,
            "sha256": file.lfs.sha256 if file.lfs else "",
            "sha1": "" if file.lfs else file.blob_id,
        }
        for file in info.siblings or []
    ]
    tags = [tag for tag in info.tags or [] if isinstance(tag, str)]
    return {
        "revision": info.sha,
        "licence": next((tag[8:] for tag in tags if tag.startswith("license:")), ""),
        "model_type": (info.config or {}).get("model_type", ""),
        "parameters": info.safetensors.total if info.safetensors else 0,
        "files": files,
    }


def _fetch(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write files of one commit into a folder."""
    from huggingface_hub import hf_hub_download

    for file in asked["files"]:
        hf_hub_download(
            asked["name"],
            file,
            revision=asked["revision"],
            local_dir=Path(asked["folder"]),
            token=_token(),
        )
    return {}


def _token() -> str | bool:
    return os.environ.get("HF_TOKEN") or False


_ANSWERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "describe": _describe,
    "fetch": _fetch,
}

if __name__ == "__main__":
    answer(reply)
