"""What a model's folder must be before anything in it is loaded; a new check is a function here.

Nothing here runs code from the folder: only names, sizes and JSON are read.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from embedlib.errors import ModelNotFoundError, UnsafeModelError, UnsupportedModelError, shown
from embedlib.limits import LIMITS
from embedlib.models.architectures import ARCHITECTURES, ENCODER_DECODERS, Architecture

WEIGHTS: Final = "model.safetensors"
INDEX: Final = "model.safetensors.index.json"
_PICKLES: Final = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib")
_MOST_FILES: Final = 2_000
_MOST_SETTINGS_BYTES: Final = 8 * 2**20
_MOST_INDEX_BYTES: Final = 64 * 2**20
_CODE_KEYS: Final = ("auto_map", "trust_remote_code", "transformers_weights", "custom_pipelines")
_CODE_PREFIXES: Final = ("_attn_implementation", "_experts_implementation")
_TOKENIZER_KEYS: Final = ("fast_tokenizer_files", "gguf_file")
# Beyond these no published model goes; numbers far beyond them would fill the memory.
_BOUNDS: Final = {
    **dict.fromkeys(("num_hidden_layers", "n_layer", "n_layers", "num_layers"), 1_000),
    **dict.fromkeys(("hidden_size", "n_embd", "dim", "intermediate_size", "hidden_dim"), 10**6),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), 10_000),
    **dict.fromkeys(("num_hidden_groups", "inner_group_num"), 100),
    **dict.fromkeys(("vocab_size", "max_position_embeddings", "n_positions"), 10**7),
}
# These keep a square mask of positions, whose size is the bound's square.
_SQUARE: Final = {"gpt2": 8_192, "gpt_neo": 8_192}
_HINT: Final = "Choose another model, or one that its author saved with safetensors."


@dataclass(frozen=True)
class CheckedFolder:
    """A folder that passed `check_folder`.

    Args:
        path: Where it is, absolute.
        config: What config.json holds.
        tokenizer_config: What tokenizer_config.json holds; empty without one.
        architecture: The row of its model type.
        weights: The weight files that will be read, by name.
        n_tensors: How many arrays they hold together.
    """

    path: Path
    config: dict[str, Any]
    tokenizer_config: dict[str, Any]
    architecture: Architecture
    weights: tuple[Path, ...]
    n_tensors: int

    @property
    def weight_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.weights)


def check_folder(path: Path) -> CheckedFolder:
    """Read a model's folder with suspicion.

    Raises:
        ModelNotFoundError: If there is no folder, or no model in it.
        UnsafeModelError: If its settings ask for code, if its weights are pickles or damaged, or
            if anything in it leads outside.
        UnsupportedModelError: If its architecture cannot be read layer by layer.
        LimitError: If it is larger than LIMITS["model_bytes"].
    """
    path = path.absolute()
    if not (path / "config.json").is_file():
        raise ModelNotFoundError(
            f"A model's folder must hold config.json, got {shown(path.name)} without one.",
            "Give the folder that `save_pretrained` wrote.",
        )
    _check_links(path)
    config = _settings(path / "config.json")
    tokenizer_config = _settings(path / "tokenizer_config.json", (*_CODE_KEYS, *_TOKENIZER_KEYS))
    if tokenizer_config.get("init_inputs"):
        raise _asks_for_code("init_inputs", "tokenizer_config.json")
    architecture = _architecture(path, config)
    _check_numbers(config)
    weights = _weights(path)
    weight_bytes = sum(file.stat().st_size for file in weights)
    LIMITS["model_bytes"].check(weight_bytes, f"The model {path.name}")
    n_tensors = sum(_n_tensors(file) for file in weights)
    return CheckedFolder(path, config, tokenizer_config, architecture, weights, n_tensors)


def read_json(path: Path, most_bytes: int = _MOST_SETTINGS_BYTES) -> dict[str, Any]:
    """A JSON object from a file of bounded size; empty where there is no file.

    Raises:
        UnsafeModelError: If it is too large or no JSON object.
    """
    if not path.is_file():
        return {}
    size = path.stat().st_size
    if size > most_bytes:
        raise UnsafeModelError(
            f"{path.name} must be at most {most_bytes:,} bytes, got {size:,}.", _HINT
        )
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UnsafeModelError(f"{path.name} must be a JSON object, and is none.", _HINT)
    return content


def _settings(path: Path, forbidden: tuple[str, ...] = _CODE_KEYS) -> dict[str, Any]:
    settings = read_json(path)
    for key in _keys(settings):
        if key in forbidden or key.startswith(_CODE_PREFIXES):
            raise _asks_for_code(key, path.name)
    return settings


def _asks_for_code(key: str, file: str) -> UnsafeModelError:
    return UnsafeModelError(
        f"{file} must not name code or files to load, got the key {shown(key)}.",
        "Models that bring their own code are never run here. Choose another model.",
    )


def _keys(settings: object) -> Iterator[str]:
    """Every key at every depth."""
    waiting = [settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _architecture(path: Path, config: dict[str, Any]) -> Architecture:
    model_type = config.get("model_type")
    if "quantization_config" in config:
        raise UnsupportedModelError(
            f"The weights must be plain floating point, got the quantised model {path.name}.",
            "Choose the model that it was made from.",
        )
    if (path / "adapter_config.json").exists():
        raise UnsupportedModelError(
            f"A model must be whole, got {path.name} with a PEFT adapter.",
            "Merge the adapter into its base model (`merge_and_unload`) and save the result.",
        )
    if isinstance(model_type, str) and model_type in ARCHITECTURES:
        return ARCHITECTURES[model_type]
    why = " (an encoder-decoder)" if str(model_type) in ENCODER_DECODERS else ""
    raise UnsupportedModelError(
        f"The architecture must be one of {', '.join(ARCHITECTURES)}, "
        f"got {shown(model_type)}{why}.",
        "Choose a model of one of these architectures.",
    )


def _check_numbers(config: dict[str, Any]) -> None:
    """Refuse sizes that no model has, before arrays of that size are made."""
    square = _SQUARE.get(config["model_type"], 10**7)
    for key, most in _BOUNDS.items():
        most = min(most, square) if "position" in key else most
        value = config.get(key, 1)
        if isinstance(value, list):  # a few models have a size for each layer
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise UnsafeModelError(
                f"config.json must have {key} from 1 to {most:,}, got {shown(value)}.", _HINT
            )


def _check_links(path: Path) -> None:
    """Refuse links that lead outside: only a Hub cache has links, to its own blobs."""
    allowed = [path.resolve()]
    if path.parent.name == "snapshots" and path.parent.parent.name.startswith("models--"):
        repository = path.parent.parent.resolve()
        allowed += [repository / "blobs", repository.parent / "blobs"]
    entries = 0
    for folder, folders, files in os.walk(path):
        entries += len(folders) + len(files)
        if entries > _MOST_FILES:
            raise UnsafeModelError(
                f"A model's folder must hold at most {_MOST_FILES:,} files, got more.", _HINT
            )
        for name in (*folders, *files):
            entry = Path(folder, name)
            if entry.is_symlink() and not any(
                entry.resolve().is_relative_to(root) for root in allowed
            ):
                raise UnsafeModelError(
                    f"A model's files must lie inside its folder, got the link {shown(name)}.",
                    _HINT,
                )


def _weights(path: Path) -> tuple[Path, ...]:
    """The safetensors files of the folder, as transformers chooses them: one file first."""
    if (path / WEIGHTS).is_file():
        return (path / WEIGHTS,)
    if (path / INDEX).is_file():
        return _shards(path)
    if any(file.suffix.lower() in _PICKLES for file in path.iterdir()):
        raise UnsafeModelError(
            f"The weights must be {WEIGHTS}, got only pickle files, which can run code.", _HINT
        )
    raise ModelNotFoundError(
        f"A model's folder must hold {WEIGHTS}, got {shown(path.name)} without weights.",
        "Download it again, or save the model with `save_pretrained`.",
    )


def _shards(path: Path) -> tuple[Path, ...]:
    names = read_json(path / INDEX, _MOST_INDEX_BYTES).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise UnsafeModelError(f"{INDEX} must have a weight_map, and has none.", _HINT)
    found = []
    for name in sorted({str(value) for value in names.values()}):
        plain = name == Path(name).name and "\\" not in name and "\0" not in name
        if not plain or not name.endswith(".safetensors") or not (path / name).is_file():
            raise UnsafeModelError(
                f"{INDEX} must name safetensors files in its own folder, got {shown(name)}.", _HINT
            )
        found.append(path / name)
    return tuple(found)


def _n_tensors(file: Path) -> int:
    """Let the safetensors library check the header: sizes, types, no overlap, no gap."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as tensors:
            n_tensors = len(tensors.keys())
    except (SafetensorError, OSError, ValueError) as error:
        raise UnsafeModelError(
            f"{file.name} must be a whole safetensors file, and is not: {shown(str(error))}.",
            "It may be damaged: download or copy it again.",
        ) from None
    if n_tensors == 0:
        raise UnsafeModelError(f"{file.name} must hold weights, and holds none.", _HINT)
    return n_tensors
