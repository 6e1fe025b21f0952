"""Resident: the parent's side of a child that stays."""

import atexit
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from embedlib.errors import Cancelled, WorkerError
from embedlib.records import Progress
from embedlib.residents.frames import Part
from embedlib.residents.line import Line
from embedlib.workers import HINT, Bounds, death, result

Show = Callable[[Progress], None]
Stop = Callable[[], bool]

_POLL_SECONDS: Final = 0.05
_WAITING: Final = "Waiting for another piece of work"
_WARMING: Final = "Getting ready, which takes longest the first time"


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
        self._child: Line | None = None
        self._closed = self._warming = False
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
            self._ready("Warming up", None, None)

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
            child = self._ready(what, progress, cancelled)
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
                note = _WARMING if self._warming else _WAITING
                progress(Progress(0, 0, "", time.monotonic() - began, note))

    def _ready(self, what: str, progress: Show | None, cancelled: Stop | None) -> Line:
        """The child, started and warm; the caller holds the turn."""
        if self._child is not None and self._child.alive:
            return self._child
        if self._child is not None:
            self._child.end()
        self._closed = False
        child = self._child = Line(self._module, self._bounds, self._variables)
        self._warming = True
        try:
            result(*self._listen(child, what, progress, cancelled, silence=_WARMING), what)
        except BaseException:
            child.end()
            raise
        finally:
            self._warming = False
        return child

    def _listen(
        self,
        child: Line,
        what: str,
        progress: Show | None,
        cancelled: Stop | None,
        *,
        silence: str = "",
    ) -> tuple[dict[str, Any], bytes]:
        """What the child says last; what it says before is progress, and so is its `silence`."""
        began = time.monotonic()
        end = began + self._bounds.wall_seconds
        while True:
            if cancelled is not None and cancelled():
                raise Cancelled
            if time.monotonic() > end:
                raise WorkerError(
                    f"{what} took more than {self._bounds.wall_seconds:g} seconds.", HINT
                )
            heard = child.heard()
            if heard is None:
                if silence and progress is not None:
                    progress(Progress(0, 0, "", time.monotonic() - began, silence))
                continue
            head, body = heard
            if head.get("outcome") == "gone":
                status = child.status()
                raise WorkerError(f"{what} {death(status, self._bounds)}", HINT)
            if head.get("outcome") != "progress":
                return head, body
            if progress is not None:
                progress(Progress(**json.loads(body)))

    def _replace(self, child: Line) -> None:
        """End a child; begin to warm another, so that nobody waits for that."""
        child.end()
        if not self._closed:
            threading.Thread(target=self._warm_again, name="warm-again", daemon=True).start()

    def _warm_again(self) -> None:
        try:
            self.warm()
        except WorkerError:  # whoever asks next will hear of it
            return
