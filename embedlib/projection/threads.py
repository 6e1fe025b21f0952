"""Threads for compiled loops that hold no lock: even shares of rows, one share a thread.

Plain threads rather than numba's own: several callers may be in at once, nothing spins while it
waits, and a loop compiles in a fraction of the time.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache


def n_threads() -> int:
    """Threads that this process may use: its processors, or fewer by OMP_NUM_THREADS."""
    can_ask = hasattr(os, "sched_getaffinity")
    here = len(os.sched_getaffinity(0)) if can_ask else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(here, int(asked))) if asked.isdecimal() else here


def over_rows(n_rows: int, work: Callable[[int, int], object], *, least: int) -> None:
    """Call `work(first, last)` on shares of the rows that cover each once.

    Args:
        n_rows: Rows in all.
        work: Must write only what belongs to its rows.
        least: Rows that are worth a thread; fewer are not shared.
    """
    n_shares = min(n_threads(), n_rows // max(1, least))
    if n_shares < 2:
        work(0, n_rows)
        return
    bounds = [n_rows * share // n_shares for share in range(n_shares + 1)]
    shares = [_pool().submit(work, *bounds[i : i + 2]) for i in range(1, n_shares)]
    work(*bounds[:2])  # rather than wait with idle hands
    wait(shares)
    for share in shares:
        share.result()  # raises what was raised


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, n_threads() - 1), thread_name_prefix="rows")
