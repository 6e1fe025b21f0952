"""What the Hub offers of a model, and which of its files may be fetched: that is `choose`."""

import re
from dataclasses import dataclass
from typing import Final

from embedlib.errors import UnsafeModelError
from embedlib.models.safety import INDEX, WEIGHTS

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][\w.-]{0,127}", re.ASCII)
_SETTINGS: Final = (".json", ".txt", ".model")
_SHARD: Final = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
_MOST_FILES: Final = 500
_MOST_SETTINGS_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class HubFile:
    """One file of a commit: its name, its size and one of two hashes (LFS files have SHA-256)."""

    name: str
    size: int
    sha256: str
    sha1: str


@dataclass(frozen=True)
class HubDescription:
    """What a person should know before a download.

    Args:
        name: The Hub name.
        revision: The newest commit, 40 hex digits; this one is fetched.
        licence: As its author tagged it ("apache-2.0"), or "".
        model_type: The architecture, or "" where the Hub does not say.
        parameters: Number of weights, or 0 where the Hub does not say.
        files: What would be fetched.
    """

    name: str
    revision: str
    licence: str
    model_type: str
    parameters: int
    files: tuple[HubFile, ...]

    @property
    def download_bytes(self) -> int:
        return sum(file.size for file in self.files)


def choose(name: str, files: tuple[HubFile, ...]) -> tuple[HubFile, ...]:
    """Settings, tokenizer and safetensors of the top folder; never a pickle, code or ONNX."""
    plain = [file for file in files[:_MOST_FILES] if _PLAIN.fullmatch(file.name)]
    settings = [
        file
        for file in plain
        if file.name.endswith(_SETTINGS) and file.size <= _MOST_SETTINGS_BYTES
    ]
    weights = [file for file in plain if file.name == WEIGHTS]
    if not weights and any(file.name == INDEX for file in plain):
        weights = [file for file in plain if _SHARD.fullmatch(file.name)]
    else:
        settings = [file for file in settings if file.name != INDEX]
    if not weights:
        raise UnsafeModelError(
            f"The weights must be safetensors, got {name} without {WEIGHTS}.",
            "Pickle weights can run code and are never fetched. Choose another model.",
        )
    return (*settings, *weights)
