"""Folders of tiny models, saved as transformers saves them, for tests to load or to spoil."""

import json
from pathlib import Path
from typing import Any

from tests import tiny


def save(folder: Path, model_type: str = "bert", **how: Any) -> Path:
    """Save the tiny model of `model_type` with its tokenizer; `how` is for `save_pretrained`."""
    encoder = tiny.encoder(model_type)
    encoder.model.save_pretrained(folder, **how)
    encoder.tokenizer.save_pretrained(folder)
    return folder


def change(file: Path, **values: Any) -> None:
    """Set keys of a JSON file."""
    content = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(content | values))
