"""What can be wrong with rows for one model or one split; `CHECKS` are of the rows alone."""

from typing import Final

from embedlib.errors import shown
from embedlib.training.doctor.findings import Finding
from embedlib.training.doctor.lengths import TokenCounts
from embedlib.training.examples import TEST, Examples

_UNKNOWN_SHARE: Final = 0.05


def unknown_tokens(counts: TokenCounts) -> list[Finding]:
    """Texts that the model's vocabulary does not hold; the rows are those of the average or worse.

    Args:
        counts: What the model's tokenizer makes of the rows.
    """
    unknown, content = int(counts.unknown.sum()), int(counts.content.sum())
    if not content or unknown / content < _UNKNOWN_SHARE:
        return []
    affected = counts.unknown * content >= unknown * counts.content.clip(1)
    rows = tuple(int(row) for row in affected.nonzero()[0])
    words = (
        f"The model does not know {unknown / content:.0%} of the tokens ({unknown:,} of "
        f"{content:,}): it cannot read these texts well. Choose a model for their language."
    )
    return [Finding("unknown_tokens", "warn", rows, words)]


def untested(examples: Examples) -> list[Finding]:
    """Labels, of tags kinds of entity, of which no row is tested: no score speaks of them.

    Args:
        examples: Rows with their parts.
    """
    if TEST not in examples.parts:
        return []
    rows_of: dict[str, list[int]] = {}
    tested: set[str] = set()
    for row, part in enumerate(examples.parts):
        for name in _taught(examples, row):
            rows_of.setdefault(name, []).append(row)
            if part == TEST:
                tested.add(name)
    missing = [name for name in sorted(rows_of) if name not in tested]
    if not missing:
        return []
    told = ", ".join(shown(name, 30) for name in missing[:3])
    told += f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
    words = (
        f"{len(missing):,} of {len(rows_of):,} labels {'has' if len(missing) == 1 else 'have'} no "
        f"test row ({told}): no score says how well they are told apart. Test more of the rows, "
        "or add some of these labels."
    )
    rows = tuple(sorted({row for name in missing for row in rows_of[name]}))
    return [Finding("untested", "warn", rows, words)]


def _taught(examples: Examples, row: int) -> set[str]:
    if examples.tags:
        return {tag[2:] for tag in examples.tags[row] if tag != "O"}
    return {examples.labels[row]} - {""}
