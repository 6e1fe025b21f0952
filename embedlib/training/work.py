"""The records that a recipe takes and gives: `Work` in, `Fitted` out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.options import Value

if TYPE_CHECKING:
    from embedlib.training.runs import Run


def _nothing(stage: str, done: int, total: int, unit: str) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Work:
    """A recipe's task.

    Args:
        run: The run's folder, for checkpoints and metrics.
        examples: All rows, with their parts.
        labels: The labels, in the order of the outputs.
        model: The model's name.
        options: Resolved options of the recipe.
        seed: Of everything that is drawn.
        device: "cpu", "cuda", "mps", or None for the best there is.
        models_dir: A folder of local models, or None.
        wandb: Whether to log to Weights & Biases too.
        say: Called with the stage, units done, units in all, and the unit.
    """

    run: Path
    examples: Examples
    labels: tuple[str, ...]
    model: str
    options: dict[str, Value]
    seed: int
    device: str | None = None
    models_dir: Path | None = None
    wandb: bool = False
    say: Callable[[str, int, int, str], None] = _nothing

    def codes(self, part: str) -> Longs:
        """(row,) label numbers of one part of the split."""
        number = {label: position for position, label in enumerate(self.labels)}
        rows = self.examples.part(part).labels
        return np.array([number[label] for label in rows], dtype=np.int64)


def work_of(run: "Run", say: Callable[[str, int, int, str], None] = _nothing) -> Work:
    """What a run's recipe is to do, from its settings and its data.

    Raises:
        ReadError: If the data is damaged.
    """
    settings, examples = run.settings, run.examples()
    return Work(
        run=run.folder,
        examples=examples,
        labels=examples.label_names,
        model=settings.model,
        options=settings.options,
        seed=settings.seed,
        device=settings.device,
        models_dir=Path(settings.models_dir) if settings.models_dir else None,
        wandb=settings.wandb,
        say=say,
    )


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a recipe has learned, as predictions and as a model that can be kept.

    Args:
        logits: "validation" and "test" to (row, label) log-probabilities up to a constant a row;
            for token labels to one (word, label) array a row.
        seconds: What the training took, embedding included.
        trainable_parameters: Numbers that were learned.
        parameters: Numbers in all that a prediction needs.
        model_bytes: What it weighs on disk, the unchanged model that it reads from included.
        save: Writes the model into an empty folder.
        save_apart: Writes the adapters alone into an empty folder; None where there are none.
        notes: What a person should know.
        facts: Further things for the report: the chosen C, the best epoch, ...
    """

    logits: dict[str, Any]
    seconds: float
    trainable_parameters: int
    parameters: int
    model_bytes: int
    save: Callable[[Path], None]
    save_apart: Callable[[Path], None] | None = None
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def predicted(self, part: str) -> Longs:
        """(row,) label numbers."""
        logits: Floats = self.logits[part]
        return np.asarray(logits.argmax(axis=1), dtype=np.int64)


__all__ = ["TEST", "TRAIN", "VALIDATION", "Fitted", "Work", "work_of"]
