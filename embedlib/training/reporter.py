"""Reporter: keeps status.json of a running child fresh, and says how the child ended."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from embedlib.errors import Cancelled, EmbedlibError, StoreError
from embedlib.pace import StageClock
from embedlib.training.processes import this_process
from embedlib.training.runs import CANCEL
from embedlib.training.status import read_status, write_status

_BEAT_SECONDS: Final = 0.5


class Reporter:
    """Writes what the child says, at most twice a second, and that it lives.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        me, before = this_process(), read_status(folder)
        self._status = replace(
            before, state="queued", pid=me.pid, started=me.started, what="", hint=""
        )
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._stages = StageClock()
        self._change()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def waiting(self, position: int) -> None:
        """So many runs come first; 0: this one's turn has come."""
        state = "queued" if position else "running"
        if (state, position) != (self._status.state, self._status.position):
            self._change(state=state, position=position)

    def say(self, stage: str, done: int, total: int, unit: str) -> None:
        """How far the work is; cheap enough for every step."""
        with self._lock:
            now = self._stages(stage, done, total, unit)
            self._status = replace(
                self._status,
                stage=stage,
                done=done,
                total=total,
                unit=unit,
                stage_seconds=now.seconds,
                before=now.before,
            )

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Whatever ends the block becomes the run's last state; what was not foreseen goes on."""
        try:
            yield
        except (SystemExit, KeyboardInterrupt, Cancelled):
            by_person = (self.folder / CANCEL).exists()
            self._end("cancelled" if by_person else "interrupted")
            raise
        except EmbedlibError as error:
            self._end("failed", error.what, error.hint)
            raise
        except BaseException as error:
            self._end("failed", *_in_words(error))
            raise
        else:
            self._end("done")

    def _end(self, state: str, what: str = "", hint: str = "") -> None:
        self._ended.set()
        with suppress(StoreError):  # a full disk: `settle` will call it interrupted
            self._change(state=state, what=what, hint=hint, stage="", position=0)

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            with suppress(StoreError), self._lock:
                if not self._ended.is_set():
                    self._write(lasting=False)

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)  # type: ignore[arg-type]
            self._write(lasting=True)

    def _write(self, *, lasting: bool) -> None:
        self._status = replace(self._status, heartbeat=time.time())
        write_status(self.folder, self._status, lasting=lasting)


def _in_words(error: BaseException) -> tuple[str, str]:
    """What was not foreseen, without its message: that may quote a person's texts."""
    if isinstance(error, MemoryError) or "out of memory" in str(error):
        return (
            "Training must fit in memory, and did not.",
            "Choose a smaller batch, fewer tokens a text, LoRA, or the probe.",
        )
    return (
        f"Training ended with an unforeseen {type(error).__name__}.",
        "Its place is in log.txt in the run's folder.",
    )
