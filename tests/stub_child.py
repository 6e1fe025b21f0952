"""A child that does what its request names: one function a misdeed, for tests of workers."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from embedlib.errors import ReadError
from embedlib.workers import answer


def echo(rest: bytes) -> bytes:
    return rest[::-1]


def segfault(_: bytes) -> bytes:
    return ctypes.string_at(0)


def abort(_: bytes) -> bytes:
    os.abort()


def killed(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def stopped_by_a_rare_signal(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGRTMIN + 3)
    return b""


def leaves(_: bytes) -> bytes:
    os._exit(3)


def hangs(_: bytes) -> bytes:
    time.sleep(600)
    return b""


def hangs_with_a_grandchild(rest: bytes) -> bytes:
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(rest.decode()).write_text(str(grandchild.pid))
    time.sleep(600)
    return b""


def spins(_: bytes) -> bytes:
    while True:
        pass


def eats(_: bytes) -> bytes:
    return bytes(2**34)


def fills_up(_: bytes) -> bytes:
    """Takes all the memory that it may have, to the last small object, and lives on."""
    taken: list[object] = []
    size = 2**24
    while size >= 16:
        try:
            taken.append(bytearray(size))
        except MemoryError:
            size //= 2
    time.sleep(600)
    return b""


def writes_too_much(_: bytes) -> bytes:
    return bytes(2**22)


def talks(rest: bytes) -> bytes:
    print("noise that a library prints")
    os.write(1, b"noise from C")
    return rest


def complains(_: bytes) -> bytes:
    raise ReadError("Line 3 must be right, got 'x'.", "Mend it.")


def fails(rest: bytes) -> bytes:
    raise RuntimeError(rest.decode())


def tells_environment(_: bytes) -> bytes:
    return json.dumps(dict(os.environ)).encode()


def _act(request: bytes) -> bytes:
    name, _, rest = request.partition(b" ")
    misdeed: Callable[[bytes], bytes] = globals()[name.decode()]
    return misdeed(rest)


if __name__ == "__main__":
    answer(_act)
