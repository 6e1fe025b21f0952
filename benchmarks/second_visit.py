"""What does a second visit cost, with another layer or pooling, and what does keeping cost?

    python -m benchmarks.second_visit --texts 10000

Synthetic short texts, the bundled model, all its layers and all poolings. The first visit embeds;
the others are answered from the store in new processes and in this one. The claim: with 10,000
texts, one layer and pooling of a second visit takes under 0.1 s and runs no forward pass.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import embedlib.extract
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.records import Vectors
from embedlib.store import Store
from embedlib.store.request import standard_poolings

WORDS = (
    "a",
    "my",
    "card",
    "bank",
    "account",
    "river",
    "money",
    "not",
    "sent",
    "lost",
    "new",
    "sea",
)


def texts_of(n: int) -> list[str]:
    """(n,) different texts of 5 to 15 words."""
    pick = random.Random(7)  # noqa: S311 - no secrets here
    return [f"{' '.join(pick.choices(WORDS, k=pick.randint(4, 14)))} {row}" for row in range(n)]


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def timed(
    store: Store, encoder: Encoder, texts: list[str], layers: Sequence[int], poolings: Sequence[str]
) -> tuple[float, Vectors]:
    started = time.perf_counter()
    vectors = store.vectors(encoder, texts, layers=layers, poolings=poolings)
    return time.perf_counter() - started, vectors


def visit(root: Path, n_texts: int, poolings: tuple[str, ...]) -> None:
    """A second visit: nothing may be extracted."""
    encoder, texts, store = load(), texts_of(n_texts), Store(root)
    embedlib.extract.extract = None  # type: ignore[assignment]
    every = range(encoder.card.n_layers + 1)
    for label, layers, names in (
        ("one layer, one pooling", [6], poolings[:1]),
        ("another layer", [3], poolings[:1]),
        ("another pooling", [6], poolings[1:2]),
        ("the same again", [6], poolings[1:2]),
        ("all layers, all poolings", every, poolings),
        ("all layers, all poolings, again", every, poolings),
    ):
        seconds, vectors = timed(store, encoder, texts, layers, names)
        assert vectors.from_store
        print(f"  {label:33} {seconds * 1000:8.1f} ms")
    seconds, vectors = timed(store, encoder, texts, every, poolings)
    started = time.perf_counter()
    vectors.select(poolings[0], "mean_last_4", normalise=True)
    print(f"  {'select a mix, normalised':33} {(time.perf_counter() - started) * 1000:8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--poolings", type=int, default=len(standard_poolings()))
    parser.add_argument("--root", type=Path, help="a store that was made before: only visit it")
    asked = parser.parse_args()
    poolings = standard_poolings()[: asked.poolings]
    if asked.root:
        visit(asked.root, asked.texts, poolings)
        return
    with tempfile.TemporaryDirectory() as folder:
        encoder, texts, store = load(), texts_of(asked.texts), Store(folder)
        every = range(encoder.card.n_layers + 1)
        timed(Store(Path(folder, "warm")), encoder, texts[:200], every, poolings)
        before = peak_bytes()
        seconds, vectors = timed(store, encoder, texts, every, poolings)
        n_bytes = sum(array.nbytes for array in vectors.arrays.values())
        print(f"{asked.texts:,} texts, {len(every)} layers, {len(poolings)} poolings")
        print(f"  first visit {seconds:.2f} s, of which forward passes {vectors.seconds:.2f} s")
        print(f"  {n_bytes / 2**20:,.0f} MiB on disk, peak memory beyond the model")
        print(f"  {(peak_bytes() - before) / 2**20:,.0f} MiB")
        print("second visits in a new process:")
        options = ["--texts", str(asked.texts), "--poolings", str(asked.poolings)]
        command = [sys.executable, "-m", "benchmarks.second_visit", "--root", folder, *options]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
