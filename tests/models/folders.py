"""Folders of tiny models, saved as transformers saves them, for tests to load or to spoil."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM

from tests import tiny


def save(folder: Path, model_type: str = "bert", **how: Any) -> Path:
    """Save the tiny model of `model_type` with its tokenizer; `how` is for `save_pretrained`."""
    encoder = tiny.encoder(model_type)
    encoder.model.save_pretrained(folder, **how)
    encoder.tokenizer.save_pretrained(folder)
    return folder


def save_language_model(folder: Path, model_type: str = "bert", **shape: int) -> Path:
    """Save a tiny model of `model_type` with its language-modelling head and its tokenizer.

    Args:
        folder: Where to.
        model_type: A row of `tiny._CONFIGS`.
        shape: What differs from the tiny models, by the architecture's own names.
    """
    torch.manual_seed(11)
    settings = tiny._SPECIAL_IDS | {"vocab_size": tiny._VOCABULARY} | tiny._CONFIGS[model_type]
    config = AutoConfig.for_model(model_type, **(settings | shape))
    causal = model_type in tiny.CAUSAL
    family = AutoModelForCausalLM if causal else AutoModelForMaskedLM
    family.from_config(config).eval().save_pretrained(folder)
    tiny.tokenizer(special=not causal).save_pretrained(folder)
    return folder


def change(file: Path, **values: Any) -> None:
    """Set keys of a JSON file."""
    content = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(content | values))
