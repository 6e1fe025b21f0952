"""Kept: results in memory by key, the least recently used let go beyond a bound on bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Protocol


class Sized(Protocol):
    """What can be kept: it knows the memory that it takes."""

    @property
    def n_bytes(self) -> int: ...


class Kept:
    """A few large results that all threads share; they must be read-only.

    Args:
        most_bytes: Memory for all of them. The newest is kept even if it alone takes more.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, Sized] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The result of `key`, None where it is not held, or no more."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, result: Sized) -> None:
        """Hold `result`, and let go of the least recently used beyond the bound."""
        with self._lock:
            self._held[key] = result
            self._held.move_to_end(key)
            while len(self._held) > 1 and self._total() > self._most:
                self._held.popitem(last=False)

    @property
    def n_bytes(self) -> int:
        """Memory that the held results take."""
        with self._lock:
            return self._total()

    def _total(self) -> int:
        return sum(result.n_bytes for result in self._held.values())
