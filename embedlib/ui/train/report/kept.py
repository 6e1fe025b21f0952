"""What several panels read of a run, read once: its predictions, and its model for new texts."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from embedlib.training.finished import Finished
from embedlib.training.predicted import PredictedRows, read_predictions
from embedlib.training.runs import PREDICTIONS, REPORT, Run

if TYPE_CHECKING:
    from embedlib.training.predicting import Predictor


def test_rows(found: Finished) -> PredictedRows:
    """The test rows with what was predicted.

    Raises:
        ReadError: If they cannot be read.
    """
    return _rows(found.run.folder, _changed(found.run.folder / PREDICTIONS))


def ready(found: Finished) -> "Predictor":
    """The run's model for new texts; the last one stays in memory. For threads, not for scripts.

    Raises:
        EmbedlibError: As `predicting.predictor`.
    """
    return _ready(found.run.folder, _changed(found.run.folder / REPORT))


@lru_cache(maxsize=4)
def _rows(folder: Path, changed: float) -> PredictedRows:
    return read_predictions(Run(folder))


@lru_cache(maxsize=1)
def _ready(folder: Path, changed: float) -> "Predictor":
    from embedlib.training.predicting import predictor

    return predictor(Run(folder))


def _changed(path: Path) -> float:
    """When a file was last written; 0 where there is none, which its reader says better."""
    return path.stat().st_mtime if path.exists() else 0.0
