"""A resident that does what a request names, for tests of residents."""

import os
import signal
import time
from pathlib import Path

from embedlib.errors import ReadError
from embedlib.records import Progress
from embedlib.residents import Show, serve


def warm() -> None:
    print("what a library prints", flush=True)
    if flaw := os.environ.get("EMBEDLIB_STUB_FLAW"):
        raise ReadError(flaw, "Mend it.")


def fail() -> None:
    raise ReadError("Of no interest to who asks for something else.")


def later() -> None:
    if told := os.environ.get("EMBEDLIB_STUB_LATER"):
        Path(told).touch()


def reply(request: bytes, say: Show) -> bytes:
    verb, _, rest = request.partition(b" ")
    print("more of it")
    match verb:
        case b"echo":
            return rest[::-1]
        case b"pid":
            return str(os.getpid()).encode()
        case b"counts":
            for i in range(5):
                say(Progress(i + 1, 5, "steps", 0.0, f"Step {i + 1}"))
            return b"done"
        case b"hangs":
            Path(rest.decode()).write_text(str(os.getpid()))
            time.sleep(600)
        case b"dies":
            os.kill(os.getpid(), getattr(signal, rest.decode()))
            time.sleep(600)
        case b"complains":
            raise ReadError("Line 3 must be right.", "Mend it.")
        case b"eats":
            return bytes(2**34)
    raise RuntimeError(rest.decode())


if __name__ == "__main__":
    serve([warm, fail, later], reply)
