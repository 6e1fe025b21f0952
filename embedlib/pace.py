"""How far, how fast and how long still: one voice for page, command line and a run's folder.

`said` is the line; `StageClock` makes the Progress of work that is done in stages.
"""

import time
from collections.abc import Callable

from embedlib.records import Progress


def duration(seconds: float) -> str:
    """About how long, as an estimate is said.

    >>> duration(8.2), duration(180), duration(5400)
    ('8 s', '3 min', '1.5 h')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def amount(number: float, unit: str) -> str:
    """A number with its unit, which is given in the plural; bytes as MB.

    >>> amount(10003, "texts"), amount(1, "texts"), amount(90_868_373, "bytes")
    ('10,003 texts', '1 text', '90.9 MB')
    """
    if unit == "bytes":
        return f"{number / 1e6:,.1f} MB"
    return f"{number:,.0f} {unit.removesuffix('s') if number == 1 else unit}"


def said(now: Progress) -> str:
    """How far, how fast, how long still; what cannot be known yet is left out.

    >>> said(Progress(1_200, 10_000, "texts", 6.0))
    '1,200 of 10,000 texts (12%), 200 texts/s, 44 s left'
    >>> said(Progress(1, 2_815, "steps", 0.0))
    '1 of 2,815 steps (0%)'
    """
    parts = [_far(now)]
    if now.measured and now.unit != "per cent":
        parts.append(_pace(now))
    if now.remaining_seconds is not None and now.done < now.total:
        parts.append(f"{duration(now.remaining_seconds)} left")
    return ", ".join(parts)


class StageClock:
    """The Progress of each stage, its clock and its count from where the stage began.

    A resumed stage begins in the middle, and a first step is heard of when it is over: neither
    says anything of the rate.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._last = Progress(0, 0, "", 0.0)

    def __call__(self, stage: str, done: int, total: int, unit: str) -> Progress:
        """How far `stage` is; another name, or fewer units than before, begins another stage."""
        last, before = self._last, self._last.before
        if (stage, unit) != (last.note, last.unit) or done < last.done:
            self._began, before = self._clock(), done
        self._last = Progress(done, total, unit, self._clock() - self._began, stage, before)
        return self._last


def _far(now: Progress) -> str:
    if now.unit == "per cent":
        return f"{now.done} %"
    if not now.total:
        return amount(now.done, now.unit)
    if now.unit == "bytes":
        return f"{amount(now.done, now.unit)} of {amount(now.total, now.unit)}"
    share = min(now.done / now.total, 1.0)
    return f"{now.done:,} of {now.total:,} {now.unit} ({share:.0%})"


def _pace(now: Progress) -> str:
    """The rate in words; seconds a unit where it is less than one a second.

    >>> _pace(Progress(100, 400, "texts", 2.0)), _pace(Progress(2, 20, "cells", 5.0))
    ('50 texts/s', '2.5 s a cell')
    """
    if now.unit != "bytes" and 0 < now.rate < 1:
        return f"{1 / now.rate:.1f} s a {now.unit.removesuffix('s')}"
    one_only = now.unit != "bytes" and round(now.rate) == 1
    return f"{amount(1 if one_only else now.rate, now.unit)}/s"
