"""flight: one thread at a time for each key; others who want the same wait, and can give up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embedlib.errors import Cancelled

_POLL_SECONDS = 0.1


class SingleFlight:
    """A lock for each key, made when it is first wanted and dropped after its last user."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def holding(self, key: str, cancelled: Callable[[], bool] | None = None) -> Iterator[None]:
        """Hold the lock of `key`.

        Raises:
            Cancelled: If `cancelled` says so while another thread holds it.
        """
        lock = self._join(key)
        try:
            while not lock.acquire(timeout=_POLL_SECONDS):
                if cancelled is not None and cancelled():
                    raise Cancelled
            try:
                yield
            finally:
                lock.release()
        finally:
            self._leave(key)

    def __len__(self) -> int:
        return len(self._locks)

    def _join(self, key: str) -> threading.Lock:
        with self._guard:
            lock, n_users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, n_users + 1
            return lock

    def _leave(self, key: str) -> None:
        with self._guard:
            lock, n_users = self._locks.pop(key)
            if n_users > 1:
                self._locks[key] = lock, n_users - 1
