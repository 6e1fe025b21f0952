"""Does `embedlib embed` give the published Banking77 accuracy? MTEB's protocol, step by step.

    python -m benchmarks.mteb_banking77 --data ../shared/data

Source: mteb 1.12, AbsTaskClassification with the settings of Banking77Classification; published
for all-MiniLM-L6-v2 (revision 8b3219a9): 0.80042, single runs 0.7890 to 0.8130.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

PUBLISHED = 0.80042
N_EXPERIMENTS, PER_LABEL, SEED = 10, 8, 42


def embedded(csv: Path, folder: Path) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Unit vectors (text, dim) and labels of a file, through the command line."""
    command = [sys.executable, "-m", "embedlib", "embed", str(csv), "--text", "text"]
    options = ["--label", "category", "--layers=-1", "--poolings", "mean", "--max-tokens", "256"]
    subprocess.run([*command, *options, "--out", str(folder)], check=True)
    vectors = np.load(folder / "vectors.npy")[0, 0]
    assert json.loads((folder / "manifest.json").read_text())["texts_cut"] == 0
    labels = pd.read_parquet(folder / "rows.parquet")["category"].to_numpy(dtype=str)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), labels


def few_of_each(
    labels: NDArray[np.str_], order: NDArray[np.int64]
) -> tuple[list[int], NDArray[np.int64]]:
    """The first PER_LABEL rows of each label in `order` shuffled anew, and that order.

    The order of one experiment is shuffled again in the next.
    """
    order = order.copy()
    np.random.RandomState(SEED).shuffle(order)
    taken: dict[str, int] = defaultdict(int)
    rows = []
    for row in order:
        if taken[labels[row]] < PER_LABEL:
            rows.append(int(row))
            taken[labels[row]] += 1
    return rows, order


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of data sets")
    sets = parser.parse_args().data / "banking77"
    with tempfile.TemporaryDirectory() as folder:
        train, train_labels = embedded(sets / "train.csv", Path(folder, "train"))
        test, test_labels = embedded(sets / "test.csv", Path(folder, "test"))
    accuracies, order = [], np.arange(len(train_labels))
    for experiment in range(N_EXPERIMENTS):
        rows, order = few_of_each(train_labels, order)
        classifier = LogisticRegression(max_iter=100, random_state=SEED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # 100 steps are the protocol
            classifier.fit(train[rows], train_labels[rows])
        accuracies.append(float(classifier.score(test, test_labels)))
        print(f"experiment {experiment + 1:2}: {accuracies[-1]:.4f}", flush=True)
    mean = float(np.mean(accuracies))
    print(f"mean accuracy {mean:.5f}, published {PUBLISHED}, difference {mean - PUBLISHED:+.5f}")


if __name__ == "__main__":
    main()
