"""What training on whole texts, or pairs of texts, means: features, and how they are scored."""

from typing import Any, Final

import numpy as np

from embedlib.records import Floats
from embedlib.training.features import Features, text_features
from embedlib.training.scores import accuracy, log_loss, macro_f1
from embedlib.training.tuning import Kind
from embedlib.training.work import Work


def _features(work: Work, tokenizer: Any, part: str, max_tokens: int) -> Features:
    rows = work.examples.part(part)
    prefix = str(work.options.get("prefix", ""))
    texts = [prefix + text for text in rows.texts]
    return text_features(tokenizer, texts, rows.pairs, work.codes(part).tolist(), max_tokens)


def _score(work: Work, features: Features, logits: list[Floats]) -> dict[str, float]:
    scores, truth = np.stack(logits), np.array(features.labels)
    predicted = scores.argmax(axis=1)
    f1 = macro_f1(truth, predicted, len(work.labels))
    right = accuracy(truth, predicted)
    return {"score": f1, "loss": log_loss(scores, truth), "accuracy": right, "macro_f1": f1}


KIND: Final = Kind(
    head="sequence",
    features=_features,
    score=_score,
    collect=lambda _, logits: np.stack(logits),
)
