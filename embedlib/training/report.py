"""report.json: what a run found, with an interval beside every score; a further part is a function.

Everything under "test" is from rows that chose nothing and taught nothing; "validation" chose.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.exporting.card import versions
from embedlib.records import Floats, Longs
from embedlib.training.calibration import calibration, temperature
from embedlib.training.durable import write_bytes
from embedlib.training.rungs import Step, compare, plain
from embedlib.training.runs import PREDICTIONS, Run
from embedlib.training.scores import confusion, label_scores, scores, softmax
from embedlib.training.work import TEST, TRAIN, VALIDATION, Fitted, Work

FORMAT: Final = "embedlib report 1"
_MOST_MISTAKES: Final = 50
_MOST_CURVE_POINTS: Final = 200
_PACKAGES: Final = ("scikit-learn", "accelerate", "peft", "safetensors", "numpy", "seqeval")


def build(
    run: Run, work: Work, fitted: Fitted, steps: list[Step], seconds: float
) -> dict[str, Any]:
    """The whole report as JSON takes it."""
    settings = run.settings
    return {
        "format": FORMAT,
        "name": settings.name,
        "run": run.id,
        "task": settings.task,
        "recipe": settings.recipe,
        "options": settings.options,
        "seed": settings.seed,
        "model": settings.model,
        "labels": list(work.labels),
        "data": settings.data,
        "seconds": round(fitted.seconds, 3),
        "seconds_in_all": round(seconds, 3),
        "trainable_parameters": fitted.trainable_parameters,
        "parameters": fitted.parameters,
        "model_bytes": fitted.model_bytes,
        **label_report(work, fitted),
        **ladder_facts(steps, work.codes(TEST), settings.seed),
        "facts": fitted.facts,
        "notes": [*fitted.notes, *_leak_notes(work)],
        "versions": versions() | _package_versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def label_report(work: Work, fitted: Fitted) -> dict[str, Any]:
    """Scores, classification report, confusion, calibration, curves and mistakes."""
    truth, logits = work.codes(TEST), fitted.logits[TEST]
    held_out = work.codes(VALIDATION)
    heat = temperature(fitted.logits[VALIDATION], held_out)
    predicted = fitted.predicted(TEST)
    return {
        "test": _part(truth, logits, len(work.labels), work.seed),
        "validation": _part(held_out, fitted.logits[VALIDATION], len(work.labels), work.seed),
        "per_label": [asdict(row) for row in label_scores(truth, predicted, work.labels)],
        "confusion": confusion(truth, predicted, len(work.labels)).tolist(),
        "calibration": {
            "temperature": heat,
            "fitted_on": "validation",
            "before": asdict(calibration(logits, truth)),
            "after": asdict(calibration(logits / np.float32(heat), truth)),
        },
        "curves": threshold_curves(softmax(logits / np.float32(heat)), truth, work.labels),
        "mistakes": mistakes(work, logits / np.float32(heat)),
    }


def ladder_facts(steps: list[Step], truth: Longs, seed: int) -> dict[str, Any]:
    """The rungs and what each bought, as JSON takes it."""
    return {
        "ladder": [plain(step) for step in steps],
        "comparisons": [asdict(one) for one in compare(steps, truth, seed)],
    }


def threshold_curves(chances: Any, truth: Longs, labels: tuple[str, ...]) -> dict[str, Any]:
    """ROC and precision-recall: curves for two labels, areas one against the rest for more.

    Args:
        chances: (row, label) probabilities.
        truth: (row,) label numbers.
        labels: Their names; with two, the second is "positive".
    """
    from sklearn.metrics import (
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    areas = []
    for number, label in enumerate(labels):
        is_label = truth == number
        if not 0 < is_label.sum() < len(truth):
            continue
        roc = float(roc_auc_score(is_label, chances[:, number]))
        precision = float(average_precision_score(is_label, chances[:, number]))
        areas.append({"label": label, "roc_auc": roc, "average_precision": precision})
    found: dict[str, Any] = {"areas": areas}
    if areas:
        found["macro_roc_auc"] = float(np.mean([area["roc_auc"] for area in areas]))
    if len(labels) == 2 and areas:
        positive = truth == 1
        x, y, _ = roc_curve(positive, chances[:, 1])
        precisions, recalls, _ = precision_recall_curve(positive, chances[:, 1])
        found["positive"] = labels[1]
        found["roc"] = {"false_positive_rate": _thinned(x), "true_positive_rate": _thinned(y)}
        found["precision_recall"] = {
            "recall": _thinned(recalls),
            "precision": _thinned(precisions),
        }
    return found


def mistakes(work: Work, logits: Floats) -> list[dict[str, Any]]:
    """Wrong test rows, the surest first: where the model, or the label, is to be doubted."""
    rows = work.examples.part(TEST)
    truth, chances = work.codes(TEST), softmax(logits)
    predicted = chances.argmax(axis=1)
    confidence = chances.max(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:_MOST_MISTAKES]
    return [
        {
            "row": rows.rows[place],
            "text": rows.texts[place],
            **({"pair": rows.pairs[place]} if rows.pairs else {}),
            "label": work.labels[truth[place]],
            "predicted": work.labels[predicted[place]],
            "confidence": float(confidence[place]),
            "chance_of_label": float(chances[place, truth[place]]),
        }
        for place in surest.tolist()
    ]


def save_predictions(folder: Path, work: Work, fitted: Fitted) -> None:
    """Every validation and test row with what was predicted, for tables and for a click on a cell.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    heat = temperature(fitted.logits[VALIDATION], work.codes(VALIDATION))
    columns: dict[str, list[Any]] = {}
    for part in (VALIDATION, TEST):
        rows, chances = work.examples.part(part), softmax(fitted.logits[part] / np.float32(heat))
        predicted = chances.argmax(axis=1)
        values: dict[str, list[Any]] = {
            "row": list(rows.rows),
            "part": [part] * len(rows),
            "text": list(rows.texts),
            **({"pair": list(rows.pairs)} if rows.pairs else {}),
            "label": list(rows.labels),
            "predicted": [work.labels[number] for number in predicted],
            "confidence": chances.max(axis=1).tolist(),
        }
        for name, column in values.items():
            columns.setdefault(name, []).extend(column)
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, compression="zstd")
    write_bytes(folder / PREDICTIONS, written.getvalue())


def _part(truth: Longs, logits: Floats, n_labels: int, seed: int) -> dict[str, Any]:
    right, f1 = scores(truth, np.asarray(logits.argmax(axis=1), np.int64), n_labels, seed)
    return {
        "rows": len(truth),
        "accuracy": right.value,
        "accuracy_interval": [right.low, right.high],
        "macro_f1": f1.value,
        "macro_f1_interval": [f1.low, f1.high],
    }


def _leak_notes(work: Work) -> list[str]:
    """Test rows that also train, said in the report whatever was done before."""
    examples = work.examples
    trained = {examples.identity(row) for row, part in enumerate(examples.parts) if part == TRAIN}
    tested = [row for row, part in enumerate(examples.parts) if part == TEST]
    leaked = sum(examples.identity(row) in trained for row in tested)
    if not leaked:
        return []
    return [f"{leaked:,} of {len(tested):,} test rows also stand in the training rows."]


def _thinned(values: Any) -> list[float]:
    places = np.unique(np.linspace(0, len(values) - 1, _MOST_CURVE_POINTS).astype(int))
    return [float(value) for value in np.asarray(values)[places]]


def _package_versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
