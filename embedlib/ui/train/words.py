"""A run's state and score in words, the same in the list and on its own page."""

import time
from functools import lru_cache
from pathlib import Path

from embedlib.pace import duration
from embedlib.training.durable import read_json
from embedlib.training.runs import CANCEL, REPORT, Run
from embedlib.training.status import STATES, Status
from embedlib.training.tasks import TASKS

_COLOURS = {
    "queued": "gray",
    "running": "blue",
    "done": "green",
    "failed": "red",
    "cancelled": "gray",
    "interrupted": "orange",
}
SCORES = {"macro_f1": "macro F1", "entity_f1": "entity F1", "accuracy": "accuracy"}


def badge(status: Status) -> tuple[str, str]:
    """A word for the state, and its colour.

    >>> badge(Status("queued", position=2))
    ('Waits behind 2', 'gray')
    """
    if status.state == "queued":
        told = f"Waits behind {status.position}" if status.position else "Waits"
        return told, _COLOURS["queued"]
    return status.state.capitalize(), _COLOURS[status.state]


def stopping(run: Run, status: Status) -> bool:
    """Whether a person has asked it to stop, and it has not yet."""
    return status.live and (run.folder / CANCEL).exists()


def sentence(run: Run, status: Status) -> str:
    """What the run does now, or how it ended."""
    if stopping(run, status):
        return "Stopping"
    if status.state == "queued" and status.position:
        others = "1 run comes" if status.position == 1 else f"{status.position} runs come"
        return f"Waits for its turn: {others} first."
    if status.live:
        return status.stage or "Starting"
    return f"{STATES[status.state].capitalize()}."


def when(seconds: float) -> str:
    """How long ago a moment (seconds since 1970) was: "3 min ago"."""
    ago = time.time() - seconds
    if ago < 60:
        return "just now"
    return f"{duration(ago)} ago" if ago < 86_400 else f"{ago / 86_400:.0f} d ago"


def score(run: Run) -> str:
    """The test score of a run that is done: "macro F1 0.912", "" where there is none."""
    key = TASKS[run.settings.task].score
    value = _figures(run).get(key)
    return "" if value is None else f"{SCORES[key]} {value:.3f}"


def rows(run: Run) -> str:
    """How many rows it has in all parts: "1,200 rows", "" where that was not written down."""
    counts = run.settings.data.get("rows")
    if not isinstance(counts, dict):
        return ""
    n_rows = sum(counts.values())
    return "1 row" if n_rows == 1 else f"{n_rows:,} rows"


def took(run: Run) -> str:
    """How long a run that is done worked in all: "3 min in all", "" where there is no report."""
    seconds = _figures(run).get("seconds_in_all")
    return "" if seconds is None else f"{duration(seconds)} in all"


def _figures(run: Run) -> dict[str, float]:
    path = run.folder / REPORT
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return {}
    return _read(path, changed)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> dict[str, float]:
    """Test scores and time in a report, read once: with many labels it is large."""
    report = read_json(path) or {}
    test = report.get("test")
    found = {name: test[name] for name in SCORES if name in test} if isinstance(test, dict) else {}
    if "seconds_in_all" in report:
        found["seconds_in_all"] = report["seconds_in_all"]
    return found
