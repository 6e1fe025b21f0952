"""Which process is which: a process id alone is given again, with its start time it is not."""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass

_CLOCK_SECONDS = 2.0  # the system's idea of when it was started may move by this


@dataclass(frozen=True)
class ProcessId:
    """A process of this machine.

    Args:
        pid: Its number.
        started: When it was started, seconds since 1970.
    """

    pid: int
    started: float

    @property
    def alive(self) -> bool:
        """Whether it still runs; one that ended and was not fetched yet does not."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_SECONDS
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


def this_process() -> ProcessId:
    """The process that asks."""
    found = identify(os.getpid())
    assert found is not None  # noqa: S101 - we run
    return found


def identify(pid: int) -> ProcessId | None:
    """The process with that number, None if there is none."""
    import psutil

    try:
        return ProcessId(pid, psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def ask_to_end(process: ProcessId) -> None:
    """SIGTERM to a process and its children; nothing where it is gone."""
    _send(process, signal.SIGTERM)


def end(process: ProcessId) -> None:
    """SIGKILL to a process and its children; nothing where it is gone."""
    _send(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _send(process: ProcessId, number: int) -> None:
    if not process.alive:
        return
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(process.pid, number)
            return
        # Only a process that leads its own group is ours to signal as a group.
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
