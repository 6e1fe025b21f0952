"""Finding: one thing that a check has found."""

from dataclasses import dataclass
from typing import Final

from embedlib.table import Table

SEVERITIES: Final = Table(
    "severity",
    {
        "refuse": "cannot be trained on as it is",
        "warn": "scores would be wrong or worse",
        "note": "good to know",
    },
)


@dataclass(frozen=True)
class Finding:
    """What a check has found, with the rows and what may be done about it.

    Args:
        check: A name in CHECKS, or of a check of `fitness`.
        severity: A name in SEVERITIES.
        rows: Positions in the examples, ascending.
        words: One sentence with the count.
        remedy: A name in REMEDIES, "" where only a person can help.
        merges: Pairs (label, what it becomes), for the remedy that renames labels.
    """

    check: str
    severity: str
    rows: tuple[int, ...]
    words: str
    remedy: str = ""
    merges: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """How many rows it is about."""
        return len(self.rows)
