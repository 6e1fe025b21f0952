"""Finding: one thing that a check has found, and the words that all of them share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from embedlib.table import Table
from embedlib.training.examples import Examples

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


def finding(
    check: str, severity: str, rows: Sequence[int], words: str, remedy: str = ""
) -> Finding:
    """A finding without merges."""
    return Finding(check, severity, tuple(rows), words, remedy)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """What keeps rows from training first, then warnings, then notes."""
    return sorted(found, key=lambda one: list(SEVERITIES).index(one.severity))


def counted(rows: Sequence[int]) -> str:
    """How many rows.

    >>> counted([3]), counted(range(1200))
    ('1 row', '1,200 rows')
    """
    return "1 row" if len(rows) == 1 else f"{len(rows):,} rows"


def rows_that(rows: Sequence[int], one: str, many: str) -> str:
    """How many rows, with what they do."""
    return f"{counted(rows)} {one if len(rows) == 1 else many}"


def numbered(examples: Examples, rows: Sequence[int]) -> str:
    """Rows as the file counts them, from 1: the first five."""
    first = ", ".join(f"{examples.rows[row] + 1:,}" for row in rows[:5])
    more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {first}{more}"
