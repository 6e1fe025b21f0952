"""What several panels read of a run, read once: report, predictions, its model for new texts."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from embedlib.errors import ReadError, shown
from embedlib.training.finished import Finished, finished
from embedlib.training.predicted import PredictedRows, read_predictions
from embedlib.training.runs import PREDICTIONS, REPORT, Run
from embedlib.training.settings import FILE

if TYPE_CHECKING:
    from embedlib.training.predicting import Predictor


def report_of(run: Run) -> Finished:
    """The run's report, checked; with a thousand labels that takes a while, so it is kept.

    Raises:
        ReadError: As `finished.finished`.
    """
    # Its settings count too: they hold the name, which a person may change.
    return _report(run.folder, _changed(run.folder / REPORT), _changed(run.folder / FILE))


def test_rows(found: Finished) -> PredictedRows:
    """The test rows with what was predicted.

    Raises:
        ReadError: If they cannot be read, or have labels that the report does not know.
    """
    return _rows(found.run.folder, found.labels, _changed(found.run.folder / PREDICTIONS))


def ready(found: Finished) -> "Predictor":
    """The run's model for new texts; the last one stays in memory. For threads, not for scripts.

    Raises:
        EmbedlibError: As `predicting.predictor`.
    """
    return _ready(found.run.folder, _changed(found.run.folder / REPORT))


@lru_cache(maxsize=4)
def _report(folder: Path, changed: float, renamed: float) -> Finished:
    return finished(Run(folder))


@lru_cache(maxsize=4)
def _rows(folder: Path, labels: tuple[str, ...], changed: float) -> PredictedRows:
    rows = read_predictions(Run(folder))
    named = (*rows.labels, *rows.predicted)
    seen = {name for one in named for name in ([one] if isinstance(one, str) else one)}
    if seen - set(labels):
        raise ReadError(
            f"{PREDICTIONS} and {REPORT} of the run must have the same labels, and "
            f"{shown(min(seen - set(labels)))} stands in the first only.",
            "One of them is of another run: take both from a copy, or train again.",
        )
    return rows


@lru_cache(maxsize=1)
def _ready(folder: Path, changed: float) -> "Predictor":
    from embedlib.training.predicting import predictor

    return predictor(Run(folder))


def _changed(path: Path) -> float:
    """When a file was last written; 0 where there is none, which its reader says better."""
    return path.stat().st_mtime if path.exists() else 0.0
