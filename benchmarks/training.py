"""What does each step of the ladder buy, and how fast do we train beside the tutorial's Trainer?

    python -m benchmarks.training --data DATA [--labels 12] [--rows 40] [--epochs 3] [--all]

Banking77, the test rows of the chosen labels. The tutorial calls transformers' Trainer with every
text padded to 128 tokens, batches of 16; ours sees the same rows as often, and both are scored on
the same test rows. With --all every label and row is used: about half an hour on two idle cores.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch is loaded; as in our child

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
    set_seed,
)

from embedlib.models.places import find
from embedlib.training import launch, runs
from embedlib.training.examples import Examples
from embedlib.training.settings import settings
from embedlib.training.splitting import Shares, split

SEED = 42
LEARNING_RATE = 1e-4


def rows_of(data: Path, n_labels: int | None, n_rows: int | None) -> Examples:
    """Banking77 with its own test part; the first labels by alphabet, the first rows of each."""
    parts = []
    for name, part in (("train", "train"), ("test", "test")):
        frame = pd.read_csv(data / "banking77" / f"{name}.csv")
        frame["part"] = part
        if n_labels is not None:
            frame = frame[frame["category"].isin(sorted(frame["category"].unique())[:n_labels])]
        if n_rows is not None and part == "train":
            frame = frame.groupby("category").head(n_rows)
        parts.append(frame)
    whole = pd.concat(parts)
    examples = Examples(
        tuple(whole["text"]),
        tuple(whole["category"]),
        tuple(range(len(whole))),
        tuple(whole["part"]),
        name="Banking77",
    )
    return split(examples, SEED, Shares(validation=0.1))


def climbed(examples: Examples, folder: Path, epochs: int) -> dict[str, Any]:
    """The report of a full fine-tuning with every rung before it."""
    made = settings(
        name="ladder",
        recipe="full",
        options={"epochs": epochs, "learning_rate": LEARNING_RATE, "patience": 0},
        seed=SEED,
        rungs=("majority", "tfidf", "centroids", "probe", "lora"),
        device="cpu",
    )
    run = runs.create(made, examples, folder)
    launch.start(run)
    status = launch.wait(run)
    if status.state != "done":
        raise SystemExit(f"{status.state}: {status.what} {status.hint}")
    report = run.report()
    assert report is not None
    return report


class Padded(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Rows as the tutorial makes them: all of one length."""

    def __init__(self, tokenizer: Any, examples: Examples, labels: tuple[str, ...]) -> None:
        self.encoded = tokenizer(
            list(examples.texts), padding="max_length", truncation=True, max_length=128
        )
        self.labels = [labels.index(label) for label in examples.labels]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, row: int) -> dict[str, torch.Tensor]:
        item = {name: torch.tensor(values[row]) for name, values in self.encoded.items()}
        return {**item, "labels": torch.tensor(self.labels[row])}


def tutorial(examples: Examples, folder: Path, epochs: int) -> tuple[float, float]:
    """(texts a second, test accuracy) of the tutorial's script."""
    set_seed(SEED)
    source = str(find().folder)
    labels = examples.label_names
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = AutoModelForSequenceClassification.from_pretrained(
        source, num_labels=len(labels), dtype=torch.float32
    )
    train = Padded(tokenizer, examples.part("train"), labels)
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=16,
        learning_rate=LEARNING_RATE,
        weight_decay=0.01,
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
        seed=SEED,
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=train)
    began = time.perf_counter()
    trainer.train()
    rate = len(train) * epochs / (time.perf_counter() - began)
    test = Padded(tokenizer, examples.part("test"), labels)
    guess = trainer.predict(test).predictions.argmax(axis=1)
    return rate, float((guess == np.array(test.labels)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=12)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    limits = (None, None) if asked.all else (asked.labels, asked.rows)
    examples = rows_of(asked.data, *limits)
    counts = {part: examples.parts.count(part) for part in ("train", "validation", "test")}
    n_labels, n_threads = len(examples.label_names), torch.get_num_threads()
    print(f"Banking77: {n_labels} labels, {counts}, {n_threads} threads", flush=True)
    with tempfile.TemporaryDirectory() as place:
        os.environ["EMBEDLIB_HOME"] = str(Path(place, "home"))
        report = climbed(examples, Path(place, "run"), asked.epochs)
        shown(report)
        seconds = report["ladder"][-1]["seconds"]
        ours = counts["train"] * asked.epochs / seconds
        rate, right = tutorial(examples, Path(place, "tutorial"), asked.epochs)
    print(f"\n{'':28}{'texts/s':>10}{'accuracy':>10}")
    print(f"{'Trainer as in the tutorial':28}{rate:>10.1f}{right:>10.4f}")
    print(f"{'embedlib, full':28}{ours:>10.1f}{report['test']['accuracy']:>10.4f}")
    print(f"{ours / rate:.2f} times its texts a second; ours validates and keeps checkpoints")


def shown(report: dict[str, Any]) -> None:
    """Print the ladder."""
    print(f"{'':22}{'accuracy':>24}{'macro F1':>10}{'seconds':>9}{'learned':>12}{'MB':>7}")
    for step in report["ladder"]:
        right, f1 = step["accuracy"], step["macro_f1"]
        interval = f"{right['value']:.4f} ({right['low']:.3f}-{right['high']:.3f})"
        learned, size = step["trainable_parameters"], step["model_bytes"] / 1e6
        print(
            f"{step['label']:22}{interval:>24}{f1['value']:>10.4f}{step['seconds']:>9.1f}"
            f"{learned:>12,}{size:>7.1f}"
        )
    for one in report["comparisons"]:
        print(one["sentence"])


if __name__ == "__main__":
    main()
