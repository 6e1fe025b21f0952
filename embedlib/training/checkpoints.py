"""Checkpoints: folders that are whole or not there; the newest whole one, and the best.

Which is best, and when to stop early, are pure functions of the trainer's history, so that a
resumed run decides as an undisturbed one would have.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from embedlib.training.durable import is_whole, sweep

FOLDER: Final = "checkpoints"
WEIGHTS: Final = "weights.safetensors"
STATE: Final = "trainer_state.json"
_NAME: Final = re.compile(r"checkpoint-(\d+)")
_KEPT: Final = 2
SCORE: Final = "eval_score"


def path_of(run: Path, step: int) -> Path:
    """The folder of the checkpoint after `step` steps."""
    return run / FOLDER / f"checkpoint-{step}"


def steps(run: Path) -> list[int]:
    """Steps of all checkpoints, ascending, whole or not."""
    folder = run / FOLDER
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))


def newest(run: Path) -> int | None:
    """The step of the newest checkpoint that is whole; None if there is none."""
    return next((step for step in reversed(steps(run)) if is_whole(path_of(run, step))), None)


def prune(run: Path, best: int | None) -> None:
    """Remove all but the newest two whole ones and the best; never the last that can be used."""
    sweep(run / FOLDER)
    kept = set(steps(run)[-_KEPT:]) | ({best} if best is not None else set())
    for step in steps(run):
        if step not in kept:
            shutil.rmtree(path_of(run, step), ignore_errors=True)


def best_step(history: Sequence[Mapping[str, Any]]) -> int | None:
    """The step with the best validation score, of equal ones the one with the smallest loss."""
    measured = [line for line in history if SCORE in line]
    if not measured:
        return None
    best = max(measured, key=lambda line: (line[SCORE], -line["eval_loss"], -line["step"]))
    return int(best["step"])


def best_usable(run: Path, history: Sequence[Mapping[str, Any]]) -> int | None:
    """The best step whose checkpoint is whole, else the newest that is; None if there is none."""
    best = best_step(history)
    whole = best is not None and is_whole(path_of(run, best))
    return best if whole else newest(run)


def is_over(history: Sequence[Mapping[str, Any]], patience: int) -> bool:
    """Whether the last `patience` validations brought nothing better; never for 0."""
    measured = [line["step"] for line in history if SCORE in line]
    best = best_step(history)
    if not patience or best is None:
        return False
    return len(measured) - 1 - measured.index(best) >= patience
