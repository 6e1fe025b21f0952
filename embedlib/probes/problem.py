"""Problem: labelled rows dealt to folds, so that no text and its duplicate stand on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import check_count, check_labels
from embedlib.limits import LIMITS
from embedlib.records import Longs
from embedlib.table import Table

__all__ = ["Problem", "problem"]

FOLDS: Table[int] = Table("kind of data", {"few": 10, "many": 5})
# Ten folds tell small differences from noise better; five take half the time, which counts here.
MANY_SCORES = 250_000  # rows times categories
_FEW = 5  # rows of a category, below which its score is mostly chance
_GROUPS_A_CATEGORY = 2  # with one, it can never be learned and tested


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be told from vectors, and which rows are tested together.

    Args:
        labels: The categories, the largest first.
        rows: (row,) the rows of the data that take part, ascending.
        codes: (row,) position in `labels` of each.
        folds: (row,) the fold in which each is tested; it is learned from in all others.
        groups: (row,) number of its group: equal texts, or words of equal sentences.
        n_folds: How many folds.
        seed: What the dealing depends on.
        measure: A row of `MEASURES`: what predictions are scored by.
        sequences: (row,) the sentence that each word stands in, for measures of spans; or None.
        notes: What a person should know: what was sampled, and what left out.
    """

    labels: tuple[str, ...]
    rows: Longs
    codes: Longs
    folds: Longs
    groups: Longs
    n_folds: int
    seed: int
    measure: str = "accuracy"
    sequences: Longs | None = None
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.rows)

    @property
    def largest_share(self) -> float:
        """What always answering the largest category scores in accuracy."""
        return float(np.bincount(self.codes).max() / self.n_rows)

    def shuffled(self) -> "Problem":
        """The same rows and folds with the labels dealt anew, group by group.

        Equal texts keep equal labels where they had them, or the baseline would be too low.
        """
        rng = np.random.default_rng(self.seed + 1)
        _, first, group_of = np.unique(self.groups, return_index=True, return_inverse=True)
        if len(first) == self.n_rows or self.sequences is None:
            codes = rng.permutation(self.codes[first])[group_of]
        else:  # words: a sentence has many labels, so single words are dealt
            codes = rng.permutation(self.codes)
        return replace(self, codes=codes)

    @property
    def sentence(self) -> str:
        """Rows, categories, folds and seed, for under a figure."""
        kind = "rows" if self.sequences is None else "words"
        return (
            f"{self.n_rows:,} {kind}, {len(self.labels):,} categories, {self.n_folds} folds, "
            f"seed {self.seed}"
        )


def problem(
    labels: Sequence[str],
    groups: Sequence[str],
    *,
    n_folds: int | None = None,
    seed: int = 0,
    measure: str = "accuracy",
    sequences: Sequence[int] | None = None,
) -> Problem:
    """Deal labelled rows to folds by whole groups, with each category spread evenly.

    Args:
        labels: (row,) one a row, "" for none, which leaves the row out.
        groups: (row,) what may not be torn apart: the text of each row (or, for words, of its
            sentence). Equal up to case and white space is equal.
        n_folds: 2 or more; None for 10, or 5 where rows times categories pass 250,000.
        seed: Decides the dealing, and the sample where there are too many rows.
        measure: A row of `MEASURES`.
        sequences: (row,) the sentence of each word, where rows are words.

    Raises:
        OptionError: If there are fewer than two categories with two different texts each.
        LimitError: If there are more categories than `LIMITS["categories"]`.
    """
    from embedlib.probes.measures import MEASURES

    MEASURES[measure]
    named = check_labels(labels, len(groups))
    keys = _numbered([" ".join(str(text).casefold().split()) for text in groups])
    notes: list[str] = []
    rows = np.array([row for row, label in enumerate(named) if label], dtype=np.int64)
    if len(rows) < len(named):
        notes.append(f"{len(named) - len(rows):,} rows without a label are left out.")
    rows = _sampled(rows, keys, seed, notes)
    rows = _without_single(rows, named, keys, notes)
    names, codes = _coded([named[row] for row in rows])
    LIMITS["categories"].check(len(names), "The number of categories")
    _say_if_few(codes, notes)
    own = keys[rows]
    many = len(rows) * len(names) > MANY_SCORES
    wanted = FOLDS["many" if many else "few"] if n_folds is None else n_folds
    check_count(wanted, 2, 100, "The number of folds")
    n = max(2, min(wanted, len(np.unique(own)) // 2))
    return Problem(
        labels=names,
        rows=rows,
        codes=codes,
        folds=_dealt(codes, own, n, seed),
        groups=own,
        n_folds=n,
        seed=seed,
        measure=measure,
        sequences=None if sequences is None else np.asarray(sequences, dtype=np.int64)[rows],
        notes=tuple(notes),
    )


def _numbered(keys: Sequence[str]) -> Longs:
    places: dict[str, int] = {}
    return np.array([places.setdefault(key, len(places)) for key in keys], dtype=np.int64)


def _sampled(rows: Longs, keys: Longs, seed: int, notes: list[str]) -> Longs:
    """At most `LIMITS["probe_rows"]` of the rows, in whole groups."""
    most = LIMITS["probe_rows"].value
    if len(rows) <= most:
        return rows
    groups, counts = np.unique(keys[rows], return_counts=True)
    order = np.random.default_rng(seed).permutation(len(groups))
    kept = groups[order[counts[order].cumsum() <= most]]
    chosen = rows[np.isin(keys[rows], kept)]
    notes.append(
        f"A random {len(chosen):,} of {len(rows):,} labelled rows are used (seed {seed}): "
        f"more say little more and take longer."
    )
    return chosen


def _without_single(rows: Longs, named: Sequence[str], keys: Longs, notes: list[str]) -> Longs:
    """The rows of categories that have at least two different texts."""
    texts: dict[str, set[int]] = {}
    for row in rows:
        texts.setdefault(named[row], set()).add(int(keys[row]))
    kept = {label for label, found in texts.items() if len(found) >= _GROUPS_A_CATEGORY}
    if len(kept) < 2:
        raise OptionError(
            "Telling categories apart needs at least 2 categories with 2 different texts each, "
            f"got {len(kept)}.",
            "Choose another label column, or label more texts.",
        )
    if len(kept) < len(texts):
        notes.append(
            f"{len(texts) - len(kept):,} categories with a single text are left out: "
            "what is tested must also be learned from another text."
        )
    return rows[[named[row] in kept for row in rows]]


def _coded(labels: Sequence[str]) -> tuple[tuple[str, ...], Longs]:
    """Categories by size, and each row's position among them."""
    sizes: dict[str, int] = {}
    for label in labels:
        sizes[label] = sizes.get(label, 0) + 1
    names = tuple(sorted(sizes, key=lambda name: -sizes[name]))
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([places[label] for label in labels], dtype=np.int64)


def _say_if_few(codes: Longs, notes: list[str]) -> None:
    middle = int(np.median(np.bincount(codes)))
    if middle < _FEW:
        notes.append(
            f"Half of the categories have {middle} rows or fewer: a score on so few says little."
        )


def _dealt(codes: Longs, groups: Longs, n_folds: int, seed: int) -> Longs:
    """(row,) folds: whole groups, the rarest categories first, each to where it is scarcest."""
    _, group_of = np.unique(groups, return_inverse=True)
    n_groups = int(group_of.max()) + 1
    rarest = np.zeros(n_groups, dtype=np.int64)  # codes are by size: the highest is the rarest
    np.maximum.at(rarest, group_of, codes)
    sizes = np.bincount(group_of)
    order = np.random.default_rng(seed).permutation(n_groups)
    order = order[np.argsort(-rarest[order], kind="stable")]
    of_category = np.zeros((int(codes.max()) + 1, n_folds), dtype=np.int64)
    totals = np.zeros(n_folds, dtype=np.int64)
    fold_of = np.empty(n_groups, dtype=np.int64)
    for group in order:
        counts = of_category[rarest[group]]
        fold = int(np.lexsort((totals, counts))[0])
        fold_of[group] = fold
        counts[fold] += sizes[group]
        totals[fold] += sizes[group]
    return fold_of[group_of]
