"""What can be wrong with rows for one model, split or recipe; `CHECKS` are of the rows alone.

`diagnosis` is all of it, for the page and the command line alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from embedlib.errors import shown
from embedlib.records import UNKNOWN_SHARE, Longs
from embedlib.training.doctor.findings import Finding, counted, finding, in_order
from embedlib.training.doctor.lengths import TokenCounts
from embedlib.training.examples import TEST, TRAIN, Examples

_ENOUGH_STEPS: Final = 100  # docs/decisions/0012


def diagnosis(
    found: Sequence[Finding],
    counts: TokenCounts | None = None,
    examples: Examples | None = None,
    most: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """All that is wrong with rows for what is going to learn from them, the gravest first.

    Args:
        found: What `examine` found in the rows by themselves.
        counts: What the model's tokenizer makes of them; None where there is no model yet.
        examples: The rows with their parts; None where they are not split yet.
        most: Tokens of a text that the recipe reads; None where there is no recipe yet.
        options: Of the recipe; None where there is none yet.
    """
    further = []
    if examples is not None:
        further += [*untested(examples), *few_steps(examples, options or {})]
    if counts is None:
        return in_order([*found, *further])
    if most is not None:
        further += too_long(counts.lengths, most)
    # Before others of its severity: which model reads the texts decides more than any row.
    return in_order([*unknown_tokens(counts), *found, *further])


def unknown_tokens(counts: TokenCounts) -> list[Finding]:
    """Texts that the model's vocabulary does not hold; the rows are those of the average or worse.

    Args:
        counts: What the model's tokenizer makes of the rows.
    """
    unknown, content = int(counts.unknown.sum()), int(counts.content.sum())
    if not content or unknown / content < UNKNOWN_SHARE:
        return []
    affected = counts.unknown * content >= unknown * counts.content.clip(1)
    rows = tuple(int(row) for row in affected.nonzero()[0])
    words = (
        f"The model does not know {unknown / content:.0%} of the tokens ({unknown:,} of "
        f"{content:,}): it cannot read these texts well. Choose a model for their language."
    )
    return [Finding("unknown_tokens", "warn", rows, words)]


def too_long(lengths: Longs, most: int) -> list[Finding]:
    """Texts of which a model reads the beginning only; what they lose depends on the model.

    Args:
        lengths: (row,) tokens of each text, special tokens included.
        most: Tokens that are read.
    """
    over = np.maximum(np.asarray(lengths) - most, 0)
    rows = over.nonzero()[0].tolist()
    if not rows:
        return []
    lost = over.sum() / max(1, np.asarray(lengths).sum())
    words = (
        f"{counted(rows)} longer than {most} tokens, whose end is cut ({lost:.1%} of all tokens)."
    )
    return [finding("too_long", "note", rows, words)]


def untested(examples: Examples) -> list[Finding]:
    """Labels, of tags kinds of entity, of which no row is tested: no score speaks of them.

    Args:
        examples: Rows with their parts.
    """
    if TEST not in examples.parts:
        return []
    names = [_taught(examples, row) for row in range(len(examples))]
    tested = set[str]().union(*(n for n, p in zip(names, examples.parts, strict=True) if p == TEST))
    known = set[str]().union(*names)
    missing = sorted(known - tested)
    if not missing:
        return []
    told = ", ".join(shown(name, 30) for name in missing[:3])
    told += f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
    words = (
        f"{len(missing):,} of {len(known):,} labels {'has' if len(missing) == 1 else 'have'} no "
        f"test row ({told}): no score says how well they are told apart. Test more of the rows, "
        "or add some of these labels."
    )
    rows = tuple(row for row, of in enumerate(names) if not of.isdisjoint(missing))
    return [Finding("untested", "warn", rows, words)]


def few_steps(examples: Examples, options: Mapping[str, Any]) -> list[Finding]:
    """So few steps that training hardly moves the model from where it begins.

    Args:
        examples: Rows with their parts.
        options: Of a recipe; those that train in steps have epochs.
    """
    if "epochs" not in options:
        return []
    n_rows, epochs = examples.parts.count(TRAIN), int(options["epochs"])
    in_epoch = -(-n_rows // int(options["batch_size"]))
    if in_epoch * epochs >= _ENOUGH_STEPS:
        return []
    words = (
        f"{n_rows:,} training rows in {epochs} epochs are {in_epoch * epochs} steps, which hardly "
        f"move a model: {-(-_ENOUGH_STEPS // in_epoch)} epochs would be {_ENOUGH_STEPS} steps or "
        "more, and take little time with so few rows."
    )
    return [finding("few_steps", "note", (), words)]


def _taught(examples: Examples, row: int) -> set[str]:
    if examples.tags:
        return {tag[2:] for tag in examples.tags[row] if tag != "O"}
    return {examples.labels[row]} - {""}
