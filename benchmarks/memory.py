"""Peak memory beyond the model while many short texts go to disk: all layers, two poolings.

    python -m benchmarks.memory [--texts 100000]

A process of its own, because the peak of a process never falls. Linux only.
"""

import argparse
import re
import tempfile
import time
from pathlib import Path

from embedlib.models import load
from embedlib.store import Store


def kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    assert found, f"{name} is not in /proc/self/status"
    return int(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=100_000)
    n_texts = parser.parse_args().texts
    encoder = load(dtype="float32", device="cpu")
    layers = tuple(range(encoder.card.n_layers + 1))
    texts = [f"card payment number {number} failed" for number in range(n_texts)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.vectors(encoder, texts[:500], layers=layers, poolings=("mean",))  # warm
        before = kilobytes("VmRSS")
        started = time.perf_counter()
        vectors = store.vectors(encoder, texts, layers=layers, poolings=("mean", "cls"))
        seconds = time.perf_counter() - started
        peak = kilobytes("VmHWM") - before
        n_bytes = sum(array.nbytes for array in vectors.arrays.values())
    print(
        f"\n{n_texts:,} short texts, {len(layers)} layers, two poolings: {n_bytes / 2**30:.2f} GiB "
        f"to disk in {seconds:.0f} s; peak memory beyond the model {peak / 2**20:.2f} GiB"
    )


if __name__ == "__main__":
    main()
