"""What training on the words of sentences means: features, scores, the report, and a baseline."""

import time
from collections import Counter, defaultdict
from typing import Any, Final

import numpy as np

from embedlib.records import Floats, Longs
from embedlib.training.baselines import refuse_to_save
from embedlib.training.examples import TEST, TRAIN, VALIDATION
from embedlib.training.features import Features, word_features
from embedlib.training.scores import N_RESAMPLES, Score, log_loss
from embedlib.training.sequences import counts, decode
from embedlib.training.tuning import Kind
from embedlib.training.work import Fitted, Work

_UNSEEN: Final = -30.0


def _features(work: Work, tokenizer: Any, part: str, max_tokens: int) -> Features:
    rows = work.examples.part(part)
    number = {label: position for position, label in enumerate(work.labels)}
    tags = [[number[tag] for tag in row] for row in rows.tags]
    return word_features(tokenizer, rows.words, tags, max_tokens)


def _score(work: Work, features: Features, logits: list[Floats]) -> dict[str, float]:
    flat = np.concatenate(logits)
    truth = np.concatenate(features.labels)
    counted = truth >= 0
    predicted = tags_of(collect(features, logits), work.labels)
    f1 = entity_f1(counts(work.examples.part(VALIDATION).tags, predicted).sum(axis=0))
    return {
        "score": f1,
        "loss": log_loss(flat[counted], truth[counted]),
        "entity_f1": f1,
        "accuracy": float((flat[counted].argmax(axis=1) == truth[counted]).mean()),
    }


def collect(features: Features, logits: list[Floats]) -> list[Floats]:
    """(word, label) scores a row: those of each word's first piece; a word that was cut is O."""
    found = []
    for places, scores in zip(features.first_pieces, logits, strict=True):
        cut = np.full(scores.shape[1], _UNSEEN, np.float32)
        cut[0] = 0.0  # O stands first among the labels
        found.append(np.where((places >= 0)[:, None], scores[places], cut))
    return found


KIND: Final = Kind(head="tokens", features=_features, score=_score, collect=collect)


def tags_of(logits: list[Floats], labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The legal tags of every row; see `sequences.decode`."""
    return [decode(scores, labels) for scores in logits]


def entity_f1(counted: Any) -> float:
    """F1 of (right, predicted, there): 0 where nothing is there and nothing was predicted."""
    right, said, there = map(float, counted)
    return 2 * right / (said + there) if said + there else 0.0


def entity_score(counted: Floats, seed: int) -> Score:
    """Strict micro F1 of entities, with a bootstrap interval over sentences.

    Args:
        counted: (sentence, 3) as `sequences.counts` gives them.
        seed: Of the resampling.
    """
    draws = np.random.default_rng(seed).multinomial(
        len(counted), np.full(len(counted), 1 / len(counted)), size=N_RESAMPLES
    )
    sums = draws @ counted  # (resample, 3)
    values = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
    low, high = np.quantile(values, (0.025, 0.975))
    return Score(entity_f1(counted.sum(axis=0)), float(low), float(high))


def word_score(truth: Any, predicted: Any, seed: int) -> Score:
    """Share of words with the right tag, with a bootstrap interval over sentences."""
    right = np.array(
        [
            (sum(a == b for a, b in zip(t, p, strict=True)), len(t))
            for t, p in zip(truth, predicted, strict=True)
        ],
        dtype=np.float64,
    )
    draws = np.random.default_rng(seed).multinomial(
        len(right), np.full(len(right), 1 / len(right)), size=N_RESAMPLES
    )
    sums = draws @ right
    low, high = np.quantile(sums[:, 0] / np.maximum(sums[:, 1], 1), (0.025, 0.975))
    total = right.sum(axis=0)
    return Score(float(total[0] / total[1]), float(low), float(high))


def fit_dictionary(work: Work, task: str) -> Fitted:
    """Each word's most frequent tag in the training rows; words that are new are O."""
    began = time.monotonic()
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    train = work.examples.part(TRAIN)
    for words, tags in zip(train.words, train.tags, strict=True):
        for word, tag in zip(words, tags, strict=True):
            seen[word.casefold()][tag] += 1
    number = {label: position for position, label in enumerate(work.labels)}

    def scores(word: str) -> Floats:
        found = np.full(len(work.labels), 0.0, np.float32)
        for tag, count in seen.get(word.casefold(), Counter({work.labels[0]: 1})).items():
            found[number[tag]] = count
        return np.asarray(np.log(found / found.sum() + 1e-6), dtype=np.float32)

    logits = {
        part: [
            np.stack([scores(word) for word in words]) for words in work.examples.part(part).words
        ]
        for part in (VALIDATION, TEST)
    }
    n_known = len(seen)
    return Fitted(logits, time.monotonic() - began, n_known, n_known, 8 * n_known, refuse_to_save)


def fit_nothing(work: Work, task: str) -> Fitted:
    """No word is an entity."""
    row = np.array([0.0, *([_UNSEEN] * (len(work.labels) - 1))], np.float32)
    logits = {
        part: [np.tile(row, (len(words), 1)) for words in work.examples.part(part).words]
        for part in (VALIDATION, TEST)
    }
    return Fitted(logits, 0.0, 0, 0, 0, refuse_to_save)


def whole_rows(truth: Any, predicted: Any) -> Longs:
    """(row,) 1 where every word of a sentence has its tag."""
    return np.array([t == p for t, p in zip(truth, predicted, strict=True)], dtype=np.int64)
