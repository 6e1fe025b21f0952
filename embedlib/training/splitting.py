"""Which rows train, which choose, which test: by lot within each label, or as the data says.

A row that says the same as another goes to the same part, so that no test row was learned by heart.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.training.examples import PARTS, TEST, TRAIN, VALIDATION, Examples

_WRITTEN: Final = {
    **dict.fromkeys(("train", "training", "trn", "训练", "训练集"), TRAIN),
    **dict.fromkeys(
        ("validation", "valid", "val", "dev", "development", "验证", "验证集"), VALIDATION
    ),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "测试", "测试集"), TEST),
}


@dataclass(frozen=True)
class Shares:
    """How much of the data goes where.

    Args:
        validation: Share that chooses settings and calibrates, 0 to 0.5.
        test: Share that is only scored, 0 to 0.5.
    """

    validation: float = 0.1
    test: float = 0.2

    def __post_init__(self) -> None:
        for name in ("validation", "test"):
            share = getattr(self, name)
            if not 0.0 < share <= 0.5:
                raise OptionError(
                    f"The {name} share must be above 0 and at most 0.5, got {share:g}.",
                    "0.1 and 0.2 are usual.",
                )


def split(examples: Examples, seed: int, shares: Shares | None = None) -> Examples:
    """The same rows with a part each, drawn within each label; parts that are set already stay.

    Where a test part is set, only the training part is divided, into training and validation; the
    same with a validation part.

    Args:
        examples: Rows, some perhaps with a part.
        seed: Of the draw.
        shares: How much goes where, of the rows that are still free.

    Raises:
        OptionError: If a part would be empty.
    """
    shares = shares or Shares()
    parts = list(examples.parts) or [""] * len(examples)
    if TEST not in parts:
        parts = _drawn(examples, parts, TEST, shares.test, seed)
    if VALIDATION not in parts:
        parts = _drawn(examples, parts, VALIDATION, shares.validation, seed + 1)
    made = replace(examples, parts=tuple(part or TRAIN for part in parts))
    for part in PARTS:
        if part not in made.parts:
            raise OptionError(
                f"The {part} part must have at least one row, got none of {len(examples):,}.",
                f"{_likeness(examples)}Give more rows, or a larger share.",
            )
    return made


def _likeness(examples: Examples) -> str:
    """That rows which say the same stay together, where that is what leaves a part empty."""
    n = len({examples.identity(row) for row in range(len(examples))})
    if n == len(examples):
        return ""
    return f"These are {n:,} different texts, and rows that say the same stay together. "


def parts_of_column(values: Sequence[str]) -> tuple[str, ...]:
    """Parts as a column names them: train, dev, test and what else these are called.

    Raises:
        OptionError: If a value names no part.

    >>> parts_of_column(["Train", "dev", "test"])
    ('train', 'validation', 'test')
    """
    parts = []
    for value in values:
        part = _WRITTEN.get(value.strip().casefold())
        if part is None:
            raise OptionError(
                f"The split column must say train, validation or test in each row, "
                f"got {shown(value)}.",
                "Choose another column, or let the split be drawn.",
            )
        parts.append(part)
    return tuple(parts)


def _drawn(examples: Examples, parts: list[str], part: str, share: float, seed: int) -> list[str]:
    """`parts` with a share of the free rows set to `part`, groups of equal rows kept whole."""
    free = [row for row, known in enumerate(parts) if known in ("", TRAIN)]
    if not free:
        return parts
    strata: defaultdict[str, list[list[int]]] = defaultdict(list)
    for group in _groups(examples, free):
        strata[_stratum(examples, group[0])].append(group)
    random = np.random.default_rng(seed)
    drawn = list(parts)
    owed = 0.0  # what rounding has kept back from earlier labels
    for label in sorted(strata):
        groups = strata[label]
        wanted = sum(map(len, groups)) * share + owed
        taken = 0
        # The last group of a label is never drawn: what was not learned cannot be recognised.
        for position in random.permutation(len(groups))[:-1]:
            group = groups[position]
            if taken + len(group) / 2 > wanted:
                break
            for row in group:
                drawn[row] = part
            taken += len(group)
        owed = wanted - taken
    return drawn


def _groups(examples: Examples, rows: Sequence[int]) -> list[list[int]]:
    """Rows that say the same, together."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups[examples.identity(row)].append(row)
    return list(groups.values())


def _stratum(examples: Examples, row: int) -> str:
    """A label, or for token labels the rarest kind of what a sentence holds: an entity or none."""
    if examples.tags:
        types = sorted({tag[2:] for tag in examples.tags[row] if tag != "O"})
        return types[0] if types else ""
    return examples.labels[row]
