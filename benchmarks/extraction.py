"""How fast texts become vectors, beside sentence-transformers in the same run.

    python -m benchmarks.extraction --data ../shared/data [--quick] [--texts 8000] [--repeats 5]

Prints texts a second of both in float32 and bfloat16, for texts of mixed lengths and for Banking77
alone; the share of the measured matrix-multiplication peak; what all layers and four poolings
cost; and the peak memory of many short texts going to disk.

Both sides have the same model, threads and bound of 256 tokens; the rival has batch_size=32. They
take turns, medians are compared, and nothing is read from the store. `--quick` takes a minute.
"""

import argparse
import csv
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from embedlib.extract import extract
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.models.places import find
from embedlib.records import TokenSettings
from embedlib.tokens import tokenise

FOUR = ("mean", "cls", "max", "mean_sqrt_len")
COLUMNS = ("text", "question", "answer", "sentence", "gloss")
CLOCK = time.perf_counter
MEMORY = "benchmarks.memory"


def texts_of(folder: Path) -> Iterator[str]:
    """Every text of the data folder, whatever its file's shape; some are blank."""
    for file in sorted([*folder.rglob("*.csv"), *folder.rglob("*.tsv")]):
        tabs = file.suffix == ".tsv"
        quoting = csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t" if tabs else ",", quoting=quoting):
                yield from (row[name] for name in COLUMNS if row.get(name))
    for file in sorted(folder.rglob("tatoeba.*.???")):
        yield from file.read_text("utf-8").splitlines()
    for file in sorted(folder.rglob("*.conll")):
        for sentence in file.read_text("utf-8").split("\n\n"):
            yield " ".join(line.split("\t")[0] for line in sentence.splitlines() if line)


def sample(texts: Iterator[str], n_texts: int) -> list[str]:
    """The same texts at every call, each once, so that leaving out duplicates wins nothing."""
    unique = list(dict.fromkeys(text for text in texts if text.strip()))
    return random.Random(0).sample(unique, min(n_texts, len(unique)))  # noqa: S311


def seconds_of(work: Callable[[], object]) -> float:
    started = CLOCK()
    work()
    return CLOCK() - started


@dataclass(frozen=True)
class Contest:
    """All that takes turns: ours and the rival in both formats, all layers, and the peak."""

    ours: dict[str, Encoder]
    rivals: dict[str, SentenceTransformer]

    def entries(self, texts: list[str]) -> dict[str, Callable[[], object]]:
        n_layers = self.ours["float32"].card.n_layers
        last, every = (n_layers,), tuple(range(n_layers + 1))

        def ours(dtype: str, layers: tuple[int, ...], poolings: tuple[str, ...]) -> object:
            return extract(self.ours[dtype], texts, layers=layers, poolings=poolings)

        def theirs(dtype: str) -> object:
            return self.rivals[dtype].encode(texts, batch_size=32, show_progress_bar=False)

        return {
            "theirs float32": lambda: theirs("float32"),
            "ours float32": lambda: ours("float32", last, ("mean",)),
            "all float32": lambda: ours("float32", every, FOUR),
            "theirs bfloat16": lambda: theirs("bfloat16"),
            "ours bfloat16": lambda: ours("bfloat16", last, ("mean",)),
        }


def medians(entries: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    runs: dict[str, list[float]] = {name: [] for name in entries}
    for _ in range(repeats):
        for name, work in entries.items():
            runs[name].append(seconds_of(work))
    return {name: statistics.median(seconds) for name, seconds in runs.items()}


def peak_flops(encoder: Encoder, n_tokens: int = 1024) -> float:
    """Floating-point operations a second in the products of one block's own shapes."""
    weights = [w for w in next(iter(blocks(encoder))).parameters() if w.dim() == 2]
    inputs = [torch.randn(n_tokens, weight.shape[1], dtype=weight.dtype) for weight in weights]
    flops = sum(2 * n_tokens * weight.numel() for weight in weights)

    def once() -> None:
        for rows, weight in zip(inputs, weights, strict=True):
            torch.nn.functional.linear(rows, weight)

    with torch.inference_mode():
        return flops / min(seconds_of(once) for _ in range(60))


def blocks(encoder: Encoder) -> torch.nn.ModuleList:
    lists = [m for m in encoder.model.modules() if isinstance(m, torch.nn.ModuleList)]
    return next(found for found in lists if len(found) == encoder.card.n_layers)


def needed_flops(encoder: Encoder, texts: list[str]) -> float:
    """Operations that these texts need in weights and attention, without any padding."""
    lengths = np.diff(tokenise(encoder, texts, TokenSettings(), with_spans=False).bounds)
    n_weights = sum(w.numel() for w in blocks(encoder).parameters() if w.dim() == 2)
    attention = 4 * encoder.card.n_layers * encoder.card.dim * int((lengths**2).sum())
    return float(2 * n_weights * int(lengths.sum()) + attention)


def show(name: str, texts: list[str], contest: Contest, repeats: int) -> None:
    encoder = contest.ours["float32"]
    for work in contest.entries(texts[:200]).values():
        work()  # warm
    peak = max(peak_flops(encoder) for _ in range(3))
    seconds = medians(contest.entries(texts), repeats)
    share = needed_flops(encoder, texts) / seconds["ours float32"] / peak
    lengths = np.diff(tokenise(encoder, texts, TokenSettings(), with_spans=False).bounds)
    print(f"\n{name}: {len(texts):,} texts of {lengths.mean():.1f} tokens (median of {repeats})")
    for dtype in ("float32", "bfloat16"):
        theirs, ours = seconds[f"theirs {dtype}"], seconds[f"ours {dtype}"]
        plain = seconds["theirs float32"]
        print(f"  sentence-transformers {dtype:<10}{len(texts) / theirs:8,.0f} texts/s")
        ratios = f"{plain / ours:.2f} x its float32, {theirs / ours:.2f} x the same format"
        print(f"  embedlib              {dtype:<10}{len(texts) / ours:8,.0f} texts/s   {ratios}")
    cost = seconds["all float32"] / seconds["ours float32"]
    print(f"  all layers x four poolings: {cost:.2f} x the last layer with one pooling")
    print(f"  float32 peak of its own matrices {peak / 1e9:.0f} GFLOP/s; embedlib has {share:.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--texts", type=int, default=8_000)
    parser.add_argument("--short-texts", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if options.quick:
        options.texts, options.repeats, options.short_texts = 1_500, 3, 10_000
    folder = str(find().folder)
    contest = Contest(
        {dtype: load(dtype=dtype, device="cpu") for dtype in ("float32", "bfloat16")},
        {
            dtype: SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": dtype})
            for dtype in ("float32", "bfloat16")
        },
    )
    for rival in contest.rivals.values():
        rival.max_seq_length = 256
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    sets = {"Mixed lengths": options.data, "Banking77": options.data / "banking77"}
    for name, data in sets.items():
        show(name, sample(texts_of(data), options.texts), contest, options.repeats)
    sys.stdout.flush()
    command = [sys.executable, "-m", MEMORY, "--texts", str(options.short_texts)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
