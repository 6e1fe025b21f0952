"""Progress on the command line: a bar on a terminal, a plain line every few seconds elsewhere."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from embedlib.pace import said
from embedlib.records import Progress

PLAIN_EVERY_SECONDS = 5.0
BAR_EVERY_SECONDS = 0.1
_BAR_WIDTH = 24


def duration(seconds: float) -> str:
    """Seconds as a person reads them.

    >>> duration(42.4), duration(200), duration(3723)
    ('42 s', '3:20 min', '1:02:03 h')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02} h"
    return f"{minutes}:{rest:02} min" if minutes else f"{rest} s"


class ProgressLine:
    """Shows each Progress it is called with; a context manager that leaves a clean line.

    Args:
        stream: Where to write; standard error by default.
        clock: Seconds that only grow.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._terminal = self._stream.isatty()
        self._next = clock() + (0.0 if self._terminal else PLAIN_EVERY_SECONDS)
        self._notes: set[str] = set()

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def __call__(self, progress: Progress) -> None:
        """Show `progress` if it is time to; a note is said once, at once."""
        if progress.note and progress.note not in self._notes:
            self._notes.add(progress.note)
            self.say(progress.note)
        if self._clock() >= self._next:
            self._next = self._clock() + (
                BAR_EVERY_SECONDS if self._terminal else PLAIN_EVERY_SECONDS
            )
            self._draw(progress)

    def say(self, line: str) -> None:
        """Write one line that stays."""
        self._clear()
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def _draw(self, progress: Progress) -> None:
        if not self._terminal:
            self.say(said(progress))
            return
        share = min(progress.done / progress.total, 1.0) if progress.total else 0.0
        filled = round(share * _BAR_WIDTH)
        bar = f"[{'#' * filled}{'-' * (_BAR_WIDTH - filled)}] " if progress.total else ""
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r\x1b[K" + (bar + said(progress))[:width])
        self._stream.flush()

    def _clear(self) -> None:
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
