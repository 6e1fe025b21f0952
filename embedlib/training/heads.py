"""LinearHead: a classifier on frozen vectors, as two files; centroids and probes are both one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.errors import ReadError
from embedlib.geometry import unit
from embedlib.records import Floats
from embedlib.training.durable import read_json

WEIGHTS: Final = "head.safetensors"
FACTS: Final = "head.json"
FORMAT: Final = "embedlib head 1"


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Scores = (vectors - mean) / scale @ weight.T + bias, of unit vectors where `normalise`.

    Args:
        labels: What each output is called.
        weight: (label, dim) float32.
        bias: (label,) float32.
        mean: (dim,) float32.
        scale: One number for all dimensions.
        normalise: Whether vectors are divided by their length first.
        source: How the vectors are made: model, fingerprint, layer, pooling, prefix, max_tokens.
    """

    labels: tuple[str, ...]
    weight: Floats
    bias: Floats
    mean: Floats
    scale: float
    normalise: bool
    source: dict[str, Any]

    def logits(self, vectors: Floats) -> Floats:
        """(row, label) scores of (row, dim) vectors."""
        rows = unit(vectors).astype(np.float32) if self.normalise else vectors
        scores = (rows - self.mean) / np.float32(self.scale) @ self.weight.T + self.bias
        return np.asarray(scores, dtype=np.float32)

    @property
    def n_parameters(self) -> int:
        return int(self.weight.size + self.bias.size)

    def save(self, folder: Path) -> None:
        """Write the head into a folder."""
        from safetensors.numpy import save_file

        arrays = {"weight": self.weight, "bias": self.bias, "mean": self.mean}
        save_file(
            {name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / WEIGHTS
        )
        facts = {
            "format": FORMAT,
            "labels": list(self.labels),
            "scale": self.scale,
            "normalise": self.normalise,
            "source": self.source,
        }
        (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def is_head(folder: Path) -> bool:
    """Whether a model folder holds a head on frozen vectors."""
    return (folder / FACTS).is_file()


def read_head(folder: Path) -> LinearHead:
    """A head out of its folder.

    Raises:
        ReadError: If it is damaged or no head.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    facts = read_json(folder / FACTS)
    try:
        if facts is None or facts["format"] != FORMAT:
            raise ValueError("no head.json of this format")
        arrays = load_file(folder / WEIGHTS)
        return LinearHead(
            labels=tuple(map(str, facts["labels"])),
            weight=arrays["weight"],
            bias=arrays["bias"],
            mean=arrays["mean"],
            scale=float(facts["scale"]),
            normalise=bool(facts["normalise"]),
            source=dict(facts["source"]),
        )
    except (KeyError, ValueError, TypeError, OSError, SafetensorError) as error:
        raise ReadError(f"The run's head cannot be read: {error}.", "Train it again.") from error
