"""report.json: what a run found, with an interval beside every score; a further part is a function.

Everything under "test" is from rows that chose nothing and taught nothing; "validation" chose.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from embedlib.exporting.card import versions
from embedlib.training.calibration import LEAST_WRONG, is_calibrated
from embedlib.training.extras import findings
from embedlib.training.judges import Judge
from embedlib.training.rungs import Step, compare, plain
from embedlib.training.runs import Run
from embedlib.training.tasks import TASKS
from embedlib.training.work import TEST, TRAIN, Fitted, Work

FORMAT: Final = "embedlib report 1"
_PACKAGES: Final = ("scikit-learn", "accelerate", "peft", "safetensors", "numpy", "seqeval")


def build(
    run: Run, work: Work, fitted: Fitted, steps: list[Step], seconds: float
) -> dict[str, Any]:
    """The whole report as JSON takes it."""
    settings = run.settings
    judge = TASKS[settings.task].judge()
    found, notes = findings(run, work)
    judged = judge.report(work, fitted)
    return {
        "format": FORMAT,
        "name": settings.name,
        "run": run.id,
        "task": settings.task,
        "recipe": settings.recipe,
        "options": settings.options,
        "seed": settings.seed,
        "model": settings.model,
        "labels": list(work.labels),
        "data": settings.data,
        "seconds": round(fitted.seconds, 3),
        "seconds_in_all": round(seconds, 3),
        "trainable_parameters": fitted.trainable_parameters,
        "parameters": fitted.parameters,
        "model_bytes": fitted.model_bytes,
        **judged,
        **ladder_facts(steps, judge, work),
        **found,
        "facts": fitted.facts,
        "notes": [*fitted.notes, *_leak_notes(work), *_doubts(judged), *notes],
        "versions": versions() | _package_versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def ladder_facts(steps: list[Step], judge: Judge, work: Work) -> dict[str, Any]:
    """The rungs and what each bought, as JSON takes it."""
    compared = compare(steps, judge.truth(work), work.seed, judge.unit)
    return {
        "ladder": [plain(step) for step in steps],
        "comparisons": [asdict(one) for one in compared],
    }


def _leak_notes(work: Work) -> list[str]:
    """Test rows that also train, said in the report whatever was done before."""
    examples = work.examples
    trained = {examples.identity(row) for row, part in enumerate(examples.parts) if part == TRAIN}
    tested = [row for row, part in enumerate(examples.parts) if part == TEST]
    leaked = sum(examples.identity(row) in trained for row in tested)
    if not leaked:
        return []
    return [f"{leaked:,} of {len(tested):,} test rows also stand in the training rows."]


def _doubts(judged: dict[str, Any]) -> list[str]:
    """That confidence could not be calibrated, where it could not."""
    if "calibration" not in judged or is_calibrated(judged):
        return []
    n_rows = judged["validation"]["rows"]
    few = f"fewer than {LEAST_WRONG} of the {n_rows:,} validation rows are wrong"
    if n_rows < 4 * LEAST_WRONG:  # so few that their number is the reason
        there = "is only 1 validation row" if n_rows == 1 else f"are only {n_rows} validation rows"
        few = f"there {there}"
    return [f"Confidence is as the model gives it: {few}, too few to calibrate it."]


def _package_versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
