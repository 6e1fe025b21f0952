"""predictions: predictions.parquet as a record, and the rows behind a cell of the confusion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.errors import ReadError
from embedlib.records import Floats, Longs
from embedlib.training.runs import PREDICTIONS, Run

_NEEDED: Final = ("row", "part", "text", "label", "predicted")


@dataclass(frozen=True, eq=False)
class PredictedRows:
    """Rows of one part of the split with what was predicted.

    Args:
        rows: (row,) rows of the source, from 0.
        texts: (row,) the texts.
        pairs: (row,) second texts, or ().
        labels: (row,) the label, or the tag of each word.
        predicted: (row,) the same as predicted.
        confidence: (row,) calibrated chance of the prediction; empty for words.
        words: (row,) the words, or ().
    """

    rows: tuple[int, ...]
    texts: tuple[str, ...]
    pairs: tuple[str, ...]
    labels: tuple[Any, ...]
    predicted: tuple[Any, ...]
    confidence: Floats
    words: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, label: str | None, predicted: str | None) -> Longs:
        """Positions with this label and this prediction, the surest first.

        Args:
            label: None for any; of tagged words, that of at least one word.
            predicted: None for any; of the same word.
        """
        inside = [
            place
            for place, (truths, guesses) in enumerate(zip(self.labels, self.predicted, strict=True))
            if any(
                label in (None, truth) and predicted in (None, guess)
                for truth, guess in _pairs(truths, guesses)
            )
        ]
        found = np.array(inside, dtype=np.int64)
        if not len(self.confidence):
            return found
        return found[np.argsort(-self.confidence[found], kind="stable")]


def read_predictions(run: Run, part: str = "test") -> PredictedRows:
    """What was predicted for the rows of a part of the split, in order.

    Args:
        run: A run that is done.
        part: "test" or "validation".

    Raises:
        ReadError: If predictions.parquet is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Read as bytes: a path may be taken for the root of a partitioned data set.
        table = pq.read_table(pa.BufferReader((run.folder / PREDICTIONS).read_bytes()))
        columns = {name: table.column(name).to_pylist() for name in table.column_names}
        kept = [place for place, name in enumerate(columns["part"]) if name == part]
        of = {name: tuple(columns[name][place] for place in kept) for name in columns}
        found = PredictedRows(
            rows=of["row"],
            texts=of["text"],
            pairs=of.get("pair", ()),
            labels=_hashable(of["label"]),
            predicted=_hashable(of["predicted"]),
            confidence=np.array(of.get("confidence", ()), dtype=np.float32),
            words=_hashable(of.get("words", ())),
        )
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise ReadError(
            f"The run's {PREDICTIONS} must hold {', '.join(_NEEDED)}, and cannot be read.",
            "Its scores are in the report; for the rows, train the run again.",
        ) from error
    return found


def _hashable(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def _pairs(truths: Any, guesses: Any) -> list[tuple[str, str]]:
    """(truth, guess) of a row's one label, or of each word."""
    if isinstance(truths, str):
        return [(truths, guesses)]
    return list(zip(truths, guesses, strict=True))
