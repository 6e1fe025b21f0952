"""REMEDIES: pure functions from examples and a finding to better examples; a new one is a row."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from embedlib.table import Table
from embedlib.training.doctor.checks import CHECKS, examine
from embedlib.training.doctor.findings import Finding
from embedlib.training.doctor.likeness import mended, reads
from embedlib.training.examples import Examples
from embedlib.training.sequences import legal


@dataclass(frozen=True)
class Remedy:
    """What may be done about a finding.

    Args:
        label: For a button.
        apply: (examples, finding) to new examples.
    """

    label: str
    apply: Callable[[Examples, Finding], Examples]


@dataclass(frozen=True)
class Applied:
    """What was done, as a run keeps it.

    Args:
        check, remedy: Names in their tables.
        rows_before, rows_after: Rows of the examples.
        rows_changed: Rows that the finding was about.
        merges: Labels and what they became.
    """

    check: str
    remedy: str
    rows_before: int
    rows_after: int
    rows_changed: int
    merges: tuple[tuple[str, str], ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self) | {"merges": [list(pair) for pair in self.merges]}


def apply(examples: Examples, finding: Finding) -> tuple[Examples, Applied]:
    """The examples after the finding's remedy, and what was done.

    Raises:
        UnknownNameError: If the finding has none.
    """
    after = REMEDIES[finding.remedy].apply(examples, finding)
    done = Applied(
        finding.check, finding.remedy, len(examples), len(after), finding.count, finding.merges
    )
    return after, done


def apply_named(examples: Examples, checks: Sequence[str]) -> tuple[Examples, tuple[Applied, ...]]:
    """The examples after these checks' remedies, one after the other, and what each did.

    Args:
        examples: Rows.
        checks: Names in CHECKS; one that finds nothing to remedy is passed over.

    Raises:
        UnknownNameError: If there is no such check.

    >>> rows = Examples(("a", "a", "b"), ("x", "x", "y"), (0, 1, 2))
    >>> apply_named(rows, ["duplicates"])[0].texts
    ('a', 'b')
    """
    done: list[Applied] = []
    for check in checks:
        found = next((finding for finding in CHECKS[check](examples) if finding.remedy), None)
        if found is not None:
            examples, applied = apply(examples, found)
            done.append(applied)
    return examples, tuple(done)


def apply_all(
    examples: Examples, severities: tuple[str, ...] = ("refuse", "warn")
) -> tuple[Examples, tuple[Applied, ...]]:
    """Apply remedies one after the other, each to what the last one left, until none is left."""
    done: list[Applied] = []
    tried: set[str] = set()
    while True:
        open_ = [
            finding
            for finding in examine(examples)
            if finding.remedy and finding.severity in severities and finding.check not in tried
        ]
        if not open_:
            return examples, tuple(done)
        tried.add(open_[0].check)
        examples, applied = apply(examples, open_[0])
        done.append(applied)


def _drop(examples: Examples, finding: Finding) -> Examples:
    gone = set(finding.rows)
    return examples.keep([row for row in range(len(examples)) if row not in gone])


def _merge_labels(examples: Examples, finding: Finding) -> Examples:
    becomes = dict(finding.merges)
    return replace(examples, labels=tuple(becomes.get(label, label) for label in examples.labels))


def _keep_majority(examples: Examples, finding: Finding) -> Examples:
    """Of rows with one text, those with its most frequent label; of a tie none."""
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for row in finding.rows:
        pair = examples.pairs[row] if examples.pairs else ""
        by_text[f"{reads(examples.texts[row])}\0{reads(pair)}"].append(row)
    gone: set[int] = set()
    for rows in by_text.values():
        named = [examples.tags[r] if examples.tags else examples.labels[r] for r in rows]
        (first, most), *others = Counter(named).most_common()
        tie = bool(others) and others[0][1] == most
        gone |= {r for r, name in zip(rows, named, strict=True) if tie or name != first}
    return examples.keep([row for row in range(len(examples)) if row not in gone])


def _mend(examples: Examples, finding: Finding) -> Examples:
    found = set(finding.rows)
    texts = tuple(
        (mended(text) or text) if row in found else text for row, text in enumerate(examples.texts)
    )
    return replace(examples, texts=texts)


def _mend_tags(examples: Examples, finding: Finding) -> Examples:
    return replace(examples, tags=tuple(legal(tags) for tags in examples.tags))


REMEDIES: Final[Table[Remedy]] = Table(
    "remedy",
    {
        "drop": Remedy("Leave these rows out", _drop),
        "merge_labels": Remedy("Take them for the same label", _merge_labels),
        "keep_majority": Remedy("Keep each text's most frequent label", _keep_majority),
        "mend": Remedy("Mend these texts", _mend),
        "mend_tags": Remedy("Begin these entities with B-", _mend_tags),
    },
)
