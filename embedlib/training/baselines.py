"""What costs nothing: the largest label, and counted words. A model must beat them."""

import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.records import Floats
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.regressions import fit
from embedlib.training.work import Fitted, Work

_STRENGTH: Final = 10.0  # C; for rows of length 1 it hardly matters between 3 and 100
_MOST_STEPS: Final = 60
_UNSEEN: Final = -30.0
_WORDS: Final[Any] = {"token_pattern": r"(?u)\b\w+\b"}  # one letter is a word too


def fit_majority(work: Work, task: str) -> Fitted:
    """The largest label for every text, with the shares of the training rows as confidence."""
    began = time.monotonic()
    counts = np.bincount(work.codes(TRAIN), minlength=len(work.labels))
    shares = np.log(np.maximum(counts, 1e-12) / counts.sum()).astype(np.float32)
    logits = {part: np.tile(shares, (len(work.codes(part)), 1)) for part in (VALIDATION, TEST)}
    return Fitted(logits, time.monotonic() - began, 0, len(work.labels), 0, refuse_to_save)


def fit_tfidf(work: Work, task: str) -> Fitted:
    """TF-IDF of words, word pairs and pieces of words, with logistic regression.

    Pieces are runs of 2 to 5 characters, which also serve scripts that put no spaces.

    Source: Sparck Jones 1972 (IDF); Wang and Manning 2012 (n-grams as a baseline hard to beat).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    began = time.monotonic()
    work.say("Counting words", 0, 0, "texts")
    rows = {part: _written(work.examples.part(part)) for part in (TRAIN, VALIDATION, TEST)}
    vectorizer = make_union(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), **_WORDS),
        TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=2)
        if len(rows[TRAIN]) > 50
        else TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3)),
    )
    counted: dict[str, Any] = {TRAIN: vectorizer.fit_transform(rows[TRAIN])}
    counted |= {part: vectorizer.transform(rows[part]) for part in (VALIDATION, TEST)}
    work.say("Fitting TF-IDF", 0, 0, "steps")
    fitted = LogisticRegression(C=_STRENGTH, max_iter=_MOST_STEPS, tol=1e-3)
    fit(fitted, counted[TRAIN], work.codes(TRAIN))
    n_learned = int(fitted.coef_.size + fitted.intercept_.size)
    return Fitted(
        logits={p: _logits(fitted, counted[p], len(work.labels)) for p in (VALIDATION, TEST)},
        seconds=time.monotonic() - began,
        trainable_parameters=n_learned,
        parameters=n_learned,
        model_bytes=8 * n_learned,
        save=refuse_to_save,
        facts={"C": _STRENGTH, "features": int(counted[TRAIN].shape[1])},
    )


def _written(examples: Examples) -> list[str]:
    """Texts, of pairs both, the second marked so that its words are other features."""
    if not examples.pairs:
        return list(examples.texts)
    return [
        f"{first} ⟂ " + " ".join(f"²{word}" for word in second.split())
        for first, second in zip(examples.texts, examples.pairs, strict=True)
    ]


def _logits(fitted: Any, rows: Any, n_labels: int) -> Floats:
    known = fitted.classes_.astype(int)
    scores = fitted.decision_function(rows)
    if scores.ndim == 1:
        scores = np.stack([np.zeros_like(scores), scores], axis=1)
    logits = np.full((rows.shape[0], n_labels), _UNSEEN, np.float32)
    logits[:, known] = scores
    return logits


def refuse_to_save(folder: Path) -> None:
    """What `Fitted.save` of a baseline does."""
    raise OptionError(
        "A baseline is there to be compared with, and is not kept as a model.",
        "Choose a recipe.",
    )
