"""suspicious: rows whose label the vectors of all other rows contradict, the surest first.

Each row is judged by probes that never saw it (out of fold), so that a wrong label cannot vouch for
itself.

After Northcutt, Jiang and Chuang 2021 ("confident learning"), equation 1: a row is suspicious where
another label is as probable as it usually is for rows of that label.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.training.examples import PARTS
from embedlib.training.frozen import frozen_vectors
from embedlib.training.recipes import frozen_options
from embedlib.training.regressions import fit, regression
from embedlib.training.scores import Doubles
from embedlib.training.work import Work

N_FOLDS: Final = 5
_MOST: Final = 100
_SURE: Final = 0.5
_STRENGTH: Final = 0.1


@dataclass(frozen=True)
class Suspicion:
    """A row whose label is to be doubted.

    Args:
        row: The row of the source, from 0.
        part: Its part of the split.
        text: The text.
        label: What it is called.
        likelier: What the other rows would call it.
        chance, chance_of_label: Probabilities of the two, out of fold.
    """

    row: int
    part: str
    text: str
    label: str
    likelier: str
    chance: float
    chance_of_label: float


@dataclass(frozen=True)
class Suspicions:
    """Rows whose labels are to be doubted, and how far the judge can be trusted.

    Args:
        rows: At most the hundred surest.
        accuracy: Share of all rows of which the judge says the label that they have, 0 to 1.
    """

    rows: tuple[Suspicion, ...]
    accuracy: float


def suspicious(work: Work) -> Suspicions:
    """Rows of all parts whose label is likely wrong.

    Args:
        work: A task with one label a text or pair. Vectors are made as the probe's defaults say,
            and are in the store where the probe was fitted before.
    """
    found = frozen_vectors(replace(work, options=frozen_options("probe", work.options)))
    number = {label: position for position, label in enumerate(work.labels)}
    truth = np.array([number[label] for label in work.examples.labels], dtype=np.int64)
    chances = out_of_fold(found.rows, truth, len(work.labels), work.seed, work.say)
    doubted = doubtful(chances, truth)
    rows = tuple(_suspicion(work, row, chances) for row in doubted[:_MOST].tolist())
    return Suspicions(rows, float((chances.argmax(axis=1) == truth).mean()))


def out_of_fold(
    vectors: Floats, truth: Longs, n_labels: int, seed: int, say: Any = None
) -> Doubles:
    """(row, label) probabilities, each row's by a probe that was fitted without it.

    Args:
        vectors: (row, dim).
        truth: (row,) label numbers.
        n_labels: How many labels there are.
        seed: Of the folds, which are drawn within each label.
        say: As `Work.say`.
    """
    folds = folds_of(truth, seed)
    chances = np.full((len(truth), n_labels), 1.0 / n_labels)
    mean, scale = vectors.mean(axis=0), np.float32(float(vectors.std()) or 1.0)
    rows = (vectors - mean) / scale
    for fold in range(N_FOLDS):
        if say is not None:
            say("Looking for suspicious labels", fold, N_FOLDS, "folds")
        inside = folds != fold
        if len(set(truth[inside].tolist())) < 2 or inside.all():
            continue
        fitted = fit(regression(_STRENGTH), rows[inside], truth[inside])
        known = fitted.classes_.astype(int)
        said = np.zeros((int((~inside).sum()), n_labels))
        said[:, known] = fitted.predict_proba(rows[~inside])
        chances[~inside] = said
    return chances


def folds_of(truth: Longs, seed: int) -> Longs:
    """(row,) fold number; the rows of a label are dealt out evenly."""
    random = np.random.default_rng(seed)
    folds = np.zeros(len(truth), dtype=np.int64)
    first = 0
    for label in np.unique(truth):
        rows = random.permutation(np.flatnonzero(truth == label))
        folds[rows] = (first + np.arange(len(rows))) % N_FOLDS
        first += len(rows)
    return folds


def doubtful(chances: Doubles, truth: Longs) -> Longs:
    """Rows where another label is sure enough, by how far it beats the given one.

    Sure enough is its usual chance among its own rows, or an even chance where that is less.

    Args:
        chances: (row, label) out of fold.
        truth: (row,) given label numbers.
    """
    n_labels = chances.shape[1]
    usual = np.array(
        [chances[truth == n, n].mean() if (truth == n).any() else 1.0 for n in range(n_labels)]
    )
    reached = np.where(chances >= np.minimum(usual, _SURE), chances, -1.0)
    likelier = reached.argmax(axis=1)
    everyone = np.arange(len(truth))
    lead = chances[everyone, likelier] - chances[everyone, truth]
    rows = np.flatnonzero((reached.max(axis=1) >= 0) & (likelier != truth) & (lead > 0))
    return np.asarray(rows[np.argsort(-lead[rows], kind="stable")], dtype=np.int64)


def _suspicion(work: Work, row: int, chances: Doubles) -> Suspicion:
    examples = work.examples
    label = examples.labels[row]
    likelier = int(chances[row].argmax())
    return Suspicion(
        row=examples.rows[row],
        part=examples.parts[row] if examples.parts else PARTS[0],
        text=examples.texts[row],
        label=label,
        likelier=work.labels[likelier],
        chance=float(chances[row, likelier]),
        chance_of_label=float(chances[row, work.labels.index(label)]),
    )
