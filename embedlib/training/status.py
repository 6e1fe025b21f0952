"""The state of a run: status.json, a heartbeat, and what a state means when its process is gone.

A further state is a row of `STATES`.
"""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from embedlib.records import Progress
from embedlib.table import Table
from embedlib.training.durable import read_json, write_json
from embedlib.training.processes import ProcessId

FILE: Final = "status.json"
STATES: Final = Table(
    "state",
    {
        "queued": "waits for its turn",
        "running": "trains",
        "done": "finished, with a report and a model",
        "failed": "ended with an error",
        "cancelled": "stopped by a person",
        "interrupted": "its process ended, by a kill or a restart; can be resumed",
    },
)
LIVE: Final = ("queued", "running")
_LAUNCH_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Status:
    """Where a run is.

    Args:
        state: A name in STATES.
        pid, started: Its process, None before there was one.
        asked: When it was put into the queue, seconds since 1970.
        heartbeat: When its process last said that it lives, seconds since 1970.
        stage: What it does now, for a person: "Fine-tuning", "Embedding".
        done, total, unit: How far this stage is; total 0 when not known.
        stage_seconds: Since the stage began.
        before: Units that were done when it began.
        position: Runs before it in the queue; 0 once it runs.
        what, hint: The error's two sentences, once failed.
        resumes: How often it was resumed.
    """

    state: str
    pid: int | None = None
    started: float | None = None
    asked: float = 0.0
    heartbeat: float = 0.0
    stage: str = ""
    done: int = 0
    total: int = 0
    unit: str = "steps"
    stage_seconds: float = 0.0
    before: int = 0
    position: int = 0
    what: str = ""
    hint: str = ""
    resumes: int = 0

    @property
    def live(self) -> bool:
        """Whether it waits or trains."""
        return self.state in LIVE

    @property
    def process(self) -> ProcessId | None:
        if self.pid is None or self.started is None:
            return None
        return ProcessId(self.pid, self.started)

    @property
    def progress(self) -> Progress:
        """How far the stage is, as all long work says it."""
        note = f"Waiting behind {self.position}" if self.position else self.stage
        return Progress(self.done, self.total, self.unit, self.stage_seconds, note, self.before)


def write_status(folder: Path, status: Status, *, lasting: bool = True) -> None:
    """Put a run's state on disk; see `durable.write_json`."""
    write_json(folder / FILE, asdict(status), lasting=lasting)


def read_status(folder: Path) -> Status:
    """A run's state as it is: a live state without a live process is an interruption.

    The correction is written down by `settle`, so that only one place decides it.
    """
    status = _status(read_json(folder / FILE))
    return replace(status, state="interrupted") if _abandoned(status) else status


def settle(folder: Path) -> Status:
    """`read_status`, and the correction on disk where one was needed."""
    noted = _status(read_json(folder / FILE))
    status = read_status(folder)
    if status.state != noted.state:
        write_status(folder, status)
    return status


def _status(content: dict[str, Any] | None) -> Status:
    fields = {name: (content or {}).get(name) for name in Status.__dataclass_fields__}
    known = {name: value for name, value in fields.items() if value is not None}
    if known.get("state") not in STATES:
        return Status("interrupted")
    return Status(**known)


def _abandoned(status: Status) -> bool:
    if not status.live:
        return False
    process = status.process
    if process is None:  # the child has not written yet
        return time.time() - status.asked > _LAUNCH_SECONDS
    return not process.alive
