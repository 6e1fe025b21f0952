"""What can be wrong with labels and tags; a new check is a function here and a row of `CHECKS`."""

import re
from collections import Counter
from typing import Final

from embedlib.errors import shown
from embedlib.training.doctor.findings import Finding, counted, finding, numbered, rows_that
from embedlib.training.doctor.likeness import alike, reads
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.sequences import illegal_places

RARE: Final = 5
_FEW_ROWS: Final = 50
_UNEVEN: Final = 10
_NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?([eE][+-]?\d+)?")


def unlabelled(examples: Examples) -> list[Finding]:
    """Rows without a label."""
    rows = [row for row, label in enumerate(examples.labels) if not label.strip()]
    words = f"{counted(rows)} without a label ({numbered(examples, rows)})."
    return [finding("unlabelled", "refuse", rows, words, "drop")] if rows else []


def one_label(examples: Examples) -> list[Finding]:
    """Nothing to tell apart."""
    names = examples.label_names
    if len(names) > 1:
        return []
    words = f"All rows have the same label, {shown(names[0], 40) if names else 'none'}."
    return [finding("one_label", "refuse", range(len(examples)), words)]


def label_is_text(examples: Examples) -> list[Finding]:
    """The label column says what the text column says."""
    rows = [
        row
        for row, (text, label) in enumerate(zip(examples.texts, examples.labels, strict=False))
        if reads(text) == reads(label)
    ]
    if len(rows) < max(2, len(examples) // 2):
        return []
    words = f"In {counted(rows)} the label is the text itself: choose another label column."
    return [finding("label_is_text", "refuse", rows, words)]


def label_is_id(examples: Examples) -> list[Finding]:
    """A label that hardly ever comes twice names rows, not kinds."""
    counts = Counter(examples.labels)
    n_rows = len(examples.labels)
    if n_rows < 10 or len(counts) <= n_rows / 2:
        return []
    words = f"{len(counts):,} different labels in {n_rows:,} rows: this is likely no label column."
    if all(map(_NUMBER.fullmatch, counts)):
        words += " Amounts are not predicted here: put them into a few ranges, and name these."
    rows = [row for row, label in enumerate(examples.labels) if counts[label] == 1]
    return [finding("label_is_id", "refuse", rows, words)]


def label_is_number(examples: Examples) -> list[Finding]:
    """Many different numbers are amounts; a classifier does not know that 3 lies beside 4."""
    kinds = {label for label in examples.labels if label}
    numbers = [label for label in kinds if _NUMBER.fullmatch(label)]
    if len(numbers) < len(kinds) or len(kinds) <= 20:
        return []
    words = f"The labels are {len(kinds):,} different numbers: each is taken as a name of its own."
    return [finding("label_is_number", "warn", range(len(examples)), words)]


def spelling(examples: Examples) -> list[Finding]:
    """Labels that a person takes for the same."""
    counts = Counter(examples.labels)
    groups = alike(label for label in examples.labels if label)
    merges = tuple(
        (label, kept)
        for group in groups
        if (kept := " ".join(max(group, key=lambda name: (counts[name], name)).split()))
        for label in group
        if label != kept
    )
    if not merges:
        return []
    renamed = {label for label, _ in merges}
    rows = tuple(row for row, label in enumerate(examples.labels) if label in renamed)
    told = "; ".join(f"{a!a}, to become {b!a}" for a, b in merges[:3])
    looking = "1 label looks" if len(merges) == 1 else f"{len(merges)} labels look"
    words = f"{looking} like another one ({told}), in {counted(rows)}."
    return [Finding("spelling", "warn", rows, words, "merge_labels", merges)]


def rare(examples: Examples) -> list[Finding]:
    """Labels with too few rows to learn from and to be scored."""
    counts = Counter(label for label in examples.labels if label)
    few = {label for label, count in counts.items() if count < RARE}
    if not few or len(few) == len(counts):
        return []
    rows = [row for row, label in enumerate(examples.labels) if label in few]
    told = ", ".join(shown(label, 30) for label in sorted(few)[:3])
    having = "1 label has" if len(few) == 1 else f"{len(few):,} labels have"
    words = f"{having} fewer than {RARE} rows ({told}), {counted(rows)} in all."
    return [finding("rare", "warn", rows, words, "drop")]


def uneven(examples: Examples) -> list[Finding]:
    """A label that drowns the others."""
    counts = Counter(label for label in examples.labels if label).most_common()
    if len(counts) < 2 or counts[0][1] < _UNEVEN * counts[-1][1] or len(examples) < _FEW_ROWS:
        return []
    name, most = counts[0]
    share = most / len(examples)
    words = (
        f"{shown(name, 30)} has {most:,} rows ({share:.0%}), the smallest label {counts[-1][1]:,}: "
        "look at macro F1, and consider class weights."
    )
    return [finding("uneven", "note", (), words)]


def unknown_labels(examples: Examples) -> list[Finding]:
    """Labels that are tested but never taught."""
    trained = {examples.label_of(r) for r in range(len(examples)) if examples.part_of(r) == TRAIN}
    if not trained:
        return []
    rows = [
        row
        for row, label in enumerate(examples.labels)
        if label and examples.part_of(row) in (TEST, VALIDATION) and label not in trained
    ]
    words = f"{counted(rows)} of the test or validation part with a label that is never trained."
    return [finding("unknown_labels", "warn", rows, words, "drop")] if rows else []


def malformed_tags(examples: Examples) -> list[Finding]:
    """Entities that do not begin with B-: strict scoring would not count them."""
    rows = [row for row, tags in enumerate(examples.tags) if illegal_places(tags)]
    words = f"{rows_that(rows, 'has', 'have')} an entity that begins with I- instead of B-."
    return [finding("malformed_tags", "warn", rows, words, "mend_tags")] if rows else []
