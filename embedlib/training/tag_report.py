"""The report of a run on tokens: entities by type, strictly, as seqeval counts; and tag by tag."""

from typing import Any, Final

import numpy as np

from embedlib.geometry import wilson
from embedlib.records import Longs
from embedlib.training.examples import TEST, VALIDATION
from embedlib.training.judges import Judge, Verdict
from embedlib.training.scores import confusion, label_scores
from embedlib.training.sequences import counts, spans
from embedlib.training.tagging import entity_f1, entity_score, tags_of, whole_rows, word_score
from embedlib.training.work import Fitted, Work

_MOST_MISTAKES: Final = 50


def _truth(work: Work) -> Longs:
    return np.ones(len(work.examples.part(TEST)), dtype=np.int64)


def _verdict(work: Work, fitted: Fitted) -> Verdict:
    rows = work.examples.part(TEST)
    predicted = tags_of(fitted.logits[TEST], work.labels)
    return Verdict(
        {
            "entity_f1": entity_score(counts(rows.tags, predicted), work.seed),
            "accuracy": word_score(rows.tags, predicted, work.seed),
        },
        whole_rows(rows.tags, predicted),
    )


def entity_report(work: Work, fitted: Fitted) -> dict[str, Any]:
    """Entity scores of both parts, by type, the per-tag table, the confusion of tags, mistakes."""
    rows = work.examples.part(TEST)
    predicted = tags_of(fitted.logits[TEST], work.labels)
    number = {label: position for position, label in enumerate(work.labels)}
    truth = np.array([number[tag] for row in rows.tags for tag in row])
    guessed = np.array([number[tag] for row in predicted for tag in row])
    tags = label_scores(truth, guessed, work.labels)
    return {
        "test": _part(work, fitted, TEST),
        "validation": _part(work, fitted, VALIDATION),
        "entities": entities_by_type(rows.tags, predicted),
        "per_label": [
            {
                **{"label": row.label, "precision": row.precision, "recall": row.recall},
                **{"f1": row.f1, "rows": row.rows, "recall_interval": list(row.recall_interval)},
            }
            for row in tags
        ],
        "confusion": confusion(truth, guessed, len(work.labels)).tolist(),
        "scheme": "IOB2, strict; decoded left to right, an entity begins with B-",
        "mistakes": _mistakes(work, fitted, predicted),
    }


def entities_by_type(truth: Any, predicted: Any) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each type, by seqeval in its strict mode."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    if not any(spans(row) for row in (*truth, *predicted)):
        return []
    found = classification_report(
        [list(row) for row in truth],
        [list(row) for row in predicted],
        mode="strict",
        scheme=IOB2,
        output_dict=True,
        zero_division=0,
    )
    averages = {"micro avg", "macro avg", "weighted avg"}
    return [
        {
            "type": kind,
            "precision": float(row["precision"]),
            "recall": float(row["recall"]),
            "f1": float(row["f1-score"]),
            "entities": int(row["support"]),
            "recall_interval": _interval(float(row["recall"]), int(row["support"])),
        }
        for kind, row in found.items()
        if kind not in averages
    ]


def _part(work: Work, fitted: Fitted, part: str) -> dict[str, Any]:
    rows = work.examples.part(part)
    predicted = tags_of(fitted.logits[part], work.labels)
    counted = counts(rows.tags, predicted)
    f1, words = entity_score(counted, work.seed), word_score(rows.tags, predicted, work.seed)
    right, said, there = (float(total) for total in counted.sum(axis=0))
    return {
        "rows": len(rows),
        "words": sum(map(len, rows.tags)),
        "entities": int(there),
        "entity_f1": f1.value,
        "entity_f1_interval": [f1.low, f1.high],
        "entity_precision": right / said if said else 0.0,
        "entity_recall": right / there if there else 0.0,
        "accuracy": words.value,
        "accuracy_interval": [words.low, words.high],
    }


def _mistakes(work: Work, fitted: Fitted, predicted: Any) -> list[dict[str, Any]]:
    """Sentences with the most wrong entities first."""
    rows = work.examples.part(TEST)
    wrong = [
        (len(spans(t) ^ spans(p)), place)
        for place, (t, p) in enumerate(zip(rows.tags, predicted, strict=True))
    ]
    worst = [place for n, place in sorted(wrong, key=lambda one: -one[0]) if n][:_MOST_MISTAKES]
    return [
        {
            "row": rows.rows[place],
            "text": rows.texts[place],
            "words": list(rows.words[place]),
            "label": list(rows.tags[place]),
            "predicted": list(predicted[place]),
        }
        for place in worst
    ]


def _columns(work: Work, fitted: Fitted, part: str) -> dict[str, list[Any]]:
    rows = work.examples.part(part)
    return {
        "row": list(rows.rows),
        "part": [part] * len(rows),
        "text": list(rows.texts),
        "words": [list(words) for words in rows.words],
        "label": [list(tags) for tags in rows.tags],
        "predicted": [list(tags) for tags in tags_of(fitted.logits[part], work.labels)],
    }


def _interval(recall: float, n: int) -> list[float]:
    return list(wilson(round(recall * n), n)) if n else [0.0, 1.0]


def _held_out(work: Work, fitted: Fitted) -> float:
    predicted = tags_of(fitted.logits[VALIDATION], work.labels)
    return entity_f1(counts(work.examples.part(VALIDATION).tags, predicted).sum(axis=0))


JUDGE: Final = Judge(_truth, _verdict, entity_report, _columns, "sentences all right", _held_out)
