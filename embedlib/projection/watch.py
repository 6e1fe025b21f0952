"""Watch: whoever waits for a map is told how far it is, and may stop it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from embedlib.errors import Cancelled
from embedlib.records import Progress

Show = Callable[[Progress], None]
Stop = Callable[[], bool]
FINDING, LAYING_OUT, JUDGING = "Finding neighbours", "Laying out", "Measuring honesty"
_PHASES: Final = {FINDING: (0.0, 0.3), LAYING_OUT: (0.3, 0.9), JUDGING: (0.9, 1.0)}


@dataclass(frozen=True, eq=False)
class Watch:
    """Whoever waits: told of progress, and asked whether to go on.

    Args:
        progress: Told, if given.
        cancelled: Asked, if given.
    """

    progress: Show | None = None
    cancelled: Stop | None = None

    def check(self) -> None:
        """Go on or not.

        Raises:
            Cancelled: If the person asked to stop.
        """
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def phased(self, began: float) -> "Watch":
        """For one whole projection: its phases, which have units of their own, in per cent of all.

        Args:
            began: Of time.monotonic.
        """

        def say(phase: Progress) -> None:
            start, end = _PHASES[phase.note]
            share = start + (end - start) * (phase.done / phase.total)
            self.say(round(100 * share), 100, "per cent", began, phase.note)

        return Watch(say, self.cancelled)

    def part(self, number: int, n_parts: int, what: str, began: float) -> "Watch":
        """For one of several equal projections: told in per cent of all of them.

        Args:
            number: Of the part, from 0.
            n_parts: How many there are.
            what: What a part is: "Layer".
            began: When the first part began, of time.monotonic.
        """

        def say(part: Progress) -> None:
            done = round((100 * number + part.done) / n_parts)
            note = f"{what} {number + 1} of {n_parts}: {part.note[:1].lower()}{part.note[1:]}"
            self.say(done, 100, "per cent", began, note)

        return Watch(say, self.cancelled)

    def say(self, done: int, total: int, unit: str, began: float, note: str) -> None:
        """Tell of progress, then `check`; `began` is of time.monotonic."""
        if self.progress is not None:
            self.progress(Progress(done, total, unit, time.monotonic() - began, note))
        self.check()
