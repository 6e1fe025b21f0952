"""TASKS: what a label belongs to (a text, a pair of texts, a word); a new task is a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from embedlib.table import Table

if TYPE_CHECKING:
    from embedlib.training.tuning import Kind


@dataclass(frozen=True)
class Task:
    """One kind of label.

    Args:
        name: The row's name.
        label: For a person.
        meaning: What is labelled.
        kind: Gives how models are trained on it; imported when asked for.
        score: The test score that a run is judged by: a key of `report.json` under "test".
    """

    name: str
    label: str
    meaning: str
    kind: "Callable[[], Kind]"
    score: str


def _texts() -> "Kind":
    from embedlib.training.texts import KIND

    return KIND


_ROWS = (
    Task("sequence", "One label a text", "Intent, topic, sentiment, ...", _texts, "macro_f1"),
    Task("pair", "One label a pair of texts", "Same meaning? Does one follow?", _texts, "macro_f1"),
)

TASKS: Final[Table[Task]] = Table("task", {row.name: row for row in _ROWS})
