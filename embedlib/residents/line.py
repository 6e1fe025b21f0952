"""The line to one child: its process, and frames both ways."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any, Final

from embedlib.residents.frames import Part, read_frame, write_frame
from embedlib.workers import (
    BOUNDS_VARIABLE,
    Bounds,
    Child,
    clean_environment,
    kill,
    log_complaints,
    scratch,
)

_POLL_SECONDS: Final = 0.05


class Line:
    """A child that was started, and what it says."""

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


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # Popen was asked for it
        raise ValueError("The stream is not open.")
    return stream
