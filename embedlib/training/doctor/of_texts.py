"""What can be wrong with texts; a new check is a function here and a row of `CHECKS`."""

import re
from collections import defaultdict
from typing import Final

from embedlib.training.doctor.findings import Finding, counted, finding, numbered, rows_that
from embedlib.training.doctor.likeness import mended, reads
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples

_ID: Final = re.compile(r"\W?[\w.-]*\d[\w.-]*\W?")


def text_is_id(examples: Examples) -> list[Finding]:
    """Texts that are numbers or codes."""
    rows = [row for row, text in enumerate(examples.texts) if _ID.fullmatch(text.strip())]
    if examples.tags or len(rows) < max(2, 0.9 * len(examples)):
        return []
    holding = rows_that(rows, "holds", "hold")
    words = f"{holding} a number or a code as text: choose another text column."
    return [finding("text_is_id", "warn", rows, words)]


def duplicates(examples: Examples) -> list[Finding]:
    """Rows that say the same as an earlier one of the same part, with the same label."""
    seen: set[tuple[str, str, str]] = set()
    rows = []
    for row, said in enumerate(said_by(examples)):
        key = (said, examples.label_of(row), examples.part_of(row))
        if key in seen:
            rows.append(row)
        seen.add(key)
    words = (
        f"{rows_that(rows, 'says', 'say')} the same as an earlier one ({numbered(examples, rows)})."
    )
    return [finding("duplicates", "note", rows, words, "drop")] if rows else []


def contradictions(examples: Examples) -> list[Finding]:
    """The same text under different labels."""
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for row, said in enumerate(said_by(examples)):
        by_text[said].append(row)
    rows = sorted(
        row
        for same in by_text.values()
        if len({examples.label_of(row) for row in same}) > 1
        for row in same
    )
    words = f"{rows_that(rows, 'has', 'have')} the same text as another row but another label."
    return [finding("contradictions", "warn", rows, words, "keep_majority")] if rows else []


def leaks(examples: Examples) -> list[Finding]:
    """Training rows whose text is tested, or chooses."""
    said = said_by(examples)
    parts = [examples.part_of(row) for row in range(len(examples))]
    held_out = {text for text, part in zip(said, parts, strict=True) if part in (TEST, VALIDATION)}
    rows = [row for row, text in enumerate(said) if parts[row] == TRAIN and text in held_out]
    words = f"{counted(rows)} of the training part also in the test or validation part."
    return [finding("leaks", "warn", rows, words, "drop")] if rows else []


def damaged(examples: Examples) -> list[Finding]:
    """Texts that were read in the wrong encoding."""
    found = []
    rows = [row for row, text in enumerate(examples.texts) if mended(text) is not None]
    if rows:
        words = f"{counted(rows)} of UTF-8 read as Windows-1252, such as “Ã©” for “é”."
        found.append(finding("damaged", "warn", rows, words, "mend"))
    lost = [row for row, text in enumerate(examples.texts) if "\ufffd" in text]
    if lost:
        held = rows_that(lost, "holds", "hold")
        words = f"{held} � where a character was lost: read the file in its own encoding."
        found.append(finding("damaged", "warn", lost, words))
    return found


def said_by(examples: Examples) -> list[str]:
    """What each row says, of a pair both texts."""
    if not examples.pairs:
        return [reads(text) for text in examples.texts]
    both = zip(examples.texts, examples.pairs, strict=True)
    return [f"{reads(first)}\0{reads(second)}" for first, second in both]
