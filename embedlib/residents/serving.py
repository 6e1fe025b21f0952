"""Serving: what a resident's child does: get ready, then answer until its parent is gone."""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import IO, Final, NoReturn

from embedlib.records import Progress
from embedlib.residents.frames import read_frame, write_frame
from embedlib.workers import BOUNDS_VARIABLE, bound_this_process, outcome

Show = Callable[[Progress], None]
Reply = Callable[[bytes, Show], bytes]

_SAY_SECONDS: Final = 0.1  # between two words of progress


def serve(steps: Sequence[Callable[[], None]], reply: Reply) -> NoReturn:
    """Be a resident's child: warm up, then answer request after request until the parent is gone.

    Args:
        steps: Of warming up. The child is ready after the first; the others are done while nobody
            asks for anything, so that keep them short: a request waits for the one in hand.
        reply: Given a request's bytes and a function to say Progress to.
    """
    bound_this_process(json.loads(os.environ.get(BOUNDS_VARIABLE, "{}")))
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not spoil a reply
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(requests,), daemon=True).start()
    first, *others = map(_quietly, steps)
    write_frame(stream, outcome(first)[0], ())
    while True:
        head, body = outcome(partial(reply, _next(requests, others), _Sayer(stream)))
        write_frame(stream, head, (body,))


def _next(requests: "queue.SimpleQueue[bytes]", others: list[Callable[[], bytes]]) -> bytes:
    """The next request; until there is one, steps that are still to be done."""
    while others:
        try:
            return requests.get_nowait()
        except queue.Empty:
            outcome(others.pop(0))  # if it failed, whoever needs it will hear
    return requests.get()


def _quietly(step: Callable[[], None]) -> Callable[[], bytes]:
    def done() -> bytes:
        step()
        return b""

    return done


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
