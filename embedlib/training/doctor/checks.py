"""CHECKS: what can be wrong with labelled rows by themselves; a new check is a function and a row.

What is wrong with rows for one model, split or recipe is in `fitness`.
"""

from collections.abc import Callable
from typing import Final

from embedlib.errors import OptionError
from embedlib.table import Table
from embedlib.training.doctor.findings import Finding, counted, finding, in_order
from embedlib.training.doctor.of_labels import (
    label_is_id,
    label_is_number,
    label_is_text,
    malformed_tags,
    one_label,
    rare,
    spelling,
    uneven,
    unknown_labels,
    unlabelled,
)
from embedlib.training.doctor.of_texts import contradictions, damaged, duplicates, leaks, text_is_id
from embedlib.training.examples import Examples

Check = Callable[[Examples], list[Finding]]
_FEW_ROWS: Final = 50


def examine(examples: Examples) -> list[Finding]:
    """Everything that the checks find, what cannot be trained on first.

    Args:
        examples: Labelled rows, with parts where they are known.
    """
    return in_order(found for check in CHECKS.values() for found in check(examples))


def refuse(examples: Examples) -> None:
    """Refuse what no remedy makes fit to train on.

    Raises:
        OptionError: With what was found.
    """
    for found in examine(examples):
        if found.severity == "refuse" and not found.remedy:
            raise OptionError(found.words, "Choose other columns, or another file.")


def few_rows(examples: Examples) -> list[Finding]:
    """So few rows that every score is a guess."""
    if len(examples) >= _FEW_ROWS:
        return []
    words = f"{counted(range(len(examples)))} in all: the intervals of the scores will be wide."
    return [finding("few_rows", "note", (), words)]


_ROWS: Final[tuple[Check, ...]] = (
    *(unlabelled, one_label, label_is_text, label_is_id, label_is_number, text_is_id),
    *(damaged, spelling, contradictions, duplicates, leaks, unknown_labels, rare, uneven),
    *(few_rows, malformed_tags),
)
CHECKS: Final[Table[Check]] = Table("check", {check.__name__: check for check in _ROWS})
