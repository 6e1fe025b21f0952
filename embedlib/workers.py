"""Child processes for what may crash or hang: `call` in the parent, `answer` in the child.

A new kind of work is a module that ends with `if __name__ == "__main__": answer(function)`, where
`function` turns the request's bytes into the reply's; `call("its.module", request, ...)` runs it.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, NoReturn

from embedlib import errors
from embedlib.errors import Cancelled, EmbedlibError, WorkerError

_LOG = logging.getLogger(__name__)
BOUNDS_VARIABLE = "EMBEDLIB_WORKER_BOUNDS"
_POLL_SECONDS = 0.1
_HEAD_BYTES = 100  # what stands before the reply's own bytes
_ARENA_BYTES = 2**20  # what Python asks the system for when small objects need room
_MOST_WORDS = 2_000  # characters of a child's error message that the parent believes
_HOME = Path(__file__).resolve().parents[1]
_PASSED_ON = {
    *("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
}
Child = subprocess.Popen[bytes]
_SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL")


@dataclass(frozen=True)
class Bounds:
    """What a child may use before it is stopped.

    Args:
        wall_seconds: Time on the clock.
        cpu_seconds: Processor time of all its threads; None for no bound.
        memory_bytes: Address space; None for no bound (a child that uses a GPU needs none).
        reply_bytes: Size of its reply, and of any file that it writes; None for no bound.
    """

    wall_seconds: float
    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    reply_bytes: int | None = None


def call(
    module: str,
    request: bytes,
    *,
    what: str,
    bounds: Bounds,
    variables: Mapping[str, str] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bytes:
    """Run `python -m module` in a process group of its own and give its reply.

    Args:
        module: A module that calls `answer`.
        request: What its function gets.
        what: The work in words, for errors: "Reading 'a.csv'".
        bounds: What it may use.
        variables: Environment variables beyond `clean_environment`.
        cancelled: Asked ten times a second; True kills the child.

    Raises:
        EmbedlibError: The child's own error, of the same class and words.
        WorkerError: If the child died, was killed, ran out of a bound or gave no sense.
        Cancelled: If `cancelled` said so.
    """
    environment = clean_environment(variables)
    environment[BOUNDS_VARIABLE] = json.dumps(asdict(bounds))
    with scratch() as asked, scratch() as replied, scratch() as complaints:
        asked.write(request)
        asked.seek(0)
        # -P: what lies in the working directory must not pass for a module.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=asked,
            stdout=replied,
            stderr=complaints,
            env=environment,
            start_new_session=True,
        )
        try:
            _await(process, what, bounds, cancelled)
        finally:
            kill(process)
        log_complaints(complaints, module)
        if process.returncode != 0:
            raise WorkerError(f"{what} {death(process.returncode, bounds)}", HINT)
        replied.seek(0)
        return _body(replied.read(), what)


def answer(function: Callable[[bytes], bytes]) -> NoReturn:
    """Be the child of one `call`: bound this process, then pass stdin through `function`.

    An EmbedlibError travels to the parent as it is. What else goes wrong is told without its
    message in stderr, because a message may quote what a person uploaded.
    """
    bounds = json.loads(os.environ.get(BOUNDS_VARIABLE, "{}"))
    bound_this_process(bounds)
    reply = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not spoil the reply
    head, body = outcome(lambda: function(sys.stdin.buffer.read()))
    most = bounds.get("reply_bytes")
    if most is not None and len(body) + _HEAD_BYTES > most:
        head, body = {"outcome": "size"}, b""
    reply.write(json.dumps(head).encode() + b"\n" + body)
    reply.flush()
    sys.stderr.flush()
    os._exit(0)  # tearing down pyarrow or torch takes longer than many a reply


def outcome(work: Callable[[], bytes]) -> tuple[dict[str, str], bytes]:
    """In a child: do the work; how it ended, for `result`, and its reply."""
    try:
        return {"outcome": "done"}, work()
    except EmbedlibError as error:
        kind = type(error).__name__
        return {"outcome": "error", "kind": kind, "what": error.what, "hint": error.hint}, b""
    except MemoryError:
        pass  # the error holds every frame, and so all that they took, until this clause ends
    except Exception as error:
        frames = "".join(traceback.format_tb(error.__traceback__))
        sys.stderr.write(f"{frames}{type(error).__name__}\n")
        return {"outcome": "unforeseen"}, b""
    return {"outcome": "memory"}, b""


def result(head: Mapping[str, object], body: bytes, what: str) -> bytes:
    """In the parent: the reply of a child whose `outcome` came with `head`.

    Raises:
        EmbedlibError: The child's own error, of the same class and words.
        WorkerError: If it ended in another way.
    """
    ended = head.get("outcome")
    if ended == "done":
        return body
    if ended == "error":
        raise _error(head, what)
    raise WorkerError(f"{what} {_OUTCOMES.get(str(ended), _OUTCOMES['unforeseen'])}", HINT)


def clean_environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: what Python needs and our own settings, never a secret.

    Args:
        variables: Added on top as they are.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if (name in _PASSED_ON or name.startswith("EMBEDLIB_"))
        and not any(word in name for word in _SECRET_WORDS)
    }
    paths = [str(_HOME), *filter(None, [kept.get("PYTHONPATH")])]
    kept |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
    return kept | dict(variables or {})


HINT = "Nothing else was harmed. Try less, or save the file in another way."
_OUTCOMES = {
    "size": "gave more than it may.",
    "memory": "needed more memory than it may use.",
    "unforeseen": "failed in a way that was not foreseen.",
}


def scratch() -> IO[bytes]:
    """A private file without a name, in memory where the system can (a full disk is no matter)."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("embedlib"), "w+b")
    return tempfile.TemporaryFile()


def _await(process: Child, what: str, bounds: Bounds, cancelled: Callable[[], bool] | None) -> None:
    end = time.monotonic() + bounds.wall_seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=min(_POLL_SECONDS, bounds.wall_seconds))
            return
        if cancelled is not None and cancelled():
            raise Cancelled
        if _is_full(process, bounds):
            raise WorkerError(f"{what} {_OUTCOMES['memory']}", HINT)
        if time.monotonic() > end:
            raise WorkerError(f"{what} took more than {bounds.wall_seconds:g} seconds.", HINT)


def _is_full(process: Child, bounds: Bounds) -> bool:
    """Whether not even a small object fits into the child any more.

    Python 3.11 may then spin for ever: to enter an `except` clause it needs a number, to raise the
    MemoryError of that number it must enter the clause.
    """
    if bounds.memory_bytes is None:
        return False
    try:
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[0])
    except (OSError, IndexError):  # it has ended, or the system has no /proc
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > bounds.memory_bytes - _ARENA_BYTES


def kill(process: Child) -> None:
    """End a child that still runs, with every process that it started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def death(status: int, bounds: Bounds) -> str:
    """What an exit status says, in words."""
    if status >= 0:
        return f"ended early, with status {status}."
    name = {number.value: number.name for number in signal.Signals}.get(-status)
    if name == "SIGXCPU":
        return f"took more than {bounds.cpu_seconds} seconds of processor time."
    if name == "SIGKILL":
        return "was stopped by the system, most likely for want of memory."
    return f"crashed ({name or f'signal {-status}'})."


def _body(reply: bytes, what: str) -> bytes:
    """The reply without its head, or the child's error as an exception."""
    first, _, body = reply.partition(b"\n")
    try:
        head = json.loads(first)
        head["outcome"]
    except (ValueError, KeyError, TypeError):
        raise WorkerError(f"{what} gave no answer that can be understood.", HINT) from None
    return result(head, body, what)


def _error(head: Mapping[str, object], what: str) -> EmbedlibError:
    kind = getattr(errors, str(head.get("kind")), None)
    if not (isinstance(kind, type) and issubclass(kind, EmbedlibError)):
        return WorkerError(f"{what} {_OUTCOMES['unforeseen']}", HINT)
    return kind(str(head.get("what"))[:_MOST_WORDS], str(head.get("hint"))[:_MOST_WORDS])


def log_complaints(complaints: IO[bytes], module: str) -> None:
    """Log the end of what a child wrote to its standard error."""
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - 4_000))
    if text := complaints.read().decode("utf-8", "replace").strip():
        _LOG.warning("%s said: %s", module, text)


def bound_this_process(bounds: Mapping[str, float | None]) -> None:
    """Set the bounds that the parent asked for; a system without them has only the clock."""
    if sys.platform == "win32":
        return
    import resource

    def bound(kind: int, value: float | None, grace: int = 0) -> None:
        if value is not None:
            most = resource.getrlimit(kind)[1]
            soft, hard = int(value), int(value) + grace
            if most != resource.RLIM_INFINITY:
                soft, hard = min(soft, most), min(hard, most)
            with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS and refuses to set it
                resource.setrlimit(kind, (soft, hard))

    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_CPU, bounds.get("cpu_seconds"), grace=2)
    bound(resource.RLIMIT_AS, bounds.get("memory_bytes"))
    bound(resource.RLIMIT_FSIZE, bounds.get("reply_bytes"))
