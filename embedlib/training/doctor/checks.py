"""CHECKS: what can be wrong with labelled rows; a new check is a function and a row here."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from embedlib.errors import OptionError, shown
from embedlib.table import Table
from embedlib.training.doctor.findings import Finding
from embedlib.training.doctor.likeness import alike, mended, reads
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.sequences import illegal_places

Check = Callable[[Examples], list[Finding]]
RARE: Final = 5
_FEW_ROWS: Final = 50
_UNEVEN: Final = 10
_NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?([eE][+-]?\d+)?")
_ID: Final = re.compile(r"\W?[\w.-]*\d[\w.-]*\W?")


def examine(
    examples: Examples, lengths: Sequence[int] | None = None, most: int = 0
) -> list[Finding]:
    """Everything that the checks find, what cannot be trained on first.

    Args:
        examples: Labelled rows, with parts where they are known.
        lengths: (row,) tokens of each text, special tokens included; None to leave that out.
        most: Tokens that a text may have.
    """
    found = [finding for check in CHECKS.values() for finding in check(examples)]
    if lengths is not None:
        found += too_long(lengths, most)
    order = ("refuse", "warn", "note")
    return sorted(found, key=lambda finding: order.index(finding.severity))


def refuse(examples: Examples) -> None:
    """Refuse what no remedy makes fit to train on.

    Raises:
        OptionError: With what was found.
    """
    for finding in examine(examples):
        if finding.severity == "refuse" and not finding.remedy:
            raise OptionError(finding.words, "Choose other columns, or another file.")


def unlabelled(examples: Examples) -> list[Finding]:
    """Rows without a label."""
    rows = [row for row, label in enumerate(examples.labels) if not label.strip()]
    words = f"{_n(rows)} without a label ({_from_source(examples, rows)})."
    return [_finding("unlabelled", "refuse", rows, words, "drop")] if rows else []


def one_label(examples: Examples) -> list[Finding]:
    """Nothing to tell apart."""
    names = examples.label_names
    if len(names) > 1:
        return []
    words = f"All rows have the same label, {shown(names[0], 40) if names else 'none'}."
    return [_finding("one_label", "refuse", range(len(examples)), words)]


def label_is_text(examples: Examples) -> list[Finding]:
    """The label column says what the text column says."""
    rows = [
        row
        for row, (text, label) in enumerate(zip(examples.texts, examples.labels, strict=False))
        if reads(text) == reads(label)
    ]
    if len(rows) < max(2, len(examples) // 2):
        return []
    words = f"In {_n(rows)} the label is the text itself: choose another label column."
    return [_finding("label_is_text", "refuse", rows, words)]


def label_is_id(examples: Examples) -> list[Finding]:
    """A label that hardly ever comes twice names rows, not kinds."""
    counts = Counter(examples.labels)
    n_rows = len(examples.labels)
    if n_rows < 10 or len(counts) <= n_rows / 2:
        return []
    words = f"{len(counts):,} different labels in {n_rows:,} rows: this is likely no label column."
    rows = [row for row, label in enumerate(examples.labels) if counts[label] == 1]
    return [_finding("label_is_id", "refuse", rows, words)]


def label_is_number(examples: Examples) -> list[Finding]:
    """Many different numbers are amounts; a classifier does not know that 3 lies beside 4."""
    kinds = {label for label in examples.labels if label}
    numbers = [label for label in kinds if _NUMBER.fullmatch(label)]
    if len(numbers) < len(kinds) or len(kinds) <= 20:
        return []
    words = f"The labels are {len(kinds):,} different numbers: each is taken as a name of its own."
    return [_finding("label_is_number", "warn", range(len(examples)), words)]


def text_is_id(examples: Examples) -> list[Finding]:
    """Texts that are numbers or codes."""
    rows = [row for row, text in enumerate(examples.texts) if _ID.fullmatch(text.strip())]
    if examples.tags or len(rows) < max(2, 0.9 * len(examples)):
        return []
    words = f"{_say(rows, 'holds', 'hold')} a number or a code as text: choose another text column."
    return [_finding("text_is_id", "warn", rows, words)]


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
    words = f"{looking} like another one ({told}), in {_n(rows)}."
    return [Finding("spelling", "warn", rows, words, "merge_labels", merges)]


def duplicates(examples: Examples) -> list[Finding]:
    """Rows that say the same as an earlier one of the same part, with the same label."""
    seen: set[tuple[str, str, str]] = set()
    rows = []
    for row, said in enumerate(_said(examples)):
        key = (said, _label(examples, row), _part(examples, row))
        if key in seen:
            rows.append(row)
        seen.add(key)
    words = (
        f"{_say(rows, 'says', 'say')} the same as an earlier one ({_from_source(examples, rows)})."
    )
    return [_finding("duplicates", "note", rows, words, "drop")] if rows else []


def contradictions(examples: Examples) -> list[Finding]:
    """The same text under different labels."""
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for row, said in enumerate(_said(examples)):
        by_text[said].append(row)
    rows = sorted(
        row
        for same in by_text.values()
        if len({_label(examples, row) for row in same}) > 1
        for row in same
    )
    words = f"{_say(rows, 'has', 'have')} the same text as another row but another label."
    return [_finding("contradictions", "warn", rows, words, "keep_majority")] if rows else []


def leaks(examples: Examples) -> list[Finding]:
    """Training rows whose text is tested, or chooses."""
    said = _said(examples)
    held_out = {text for row, text in enumerate(said) if _part(examples, row) in (TEST, VALIDATION)}
    rows = [
        row for row, text in enumerate(said) if _part(examples, row) == TRAIN and text in held_out
    ]
    words = f"{_n(rows)} of the training part also in the test or validation part."
    return [_finding("leaks", "warn", rows, words, "drop")] if rows else []


def rare(examples: Examples) -> list[Finding]:
    """Labels with too few rows to learn from and to be scored."""
    counts = Counter(label for label in examples.labels if label)
    few = {label for label, count in counts.items() if count < RARE}
    if not few or len(few) == len(counts):
        return []
    rows = [row for row, label in enumerate(examples.labels) if label in few]
    told = ", ".join(shown(label, 30) for label in sorted(few)[:3])
    having = "1 label has" if len(few) == 1 else f"{len(few):,} labels have"
    words = f"{having} fewer than {RARE} rows ({told}), {_n(rows)} in all."
    return [_finding("rare", "warn", rows, words, "drop")]


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
    return [_finding("uneven", "note", (), words)]


def damaged(examples: Examples) -> list[Finding]:
    """Texts that were read in the wrong encoding."""
    found = []
    rows = [row for row, text in enumerate(examples.texts) if mended(text) is not None]
    if rows:
        words = f"{_n(rows)} of UTF-8 read as Windows-1252, such as “Ã©” for “é”."
        found.append(_finding("damaged", "warn", rows, words, "mend"))
    lost = [row for row, text in enumerate(examples.texts) if "\ufffd" in text]
    if lost:
        held = _say(lost, "holds", "hold")
        words = f"{held} � where a character was lost: read the file in its own encoding."
        found.append(_finding("damaged", "warn", lost, words))
    return found


def unknown_labels(examples: Examples) -> list[Finding]:
    """Labels that are tested but never taught."""
    trained = {_label(examples, r) for r in range(len(examples)) if _part(examples, r) == TRAIN}
    if not trained:
        return []
    rows = [
        row
        for row, label in enumerate(examples.labels)
        if label and _part(examples, row) in (TEST, VALIDATION) and label not in trained
    ]
    words = f"{_n(rows)} of the test or validation part with a label that is never trained."
    return [_finding("unknown_labels", "warn", rows, words, "drop")] if rows else []


def few_rows(examples: Examples) -> list[Finding]:
    """So few rows that every score is a guess."""
    if len(examples) >= _FEW_ROWS:
        return []
    words = f"{_n(range(len(examples)))} in all: the intervals of the scores will be wide."
    return [_finding("few_rows", "note", (), words)]


def malformed_tags(examples: Examples) -> list[Finding]:
    """Entities that do not begin with B-: strict scoring would not count them."""
    rows = [row for row, tags in enumerate(examples.tags) if illegal_places(tags)]
    words = f"{_say(rows, 'has', 'have')} an entity that begins with I- instead of B-."
    return [_finding("malformed_tags", "warn", rows, words, "mend_tags")] if rows else []


def too_long(lengths: Sequence[int], most: int) -> list[Finding]:
    """Texts of which a model reads the beginning only; what they lose depends on the model."""
    rows = [row for row, length in enumerate(lengths) if length > most]
    if not rows:
        return []
    lost = sum(lengths[row] - most for row in rows) / max(1, sum(lengths))
    words = f"{_n(rows)} longer than {most} tokens, whose end is cut ({lost:.1%} of all tokens)."
    return [_finding("too_long", "note", rows, words)]


def _said(examples: Examples) -> list[str]:
    if not examples.pairs:
        return [reads(text) for text in examples.texts]
    both = zip(examples.texts, examples.pairs, strict=True)
    return [f"{reads(first)}\0{reads(second)}" for first, second in both]


def _label(examples: Examples, row: int) -> str:
    return examples.labels[row] if examples.labels else " ".join(examples.tags[row])


def _part(examples: Examples, row: int) -> str:
    return examples.parts[row] if examples.parts else ""


def _finding(
    check: str, severity: str, rows: Sequence[int], words: str, remedy: str = ""
) -> Finding:
    return Finding(check, severity, tuple(rows), words, remedy)


def _n(rows: Sequence[int]) -> str:
    return "1 row" if len(rows) == 1 else f"{len(rows):,} rows"


def _say(rows: Sequence[int], one: str, many: str) -> str:
    """How many rows, with what they do."""
    return f"{_n(rows)} {one if len(rows) == 1 else many}"


def _from_source(examples: Examples, rows: Sequence[int]) -> str:
    """Rows as the file counts them, from 1."""
    first = ", ".join(f"{examples.rows[row] + 1:,}" for row in rows[:5])
    more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {first}{more}"


_ROWS: Final[tuple[Check, ...]] = (
    *(unlabelled, one_label, label_is_text, label_is_id, label_is_number, text_is_id),
    *(damaged, spelling, contradictions, duplicates, leaks, unknown_labels, rare, uneven),
    *(few_rows, malformed_tags),
)
CHECKS: Final[Table[Check]] = Table("check", {check.__name__: check for check in _ROWS})
