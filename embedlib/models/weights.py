"""Hashes of a model's files, remembered while they do not change; used as its identity."""

import hashlib
import json
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

CARD: Final = "embedlib_card.json"
_known: dict[tuple[str, int, int], str] = {}
_lock: Final = threading.Lock()
TOKENIZER_FILES: Final = (
    *("tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.model"),
    *("sentencepiece.bpe.model", "spiece.model", "spm.model"),
)
_SETTINGS: Final = (
    *("config.json", "sentence_bert_config.json", "tokenizer_config.json", "merges.txt"),
    *("special_tokens_map.json", "added_tokens.json", *TOKENIZER_FILES),
)


def sha256_of(file: Path) -> str:
    """The file's SHA-256 in hex; read again only when its size or time has changed."""
    stamp = file.stat()
    key = (str(file), stamp.st_size, stamp.st_mtime_ns)
    with _lock:
        known = _known.get(key)
    if known is None:
        with file.open("rb") as stream:
            known = hashlib.file_digest(stream, "sha256").hexdigest()
        remember(file, known)
    return known


def recall(folder: Path) -> None:
    """Take the hashes from the card of a download of ours, where size and time still agree."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        for name, noted in json.loads((folder / CARD).read_bytes())["weights"].items():
            stat = (folder / name).stat()
            if (stat.st_size, stat.st_mtime_ns) == (noted["size"], noted["mtime_ns"]):
                remember(folder / name, str(noted["sha256"]))


def remember(file: Path, sha256: str) -> None:
    """Note a hash that was just made, so that `sha256_of` need not make it again."""
    stamp = file.stat()
    with _lock:
        _known[(str(file), stamp.st_size, stamp.st_mtime_ns)] = sha256


def weights_sha256(files: Iterable[Path]) -> str:
    """One hash over weight files: a lone file's own, else over the sorted names and hashes."""
    hashes = {file.name: sha256_of(file) for file in files}
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    return _over(hashes)


def settings_sha256(folder: Path) -> str:
    """One hash over what decides the numbers beside the weights: settings and tokenizer."""
    files = [folder / name for name in _SETTINGS if (folder / name).is_file()]
    return _over({file.name: sha256_of(file) for file in files})


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of a folder's files: changes when somebody saves over it."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    stats = [(file.name, file.stat()) for file in files]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _over(hashes: dict[str, str]) -> str:
    lines = "".join(f"{name}\0{sha256}\n" for name, sha256 in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
