"""How long does the grid of 7 layers x 4 poolings take, beside LogisticRegression per cell?

    python -m benchmarks.layers --data DATA [--rows 10003] [--rival-cells 2]

DATA holds banking77/train.csv. The vectors are made first (or read from the store) and not
counted. The rival is scikit-learn's LogisticRegression, fitted fold by fold on the same scaled
rows with the same penalty and the same folds, on some cells, for all take very long. Processor
seconds are compared, so that a busy machine changes little; set OMP_NUM_THREADS=1 there, or waiting
threads are counted as work.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from embedlib import embed
from embedlib.probes import Cell, GridOptions, Problem, grid, interval, problem, score_cell
from embedlib.probes.logistic import PENALTY, scaled
from embedlib.records import Floats, Vectors

POOLINGS = ("mean", "cls", "max", "last")
BOUND_SECONDS = 90


def rival(rows: Floats, posed: Problem) -> tuple[float, Floats]:
    """Processor seconds and accuracy of each fold."""
    from sklearn.linear_model import LogisticRegression

    began = time.process_time()
    scores = []
    for fold in range(posed.n_folds):
        tested = posed.folds == fold
        fitted = LogisticRegression(C=1 / PENALTY, max_iter=1000).fit(
            rows[~tested], posed.codes[~tested]
        )
        scores.append(fitted.score(rows[tested], posed.codes[tested]))
    return time.process_time() - began, np.array(scores, dtype=np.float32)


def beside(cell: Cell, vectors: Vectors, posed: Problem) -> None:
    """One cell and the rival's, and whether the scores differ beyond noise."""
    began = time.process_time()
    ours = score_cell(vectors, posed, cell.layer, cell.pooling, GridOptions())
    seconds = time.process_time() - began
    rows = scaled(vectors.select(cell.pooling, cell.layer)[posed.rows])
    their_seconds, theirs = rival(rows, posed)
    low, high = interval(ours.folds - theirs)
    print(
        f"layer {cell.layer} {cell.pooling:5}: {ours.mean:.4f} in {seconds:5.1f} processor s; "
        f"scikit-learn {theirs.mean():.4f} in {their_seconds:6.1f} "
        f"({their_seconds / seconds:.1f} times as much); difference {low:+.4f} to {high:+.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_003)
    parser.add_argument("--rival-cells", type=int, default=2)
    asked = parser.parse_args()
    table = pd.read_csv(asked.data / "banking77" / "train.csv").head(asked.rows)
    vectors = embed(table["text"].tolist(), poolings=POOLINGS)
    posed = problem(table["category"].tolist(), table["text"].tolist())
    began, worked = time.perf_counter(), time.process_time()
    made = grid(vectors, posed, GridOptions(mixes=False))
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{posed.sentence}: {len(made.cells)} cells in {seconds:.1f} s (bound {BOUND_SECONDS} s on "
        f"two idle cores), {worked:.1f} processor seconds"
    )
    print(pd.DataFrame(
        {p: [made.cell(layer, p).mean for layer in made.layers] for p in POOLINGS},  # type: ignore[union-attr]
        index=[f"layer {layer}" for layer in made.layers],
    ).round(4).to_string())  # fmt: skip
    print(f"shuffled labels: {made.baseline:.4f}; largest category: {posed.largest_share:.4f}")
    print("best:", ", ".join(f"layer {cell.layer} {cell.pooling}" for cell in made.best))
    for cell in made.cells[: asked.rival_cells]:
        beside(cell, vectors, posed)


if __name__ == "__main__":
    main()
