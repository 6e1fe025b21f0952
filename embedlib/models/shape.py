"""The shape of a model (layers, dimensions, tokens), read from its folder without loading torch.

Choosers draw with it before any model is loaded; `Encoder.card` says the same after.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from embedlib.models.catalog import catalog_row
from embedlib.models.places import Place, find
from embedlib.models.safety import CheckedFolder, check_folder, read_json

_MOST_PREFIXES: Final = 8
# config.json writes some numbers under the architecture's own names.
_NAMES: Final = {
    "num_hidden_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "num_attention_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "hidden_size": ("hidden_size", "n_embd", "dim", "d_model"),
    "max_position_embeddings": ("max_position_embeddings", "n_positions"),
    "pad_token_id": ("pad_token_id",),
    "is_decoder": ("is_decoder",),
    "use_bidirectional_attention": ("use_bidirectional_attention",),
}


@dataclass(frozen=True)
class ModelShape:
    """What choosers need to know of a model.

    Args:
        n_layers: Blocks; layers are 0 to n_layers.
        n_heads: Attention heads a block.
        dim: Length of a hidden vector.
        max_tokens: Tokens that a text may have by default, special tokens included.
        most_tokens: Tokens that the architecture can take.
        causal: Whether a token sees only what stands before it.
        prefixes: Prefixes that the model was trained with.
    """

    n_layers: int
    n_heads: int
    dim: int
    max_tokens: int
    most_tokens: int
    causal: bool
    prefixes: tuple[str, ...]


def shape(name: str | None = None, models_dir: Path | None = None) -> ModelShape:
    """The shape of the model called `name`, which must be on this machine.

    Raises:
        ModelError: As `load` would, where the folder alone shows it.
    """
    place = find(name, models_dir)
    return _shape(place, (place.folder / "config.json").stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _shape(place: Place, changed: int) -> ModelShape:
    checked = check_folder(place.folder)
    config = _config(checked)
    most = checked.architecture.most_tokens(config)
    tokenizer_most = checked.tokenizer_config.get("model_max_length")
    return ModelShape(
        n_layers=int(config.num_hidden_layers),
        n_heads=int(config.num_attention_heads),
        dim=int(config.hidden_size),
        max_tokens=max_tokens(checked, tokenizer_most, most),
        most_tokens=most,
        causal=checked.architecture.is_causal(config),
        prefixes=prefixes(place.name, checked),
    )


def _config(checked: CheckedFolder) -> Any:
    """Settings under their common names; transformers fills in what config.json leaves out."""
    found = {
        common: next((checked.config[name] for name in names if name in checked.config), None)
        for common, names in _NAMES.items()
    }
    needed = ("num_hidden_layers", "num_attention_heads", "hidden_size", "max_position_embeddings")
    padded = checked.architecture.padded_positions and found["pad_token_id"] is None
    if padded or any(found[name] is None for name in needed):
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(
            str(checked.path), local_files_only=True, trust_remote_code=False
        )
    return SimpleNamespace(**found)


def max_tokens(checked: CheckedFolder, tokenizer_most: object, most: int) -> int:
    """Tokens that a text may have by default, special tokens included.

    Args:
        checked: The model's folder; sentence-transformers notes its bound there.
        tokenizer_most: The tokenizer's `model_max_length`, a number or None.
        most: Tokens that the architecture can take.
    """
    asked = read_json(checked.path / "sentence_bert_config.json").get("max_seq_length")
    for bound in (asked, tokenizer_most):
        if isinstance(bound, int | float) and bound >= 1:
            return int(min(bound, most))
    return most


def prefixes(name: str, checked: CheckedFolder) -> tuple[str, ...]:
    """Prefixes that the model was trained with: from the catalog, else from its own settings."""
    row = catalog_row(name)
    if row is not None:
        return row.prefixes
    prompts = read_json(checked.path / "config_sentence_transformers.json").get("prompts")
    if not isinstance(prompts, dict):
        return ()
    texts = [text for text in prompts.values() if isinstance(text, str) and 0 < len(text) < 1_000]
    return tuple(dict.fromkeys(texts))[:_MOST_PREFIXES]
