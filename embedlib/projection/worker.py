"""The functions of `embedlib.projection` in a process of their own: same arguments, same results.

One process serves all users of this one, one request at a time; `warm` starts it beforehand. A
crash or a cancel harms no one else, and the next request meets a fresh process.
"""

import functools
import os
from collections.abc import Callable
from functools import cache
from typing import Any, Final, ParamSpec, TypeVar

from embedlib import projection
from embedlib.limits import LIMITS
from embedlib.projection.wire import packed, unpacked
from embedlib.residents import Resident
from embedlib.workers import Bounds

Given = ParamSpec("Given")
Made = TypeVar("Made")

# As many threads as here, so that the results are the same to the last digit.
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_COMPILED: Final = "NUMBA_CACHE_DIR"  # a folder of compiled loops that others share


@cache
def resident() -> Resident:
    """The process, shared by all threads of this one."""
    bounds = Bounds(
        wall_seconds=LIMITS["map_seconds"].value, memory_bytes=LIMITS["map_memory_bytes"].value
    )
    passed = {name: os.environ[name] for name in (*_THREADS, _COMPILED) if name in os.environ}
    return Resident("embedlib.projection.child", bounds, passed)


def warm() -> None:
    """Start the process and wait until its first map will be as quick as any.

    Raises:
        WorkerError: If it cannot be started.
    """
    resident().warm()


def close() -> None:
    """End the process; it also ends with this one, and a later request starts another."""
    resident().close()


def _there(function: Callable[Given, Made], what: str) -> Callable[Given, Made]:
    """`function` in the child; Cancelled and WorkerError may come from there, too."""

    @functools.wraps(function)
    def asking(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        passed: dict[str, Any] = dict(kwargs)
        progress, cancelled = passed.pop("progress", None), passed.pop("cancelled", None)
        request = packed((function.__name__, args, passed))
        made: Made = unpacked(
            resident().ask(request, what=what, progress=progress, cancelled=cancelled)
        )
        return made

    return asking


honesty = _there(projection.honesty, "Measuring honesty")
neighbours = _there(projection.neighbours, "Finding neighbours")
place = _there(projection.place, "Placing texts")
project = _there(projection.project, "The map")
project_layers = _there(projection.project_layers, "The map of the layers")
stability = _there(projection.stability, "Measuring stability")
