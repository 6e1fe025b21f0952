"""Judge: how what a recipe has learned is scored, reported and written; one a kind of task."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedlib.records import Longs
from embedlib.training.work import Fitted, Work


@dataclass(frozen=True, eq=False)
class Verdict:
    """Test scores of one rung.

    Args:
        scores: "accuracy", "macro_f1" or "entity_f1" to a Score.
        predicted: (row,) numbers to compare with `Judge.truth`.
    """

    scores: dict[str, Any]
    predicted: Longs


@dataclass(frozen=True)
class Judge:
    """How a task is judged.

    Args:
        truth: (work) to (row,) numbers, the right ones.
        verdict: (work, fitted) to the test scores.
        report: (work, fitted) to the task's part of report.json.
        columns: (work, fitted, part) to the columns of predictions.parquet.
        unit: What a comparison counts, in words: "accuracy".
        held_out: (work, fitted) to the score on the validation rows, which a search goes by.
    """

    truth: Callable[[Work], Longs]
    verdict: Callable[[Work, Fitted], Verdict]
    report: Callable[[Work, Fitted], dict[str, Any]]
    columns: Callable[[Work, Fitted, str], dict[str, list[Any]]]
    unit: str
    held_out: Callable[[Work, Fitted], float]


def write_predictions(path: Path, judge: Judge, work: Work, fitted: Fitted) -> None:
    """Every validation and test row with what was predicted, for tables and a click on a cell.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    from embedlib.training.durable import write_bytes
    from embedlib.training.examples import TEST, VALIDATION

    columns: dict[str, list[Any]] = {}
    for part in (VALIDATION, TEST):
        for name, column in judge.columns(work, fitted, part).items():
            columns.setdefault(name, []).extend(column)
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, compression="zstd")
    write_bytes(path, written.getvalue())
