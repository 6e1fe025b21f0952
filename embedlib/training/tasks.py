"""TASKS: what a label belongs to (a text, a pair of texts, a word); a new task is a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from embedlib.table import Table

if TYPE_CHECKING:
    from embedlib.training.judges import Judge
    from embedlib.training.tuning import Kind


@dataclass(frozen=True)
class Task:
    """One kind of label.

    Args:
        name: The row's name.
        label: For a person.
        meaning: What is labelled.
        kind: Gives how models are trained on it; imported when asked for.
        judge: Gives how they are scored and reported; imported when asked for.
        score: The test score that a run is judged by: a key of `report.json` under "test".
    """

    name: str
    label: str
    meaning: str
    kind: "Callable[[], Kind]"
    judge: "Callable[[], Judge]"
    score: str


def _texts() -> "Kind":
    from embedlib.training.texts import KIND

    return KIND


def _words() -> "Kind":
    from embedlib.training.tagging import KIND

    return KIND


def _label_judge() -> "Judge":
    from embedlib.training.label_report import JUDGE

    return JUDGE


def _tag_judge() -> "Judge":
    from embedlib.training.tag_report import JUDGE

    return JUDGE


_ROWS = (
    Task(
        name="sequence",
        label="One label a text",
        meaning="Intent, topic, sentiment, ...",
        kind=_texts,
        judge=_label_judge,
        score="macro_f1",
    ),
    Task(
        name="pair",
        label="One label a pair of texts",
        meaning="Do they say the same? Does one follow from the other?",
        kind=_texts,
        judge=_label_judge,
        score="macro_f1",
    ),
    Task(
        name="tokens",
        label="A tag a word",
        meaning="Names of people, places, products, ... in sentences, in BIO.",
        kind=_words,
        judge=_tag_judge,
        score="entity_f1",
    ),
)

TASKS: Final[Table[Task]] = Table("task", {row.name: row for row in _ROWS})
