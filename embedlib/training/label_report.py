"""The report of a run on texts: scores, labels, confusion, calibration, curves, mistakes."""

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.training.calibration import calibration, trusted_temperature
from embedlib.training.examples import TEST, VALIDATION
from embedlib.training.judges import Judge, Verdict
from embedlib.training.scores import confusion, label_scores, macro_f1, scores, softmax
from embedlib.training.work import Fitted, Work

_MOST_MISTAKES: Final = 50
_MOST_CURVE_POINTS: Final = 200


def _verdict(work: Work, fitted: Fitted) -> Verdict:
    predicted = fitted.predicted(TEST)
    right, f1 = scores(work.codes(TEST), predicted, len(work.labels), work.seed)
    return Verdict({"accuracy": right, "macro_f1": f1}, predicted)


def _held_out(work: Work, fitted: Fitted) -> float:
    return macro_f1(work.codes(VALIDATION), fitted.predicted(VALIDATION), len(work.labels))


def label_report(work: Work, fitted: Fitted) -> dict[str, Any]:
    """Scores, classification report, confusion, calibration, curves and mistakes."""
    truth, logits = work.codes(TEST), fitted.logits[TEST]
    held_out = work.codes(VALIDATION)
    heat = trusted_temperature(fitted.logits[VALIDATION], held_out)
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


def _columns(work: Work, fitted: Fitted, part: str) -> dict[str, list[Any]]:
    """Every row of a part with what was predicted, and how sure that is once calibrated."""
    heat = trusted_temperature(fitted.logits[VALIDATION], work.codes(VALIDATION))
    rows, chances = work.examples.part(part), softmax(fitted.logits[part] / np.float32(heat))
    return {
        "row": list(rows.rows),
        "part": [part] * len(rows),
        "text": list(rows.texts),
        **({"pair": list(rows.pairs)} if rows.pairs else {}),
        "label": list(rows.labels),
        "predicted": [work.labels[number] for number in chances.argmax(axis=1)],
        "confidence": chances.max(axis=1).tolist(),
    }


def _part(truth: Longs, logits: Floats, n_labels: int, seed: int) -> dict[str, Any]:
    right, f1 = scores(truth, np.asarray(logits.argmax(axis=1), np.int64), n_labels, seed)
    return {
        "rows": len(truth),
        "accuracy": right.value,
        "accuracy_interval": [right.low, right.high],
        "macro_f1": f1.value,
        "macro_f1_interval": [f1.low, f1.high],
    }


def _thinned(values: Any) -> list[float]:
    places = np.unique(np.linspace(0, len(values) - 1, _MOST_CURVE_POINTS).astype(int))
    return [float(value) for value in np.asarray(values)[places]]


JUDGE: Final = Judge(
    truth=lambda work: work.codes(TEST),
    verdict=_verdict,
    report=label_report,
    columns=_columns,
    unit="accuracy",
    held_out=_held_out,
)
