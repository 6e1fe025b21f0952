"""How fast texts become vectors, beside sentence-transformers in the same run.

    python benchmarks/extraction.py --data ../shared/data [--texts 3000] [--repeats 3]

Prints, for mixed-length texts and for Banking77 alone: texts a second of both, the ratio in float32
and bfloat16, what all layers and four poolings cost, and the share of the measured
matrix-multiplication peak. Both sides use the same model, threads and bound of 256 tokens; the
rival uses batch_size=32. The two take turns, and medians are compared.
"""

import argparse
import csv
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer

from embedlib.extract import extract
from embedlib.models import Encoder, load
from embedlib.models.places import find
from embedlib.tokens import tokenise

FOUR = ("mean", "cls", "max", "mean_sqrt_len")


def texts_of(folder: Path) -> Iterator[str]:
    """Every text of the data folder, whatever its file's shape."""
    columns = {"text", "question", "answer", "sentence", "gloss"}
    for file in sorted([*folder.rglob("*.csv"), *folder.rglob("*.tsv")]):
        delimiter = "\t" if file.suffix == ".tsv" else ","
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL):
                yield from (row[name] for name in columns & row.keys() if row[name])
    for file in sorted(folder.rglob("tatoeba.*.???")):
        yield from file.read_text("utf-8").splitlines()
    for file in sorted(folder.rglob("*.conll")):
        for sentence in file.read_text("utf-8").split("\n\n"):
            yield " ".join(line.split("\t")[0] for line in sentence.splitlines() if line)


def sample(texts: list[str], n: int) -> list[str]:
    usable = [text for text in texts if text.strip()]
    return random.Random(0).sample(usable, min(n, len(usable)))  # noqa: S311


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_flops(encoder: Encoder) -> float:
    """Multiply-adds a second, times two, of the model's own matrix shapes at 1,024 tokens."""
    dim = encoder.card.dim
    pairs = [(dim, dim)] * 4 + [(dim, 4 * dim), (4 * dim, dim)]
    inputs = [(torch.randn(1024, a), torch.randn(b, a)) for a, b in pairs]
    flops = sum(2 * 1024 * a * b for a, b in pairs)

    def once() -> None:
        for x, weight in inputs:
            torch.nn.functional.linear(x, weight)

    with torch.inference_mode():
        for _ in range(5):
            once()
        return 20 * flops / min(seconds_of(lambda: [once() for _ in range(20)]) for _ in range(5))


def forward_flops(encoder: Encoder, texts: list[str], settings: object) -> float:
    """What the matrices of the blocks and of attention need for these texts, without padding."""
    tokens = tokenise(encoder, list(dict.fromkeys(texts)), settings, with_spans=False)
    lengths = tokens.bounds[1:] - tokens.bounds[:-1]
    dim, layers = encoder.card.dim, encoder.card.n_layers
    blocks = 2 * 12 * dim * dim * int(lengths.sum())
    attention = 4 * dim * int((lengths**2).sum())
    return float(layers * (blocks + attention))


def compare(name: str, texts: list[str], repeats: int, rival: SentenceTransformer) -> None:
    encoders = {"float32": load(), "bfloat16": load(dtype="bfloat16")}
    last = (encoders["float32"].card.n_layers,)
    every = tuple(range(last[0] + 1))

    def ours(dtype: str, layers: tuple[int, ...], poolings: tuple[str, ...]) -> float:
        return seconds_of(lambda: extract(encoders[dtype], texts, layers=layers, poolings=poolings))

    def theirs() -> float:
        return seconds_of(lambda: rival.encode(texts, batch_size=32, show_progress_bar=False))

    rival.encode(texts[:200], batch_size=32, show_progress_bar=False)
    extract(encoders["float32"], texts[:200], layers=last, poolings=("mean",))
    extract(encoders["bfloat16"], texts[:200], layers=last, poolings=("mean",))
    runs: dict[str, list[float]] = {"theirs": [], "float32": [], "bfloat16": [], "all": []}
    for _ in range(repeats):
        runs["theirs"].append(theirs())
        runs["float32"].append(ours("float32", last, ("mean",)))
        runs["bfloat16"].append(ours("bfloat16", last, ("mean",)))
        runs["all"].append(ours("float32", every, FOUR))
    middle = {key: statistics.median(times) for key, times in runs.items()}
    n = len(texts)
    settings = extract(encoders["float32"], texts[:1], layers=last, poolings=("mean",)).settings
    share = forward_flops(encoders["float32"], texts, settings) / middle["float32"]
    share /= peak_flops(encoders["float32"])
    print(f"\n{name}: {n:,} texts, {sum(map(len, texts)) / n:.0f} characters on average")
    print(f"  sentence-transformers, batch 32, float32   {n / middle['theirs']:7.0f} texts/s")
    for dtype in encoders:
        rate, ratio = n / middle[dtype], middle["theirs"] / middle[dtype]
        print(f"  embedlib, {dtype:<32} {rate:7.0f} texts/s   {ratio:.2f} times")
    cost = middle["all"] / middle["float32"]
    print(f"  all layers x four poolings cost {cost:.2f} times the last layer with one pooling")
    print(f"  float32 reaches {share:.0%} of the matrix-multiplication peak")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    rival = SentenceTransformer(str(find().folder), device="cpu")
    rival.max_seq_length = 256
    mixed = sample(list(texts_of(options.data)), options.texts)
    compare("Mixed lengths", mixed, options.repeats, rival)
    bank = list(texts_of(options.data / "banking77"))
    compare("Banking77", sample(bank, options.texts), options.repeats, rival)


if __name__ == "__main__":
    main()
