"""The line of waiting runs: one trains at a time on a machine, in the order they came.

A row of an SQLite file is a place; rows whose process is gone do not count. SQLite's own locks keep
several processes apart, and the file needs no server.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from embedlib.errors import StoreError
from embedlib.limits import LIMITS
from embedlib.training.processes import ProcessId, this_process

FILE: Final = "queue.sqlite"
_POLL_SECONDS: Final = 0.3
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS line (place INTEGER PRIMARY KEY AUTOINCREMENT, "
    "pid INTEGER NOT NULL, started REAL NOT NULL, run TEXT NOT NULL)"
)


@contextmanager
def turn(root: Path, run: str, waiting: Callable[[int], None]) -> Iterator[None]:
    """Wait for the turn of this process, and keep it within the block.

    Args:
        root: The folder that holds the line; made when needed.
        run: The run's id, for who looks at the line.
        waiting: Called with the number of runs before this one, 0 when its turn has come.

    Raises:
        LimitError: If too many runs are waiting.
        StoreError: If the line cannot be kept on disk.
    """
    place = _join(root, run)
    try:
        while True:
            before = _before(root, place)
            waiting(before)
            if not before:
                break
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        _leave(root, place)


def waiting_runs(root: Path) -> tuple[str, ...]:
    """Runs in the line that live, the one that trains first."""
    if not (root / FILE).exists():
        return ()
    with _line(root) as line:
        return tuple(run for _, run in _living(line))


def check_room(root: Path) -> None:
    """Refuse a further run when too many wait.

    Raises:
        LimitError: Says how many.
    """
    n_waiting = len(waiting_runs(root))
    if n_waiting >= LIMITS["queued_runs"].value:
        LIMITS["queued_runs"].check(n_waiting + 1, "The number of runs that wait")


def _join(root: Path, run: str) -> int:
    check_room(root)
    me = this_process()
    with _line(root) as line:
        row = line.execute(
            "INSERT INTO line (pid, started, run) VALUES (?, ?, ?)", (me.pid, me.started, run)
        )
        assert row.lastrowid is not None  # noqa: S101 - an INSERT has one
        return row.lastrowid


def _before(root: Path, place: int) -> int:
    with _line(root) as line:
        return sum(other < place for other, _ in _living(line))


def _leave(root: Path, place: int) -> None:
    with _line(root) as line:
        line.execute("DELETE FROM line WHERE place = ?", (place,))


def _living(line: sqlite3.Connection) -> list[tuple[int, str]]:
    """Places in order, after those of dead processes are cleared away."""
    rows = line.execute("SELECT place, pid, started, run FROM line ORDER BY place").fetchall()
    dead = [(row[0],) for row in rows if not ProcessId(row[1], row[2]).alive]
    line.executemany("DELETE FROM line WHERE place = ?", dead)
    gone = {place for (place,) in dead}
    return [(row[0], row[3]) for row in rows if row[0] not in gone]


@contextmanager
def _line(root: Path) -> Iterator[sqlite3.Connection]:
    """A transaction that no other process can interleave with."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(root / FILE, timeout=30, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"The line of waiting runs cannot be kept: {error}.",
            "Free some space, or set EMBEDLIB_HOME to a folder that can be written.",
        ) from error
