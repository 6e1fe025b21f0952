"""How soon is a map there, beside umap-learn's default call on the same vectors, and how honest?

    python -m benchmarks.projection --data DATA

DATA holds banking77/train.csv; without it, made-up groups stand in for texts. Every contestant has
compiled before it is timed, runs alone, and the quickest of its runs counts. The claims: at a
trustworthiness at most 0.005 lower, 2,000 points at least 3 times as fast as umap-learn and 10,000
at least 1.7 times; the first map of a warmed child at most 2 s slower than a later one.
"""

import argparse
import csv
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.projection import (
    PROJECTIONS,
    Scores,
    honesty,
    neighbours,
    project,
    project_layers,
    turnover,
    worker,
)

Vectors = NDArray[np.float32]


def vectors_of(data: Path | None, n_points: int) -> Vectors:
    """(layer, point, dim) of Banking77 by the default model, or made up: two levels of groups."""
    if data is None:
        random = np.random.default_rng(0)
        large, small = random.normal(size=(12, 384)), random.normal(size=(77, 384))
        of = random.integers(0, 77, n_points)
        layers = [
            (1 - share) * large[of % 12] + share * small[of] + random.normal(size=(n_points, 384))
            for share in np.linspace(0.2, 0.8, 7)
        ]
        return np.stack(layers).astype(np.float32)
    from embedlib.models import load
    from embedlib.store import Store

    with (data / "banking77" / "train.csv").open(newline="", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)][:n_points]
    encoder = load()
    layers = range(encoder.card.n_layers + 1)
    return Store().vectors(encoder, texts, layers=layers, poolings=("mean",)).arrays["mean"]


def quickest(runs: int, make: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the quickest run, and what the last one gave."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        made = make()
        times.append(time.perf_counter() - began)
    return min(times), made


def said(name: str, seconds: float, scores: Scores, ratio: float | None = None) -> None:
    beside = "" if ratio is None else f"  {ratio:5.2f} times as fast"
    print(
        f"  {name:28} {seconds:7.2f} s  trustworthiness {scores.trustworthiness:.4f}  continuity "
        f"{scores.continuity:.4f}  kept {scores.knn_preservation:.3f}  triplets "
        f"{scores.triplets:.3f}{beside}"
    )


def beside_umap_learn(vectors: Vectors, runs: int) -> None:
    """Ours against umap-learn: its default call, and the seeded one, which one thread must run."""
    import umap

    print(f"UMAP of {len(vectors):,} x {vectors.shape[1]} vectors, {load_line()}")
    ours, made = quickest(runs, lambda: project(vectors, judge=False))
    mine = honesty(vectors, made.points).map
    said("embedlib, seeded", ours, mine)
    for name, seed in (("umap-learn, default", None), ("umap-learn, random_state=0", 0)):
        contestant = umap.UMAP(metric="cosine", random_state=seed)
        seconds, points = quickest(runs, lambda it=contestant: it.fit_transform(vectors))
        theirs = honesty(vectors, points).map
        said(name, seconds, theirs, ratio=seconds / ours)
        lower = theirs.trustworthiness - mine.trustworthiness
        print(f"    embedlib's trustworthiness is {lower:+.4f} lower")


def methods(vectors: Vectors, runs: int) -> None:
    print(f"Every method, {len(vectors):,} points, {load_line()}")
    for name in PROJECTIONS:
        seconds, made = quickest(runs, lambda name=name: project(vectors, name, judge=False))
        said(PROJECTIONS[name].label, seconds, honesty(vectors, made.points).map)


def layers_in_one_go(layers: Vectors, n_layers: int) -> None:
    """As many layers as asked for: between two of the model's, their mean stands in."""
    places = np.linspace(0, len(layers) - 1, n_layers)
    spaces = [
        (layers[int(p)] + layers[int(np.ceil(p))]) / 2 if p % 1 else layers[int(p)] for p in places
    ]
    made = project_layers(spaces)
    size = made.points.std()
    alone = np.stack([project(space, judge=False).points for space in spaces[-2:]])
    print(f"{n_layers} layers x {layers.shape[1]:,} points in one go, {load_line()}")
    print(f"  {made.seconds:.1f} s, honesty of each included; {made.points.nbytes / 1e6:.1f} MB")
    moved = np.linalg.norm(np.diff(made.points[-2:], axis=0)[0], axis=1).mean() / size
    apart = np.linalg.norm(np.diff(alone, axis=0)[0], axis=1).mean() / alone.std()
    changed = turnover(made.neighbours[-2], made.neighbours[-1]).mean()
    print(f"  last step: points move {moved:.2f} of the map's spread ({apart:.2f} if laid out")
    print(f"  apart), {changed:.0%} of true neighbours change")


def warmed_child(vectors: Vectors) -> None:
    print(f"A warmed child, {len(vectors):,} points, {load_line()}")
    began = time.perf_counter()
    worker.warm()
    print(f"  warm after {time.perf_counter() - began:.1f} s")
    first, _ = quickest(1, lambda: worker.project(vectors))
    later, _ = quickest(3, lambda: worker.project(vectors))
    print(f"  first map {first:.2f} s, later {later:.2f} s, honesty included")
    worker.close()


def searches(vectors: Vectors) -> None:
    (exact, true), (other, near) = (
        quickest(1, lambda exact=exact: neighbours(vectors, 15, exact=exact))
        for exact in (True, False)
    )
    same = (near.indices[:, :, None] == true.indices[:, None]).any(axis=2).mean()
    print(f"15 neighbours of {len(vectors):,} points, {load_line()}")
    print(f"  exact {exact:.2f} s, approximate {other:.2f} s, which finds {same:.1%} of them")


def load_line() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    warnings.filterwarnings("ignore", module="umap")  # of its seed and threads; not our numbers
    layers = vectors_of(asked.data, 10_003)
    chosen = np.random.default_rng(0).permutation(layers.shape[1])
    shuffled = np.ascontiguousarray(layers[:, chosen])
    warmed_child(shuffled[-1, :2_000])
    for name in PROJECTIONS:
        project(shuffled[-1, :100], name, options={"epochs": 10} if name != "pca" else {})
    methods(shuffled[-1, :2_000], asked.runs)
    import umap

    umap.UMAP(metric="cosine").fit(shuffled[-1, :500])  # to compile; above 4,096 there is more
    umap.UMAP(metric="cosine").fit(shuffled[-1, :4_200])
    umap.UMAP(metric="cosine", random_state=0).fit(shuffled[-1, :4_200])
    for n_points in (2_000, 10_000):
        beside_umap_learn(shuffled[-1, :n_points], asked.runs)
    layers_in_one_go(shuffled[:, :5_000], 13)
    searches(shuffled[-1])


if __name__ == "__main__":
    main()
