"""Start, cancel and resume a run's child process; what is asked of it, files answer.

The child leads a session of its own: it outlives this process, and can be ended with all that it
started.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import Final

from embedlib import paths
from embedlib.errors import OptionError, WorkerError
from embedlib.training import processes
from embedlib.training.line import check_room
from embedlib.training.runs import CANCEL, LOG, Run
from embedlib.training.status import Status, read_status, settle, write_status
from embedlib.workers import clean_environment

_GRACE_SECONDS: Final = 3.0
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
# What decides which models are found and how many threads work, beside what every child gets.
_PASSED_ON: Final = (
    *("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS"),
    *("MKL_NUM_THREADS", "LOCALAPPDATA"),
)
# An ended child stays in the system's table until its parent asks: these are asked.
_children: Final[dict[int, "subprocess.Popen[bytes]"]] = {}


def start(run: Run) -> None:
    """Put a run that was created into the line; gives back when its child has reported.

    Raises:
        OptionError: If it waits, trains or is done already.
        LimitError: If too many runs wait.
        WorkerError: If the child did not come up.
    """
    status = read_status(run.folder)
    trains = status.live and status.process is not None and status.process.alive
    if status.state == "done" or trains:
        raise OptionError(
            f"A run must not be {status.state} to be started.", "Start a new run instead."
        )
    check_room(paths.runs_folder())
    (run.folder / CANCEL).unlink(missing_ok=True)
    write_status(run.folder, Status("queued", asked=time.time(), resumes=status.resumes))
    with (run.folder / LOG).open("ab") as log:
        child = subprocess.Popen(
            # -P: what lies in the working directory must not pass for a module.
            [sys.executable, "-P", "-m", "embedlib", "train", "--run", str(run.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(run),
            start_new_session=True,
        )
    _children[child.pid] = child
    _await(run, child)


def resume(run: Run) -> None:
    """Go on with a run that was interrupted, cancelled or failed, from its newest checkpoint.

    Raises:
        OptionError: If it waits, trains or is done.
        LimitError: If too many runs wait.
        WorkerError: If the child did not come up.
    """
    status = settle(run.folder)
    if status.live or status.state == "done":
        raise OptionError(f"A run must have ended early to be resumed, and is {status.state}.")
    write_status(run.folder, replace(status, resumes=status.resumes + 1))
    start(run)


def cancel(run: Run) -> Status:
    """End a run now: asked first, then by force; gives the state after.

    What its newest checkpoint holds is kept, so that it can be resumed. Does nothing to a run that
    has ended.
    """
    status = settle(run.folder)
    if not status.live:
        return status
    (run.folder / CANCEL).touch()
    process = status.process
    if process is not None:
        processes.ask_to_end(process)
        _wait(process)
        processes.end(process)
        _wait(process)
    after = read_status(run.folder)
    if after.state != "done":
        after = replace(after, state="cancelled", stage="", position=0)
        write_status(run.folder, after)
    reap()
    return after


def reap() -> None:
    """Let ended children of this process go from the system's table."""
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            _children.pop(pid, None)


def _wait(process: processes.ProcessId) -> None:
    end = time.monotonic() + _GRACE_SECONDS
    while process.alive and time.monotonic() < end:
        reap()
        time.sleep(_POLL_SECONDS)


def _await(run: Run, child: "subprocess.Popen[bytes]") -> None:
    """Wait until the child has said that it is there."""
    end = time.monotonic() + _START_SECONDS
    while read_status(run.folder).pid != child.pid:
        if child.poll() is not None or time.monotonic() > end:
            break
        time.sleep(_POLL_SECONDS)
    reap()
    status = read_status(run.folder)
    if status.pid == child.pid:
        return
    with suppress(OSError):
        child.kill()
    child.wait()
    reap()
    what = "The training process did not come up"
    write_status(run.folder, replace(status, state="failed", what=f"{what}.", hint=f"See {LOG}."))
    raise WorkerError(f"{what}, status {child.returncode}.", f"See {LOG} in the run's folder.")


def _environment(run: Run) -> dict[str, str]:
    """No secret of the server, except the one key that the run was told to use."""
    variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    variables |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    # Threads that wait in a loop take the processor from those they wait for, and from the server:
    # on a busy machine of two cores training was eight times as fast without.
    variables["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "PASSIVE")
    if run.settings.models_dir:
        variables["EMBEDLIB_MODELS_DIR"] = run.settings.models_dir
    if run.settings.wandb:
        key = os.environ.get("WANDB_API_KEY")
        variables |= {"WANDB_API_KEY": key} if key else {"WANDB_MODE": "offline"}
        variables |= {"WANDB_DIR": str(run.folder), "WANDB_PROJECT": "embedding-explorer"}
    return clean_environment(variables)


def wait(run: Run, seconds: float | None = None) -> Status:
    """Wait until a run has ended, at most `seconds`; gives its state then."""
    end = None if seconds is None else time.monotonic() + seconds
    while (status := settle(run.folder)).live:
        if end is not None and time.monotonic() > end:
            break
        reap()
        time.sleep(4 * _POLL_SECONDS)
    child = _children.pop(status.pid or 0, None) if not status.live else None
    if child is not None:  # its last words are written: it ends by itself
        child.wait()
    return status
