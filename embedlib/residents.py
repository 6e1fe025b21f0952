"""Child processes that stay: warmed once, then asked one thing at a time, replaced if they die.

A new one is a module that ends with `if __name__ == "__main__": serve(warm, reply)`, and a
`Resident("its.module", ...)` in the parent. It ends with its parent, however that ends.
"""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import IO, Any, Final, NoReturn

from embedlib.errors import Cancelled, WorkerError
from embedlib.records import Progress
from embedlib.workers import (
    BOUNDS_VARIABLE,
    HINT,
    Bounds,
    Child,
    bound_this_process,
    clean_environment,
    death,
    kill,
    log_complaints,
    outcome,
    result,
    scratch,
)

Show = Callable[[Progress], None]
Stop = Callable[[], bool]
Reply = Callable[[bytes, Show], bytes]
Part = bytes | memoryview

_POLL_SECONDS: Final = 0.05
_SAY_SECONDS: Final = 0.1  # between two words of progress
_WAITING: Final = "Waiting for another piece of work"


class Resident:
    """A child process that serves one request at a time, in the order in which they get in.

    Args:
        module: A module that calls `serve`.
        bounds: What it may use; `wall_seconds` is for one request, and for warming up.
        variables: Environment variables beyond `clean_environment`.
    """

    def __init__(
        self, module: str, bounds: Bounds, variables: Mapping[str, str] | None = None
    ) -> None:
        self._module, self._bounds, self._variables = module, bounds, dict(variables or {})
        self._turn = threading.Lock()
        self._child: _Line | None = None
        self._closed = False
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """Of the child, None while there is none."""
        child = self._child
        return child.process.pid if child is not None and child.alive else None

    def warm(self) -> None:
        """Start the child, if there is none, and wait until it is ready.

        Raises:
            WorkerError: If it died or took too long.
        """
        with self._turn:
            self._ready("Warming up", None)

    def ask(
        self,
        request: Sequence[Part],
        *,
        what: str,
        progress: Show | None = None,
        cancelled: Stop | None = None,
    ) -> bytes:
        """The child's reply. Whatever goes wrong, the next request meets a fresh child.

        Args:
            request: Parts of what its function gets.
            what: The work in words, for errors: "The map".
            progress: Called with what the child says.
            cancelled: Asked often; True kills the child.

        Raises:
            EmbedlibError: The child's own error, of the same class and words.
            WorkerError: If it died, ran out of a bound or gave no sense.
            Cancelled: If `cancelled` said so.
        """
        self._wait_for_turn(progress, cancelled)
        try:
            child = self._ready(what, cancelled)
            try:
                child.send(request)
                head, body = self._listen(child, what, progress, cancelled)
            except BaseException:  # in the middle of a request it is of no use to the next
                self._replace(child)
                raise
        finally:
            self._turn.release()
        return result(head, body, what)

    def close(self) -> None:
        """End the child, whatever it is doing. A later request starts another."""
        self._closed = True
        if self._child is not None:
            self._child.end()

    def _wait_for_turn(self, progress: Show | None, cancelled: Stop | None) -> None:
        began = time.monotonic()
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            if cancelled is not None and cancelled():
                raise Cancelled
            if progress is not None:
                progress(Progress(0, 0, "", time.monotonic() - began, _WAITING))

    def _ready(self, what: str, cancelled: Stop | None) -> "_Line":
        """The child, started and warm; the caller holds the turn."""
        if self._child is not None and self._child.alive:
            return self._child
        if self._child is not None:
            self._child.end()
        self._closed = False
        child = self._child = _Line(self._module, self._bounds, self._variables)
        try:
            result(*self._listen(child, what, None, cancelled), what)
        except BaseException:
            child.end()
            raise
        return child

    def _listen(
        self, child: "_Line", what: str, progress: Show | None, cancelled: Stop | None
    ) -> tuple[dict[str, Any], bytes]:
        """What the child says last; what it says before is progress."""
        end = time.monotonic() + self._bounds.wall_seconds
        while True:
            if cancelled is not None and cancelled():
                raise Cancelled
            if time.monotonic() > end:
                raise WorkerError(
                    f"{what} took more than {self._bounds.wall_seconds:g} seconds.", HINT
                )
            heard = child.heard()
            if heard is None:
                continue
            head, body = heard
            if head.get("outcome") == "gone":
                status = child.status()
                raise WorkerError(f"{what} {death(status, self._bounds)}", HINT)
            if head.get("outcome") != "progress":
                return head, body
            if progress is not None:
                progress(Progress(**json.loads(body)))

    def _replace(self, child: "_Line") -> None:
        """End a child; begin to warm another, so that nobody waits for that."""
        child.end()
        if not self._closed:
            threading.Thread(target=self._warm_again, name="warm-again", daemon=True).start()

    def _warm_again(self) -> None:
        try:
            self.warm()
        except WorkerError:  # whoever asks next will hear of it
            return


class _Line:
    """The line to one child: frames of a line of JSON and so many bytes, both ways."""

    def __init__(self, module: str, bounds: Bounds, variables: Mapping[str, str]) -> None:
        self._complaints = scratch()
        self._module, self._ending = module, threading.Lock()
        environment = clean_environment(variables)
        environment[BOUNDS_VARIABLE] = json.dumps(asdict(bounds))
        # -P: what lies in the working directory must not pass for a module.
        self.process: Child = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=environment,
            start_new_session=True,
        )
        self._said: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._hear, name=f"hears-{module}", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def send(self, request: Sequence[Part]) -> None:
        """Pass a request on; a child that is gone is noticed by `heard`."""
        sender = self.process.stdin
        try:
            write_frame(_opened(sender), {"outcome": "request"}, request)
        except (BrokenPipeError, ValueError):
            return

    def heard(self) -> tuple[dict[str, Any], bytes] | None:
        """The next that it said, None if that takes longer than a moment."""
        try:
            return self._said.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            return None

    def status(self) -> int:
        """How the child ended; call it only when it has."""
        self.end()
        return int(self.process.returncode)

    def end(self) -> None:
        """Kill the child if it still runs, and log what it complained of."""
        with self._ending:
            if self._complaints.closed:
                return
            kill(self.process)
            log_complaints(self._complaints, self._module)
            self._complaints.close()
            with suppress(OSError):  # what was still to be sent goes nowhere
                _opened(self.process.stdin).close()

    def _hear(self) -> None:
        with _opened(self.process.stdout) as stream:
            while True:
                try:
                    frame = read_frame(stream)
                except (OSError, ValueError):
                    frame = None
                self._said.put(frame or ({"outcome": "gone"}, b""))
                if frame is None:
                    break
        self.process.wait()


def serve(warm: Callable[[], None], reply: Reply) -> NoReturn:
    """Be a resident's child: warm up, then answer request after request until the parent is gone.

    Args:
        warm: Whatever makes the first request as quick as the others.
        reply: Given a request's bytes and a function to say Progress to.
    """
    bound_this_process(json.loads(os.environ.get(BOUNDS_VARIABLE, "{}")))
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not spoil a reply
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(requests,), daemon=True).start()

    def warming() -> bytes:
        warm()
        return b""

    write_frame(stream, outcome(warming)[0], ())
    while True:
        head, body = outcome(partial(reply, requests.get(), _Sayer(stream)))
        write_frame(stream, head, (body,))


class _Sayer:
    """Says progress to the parent, not too often."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._next, self._note = 0.0, ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next and progress.note == self._note:
            return
        self._next, self._note = now + _SAY_SECONDS, progress.note
        write_frame(self._stream, {"outcome": "progress"}, (json.dumps(asdict(progress)).encode(),))


def _take(requests: "queue.SimpleQueue[bytes]") -> None:
    """Read requests until the parent is gone; then end at once, whatever is being done."""
    try:
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            requests.put(frame[1])
    finally:
        os._exit(0)


def write_frame(stream: IO[bytes], head: Mapping[str, Any], parts: Sequence[Part]) -> None:
    """Write a line of JSON with the number of bytes that follow, then these."""
    n_bytes = sum(len(memoryview(part).cast("B")) for part in parts)
    stream.write(json.dumps({**head, "bytes": n_bytes}).encode() + b"\n")
    for part in parts:
        stream.write(part)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """What `write_frame` wrote; None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    body = stream.read(head["bytes"])
    return (head, body) if len(body) == head["bytes"] else None


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # Popen was asked for it
        raise ValueError("The stream is not open.")
    return stream
