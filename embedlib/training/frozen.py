"""Recipes that leave the model as it is: class centroids and a linear probe on its vectors."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from embedlib.geometry import centroids, unit
from embedlib.layers import parse_layers
from embedlib.records import Floats, Longs, Progress, TokenSettings
from embedlib.training.examples import TEST, TRAIN, VALIDATION, Examples
from embedlib.training.heads import LinearHead
from embedlib.training.options import Value
from embedlib.training.regressions import fit, regression
from embedlib.training.scores import log_loss
from embedlib.training.work import Fitted, Work

_STRENGTHS: Final = (0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True, eq=False)
class FrozenVectors:
    """Vectors of all rows, and how they came about.

    Args:
        rows: (row, dim) in the order of the examples.
        source: What `predict` needs to make such vectors again.
        seconds: What the forward passes took when the vectors were made, now or earlier.
        parameters: Of the model.
        bytes: What the model weighs.
    """

    rows: Floats
    source: dict[str, Any]
    seconds: float
    parameters: int
    bytes: int


def frozen_vectors(work: Work) -> FrozenVectors:
    """Vectors of the texts, or of pairs, through the store: a second recipe finds them there."""
    from embedlib.models import load

    encoder = load(work.model, device=work.device, models_dir=work.models_dir)
    source = {
        "model": encoder.card.name,
        "weights_sha256": encoder.card.weights_sha256,
        "layer": str(work.options["layer"]),
        "pooling": str(work.options["pooling"]),
        "prefix": str(work.options["prefix"]),
        "max_tokens": int(work.options["max_tokens"]) or None,
    }
    rows, seconds = _made(encoder, work.examples, source, work.say)
    return FrozenVectors(rows, source, seconds, encoder.card.n_parameters, _bytes(encoder))


def vectors_for(encoder: Any, examples: Examples, source: Mapping[str, Any]) -> Floats:
    """(row, dim) vectors as a head's `source` says; of a pair u, v: u, v, |u - v| and u * v.

    Source of the pair's features: Reimers and Gurevych 2019, section 3 (u, v, |u - v|); Conneau et
    al. 2017 (with u * v).
    """
    return _made(encoder, examples, source, None)[0]


def _made(
    encoder: Any, examples: Examples, source: Mapping[str, Any], say: Any
) -> tuple[Floats, float]:
    """Vectors, and the seconds of their forward passes."""
    first, seconds = _vectors(encoder, examples.texts, source, say)
    if not examples.pairs:
        return first, seconds
    second, more = _vectors(encoder, examples.pairs, source, say)
    joined = np.concatenate([first, second, np.abs(first - second), first * second], axis=1)
    return joined, seconds + more


def _vectors(
    encoder: Any, texts: tuple[str, ...], source: Mapping[str, Any], say: Any
) -> tuple[Floats, float]:
    from embedlib.store import Store

    def show(progress: Progress) -> None:
        if say is not None:
            say("Embedding", progress.done, progress.total, progress.unit)

    layer = source["layer"]
    most = source["max_tokens"]
    vectors = Store().vectors(
        encoder,
        texts,
        layers=parse_layers(layer, encoder.card.n_layers),
        poolings=(source["pooling"],),
        settings=TokenSettings(
            max_tokens=None if most is None else min(int(most), encoder.card.most_tokens),
            prefix=source["prefix"],
        ),
        progress=show,
    )
    return vectors.select(source["pooling"], layer), vectors.seconds


def fit_centroids(work: Work) -> Fitted:
    """Each label is the mean of its unit vectors; a text is called after the nearest.

    Logits are cosines times a factor fitted on the validation rows, so that confidences make sense.
    """
    found = frozen_vectors(work)
    began = time.monotonic()
    train = part_of(work, found, TRAIN)
    names = work.examples.part(TRAIN).labels
    made = centroids(train, names, normalise=True)
    place = {label: position for position, label in enumerate(made.labels)}
    means = np.zeros((len(work.labels), train.shape[1]), np.float32)
    for position, label in enumerate(work.labels):
        if label in place:
            means[position] = made.means[place[label]]
    directions = unit(means).astype(np.float32)
    validation = unit(part_of(work, found, VALIDATION)).astype(np.float32)
    sharpness = _sharpness(validation @ directions.T, work.codes(VALIDATION))
    head = LinearHead(
        labels=work.labels,
        weight=directions * np.float32(sharpness),
        bias=np.zeros(len(work.labels), np.float32),
        mean=np.zeros(train.shape[1], np.float32),
        scale=1.0,
        normalise=True,
        source=found.source,
    )
    return _fitted(work, found, head, began, {"sharpness": sharpness})


def fit_probe(work: Work) -> Fitted:
    """Logistic regression on the vectors, its C chosen by the likelihood of the validation rows.

    Once C is known, training and validation rows together teach the head that is kept; the
    validation logits are those of the head that had not seen them.
    """
    found = frozen_vectors(work)
    began = time.monotonic()
    train, held_out = part_of(work, found, TRAIN), part_of(work, found, VALIDATION)
    truth, held_out_truth = work.codes(TRAIN), work.codes(VALIDATION)
    chosen, strength = probe(train, truth, held_out, held_out_truth, work, found.source)
    work.say("Fitting the probe", len(_STRENGTHS), len(_STRENGTHS), "fits")
    rows = np.concatenate([train, held_out])
    fitted = regression(strength, balanced=bool(work.options.get("class_weights", False)))
    mean, scale = rows.mean(axis=0), float(rows.std()) or 1.0
    fit(fitted, (rows - mean) / np.float32(scale), np.concatenate([truth, held_out_truth]))
    head = _head(fitted, work.labels, mean, scale, found.source)
    made = _fitted(work, found, head, began, {"C": strength})
    return replace(made, logits={**made.logits, VALIDATION: chosen.logits(held_out)})


def probe(
    train: Floats,
    truth: Longs,
    validation: Floats,
    validation_truth: Longs,
    work: Work,
    source: dict[str, Any],
) -> tuple[LinearHead, float]:
    """The best linear head, and the C that it was fitted with."""
    mean = train.mean(axis=0)
    scale = float(train.std()) or 1.0
    asked = float(work.options.get("strength", 0.0))
    weights: Value = work.options.get("class_weights", False)
    best: tuple[float, float, LinearHead] | None = None
    tried = (asked,) if asked else _STRENGTHS
    fitted = regression(tried[0], balanced=bool(weights))
    for number, strength in enumerate(tried):
        work.say("Fitting the probe", number, len(tried), "fits")
        fit(fitted.set_params(C=strength), (train - mean) / np.float32(scale), truth)
        head = _head(fitted, work.labels, mean, scale, source)
        loss = log_loss(head.logits(validation), validation_truth)
        if best is not None and loss > best[0]:
            break  # the likelihood has one peak in C
        best = (loss, strength, head)
    assert best is not None  # noqa: S101 - at least one strength was tried
    return best[2], best[1]


def _head(
    regression: Any, labels: tuple[str, ...], mean: Floats, scale: float, source: dict[str, Any]
) -> LinearHead:
    """The regression's weights; labels that never trained get a score that never wins."""
    known = regression.classes_.astype(int)
    weight = np.zeros((len(labels), len(mean)), np.float32)
    bias = np.full(len(labels), -30.0, np.float32)
    if len(known) == 2:  # scikit-learn keeps one row for two labels
        weight[known[1]] = regression.coef_[0]
        bias[known] = 0.0, regression.intercept_[0]
    else:
        weight[known], bias[known] = regression.coef_, regression.intercept_
    return LinearHead(labels, weight, bias, mean.astype(np.float32), scale, False, source)


def _fitted(
    work: Work, found: FrozenVectors, head: LinearHead, began: float, facts: dict[str, Any]
) -> Fitted:
    logits = {part: head.logits(part_of(work, found, part)) for part in (VALIDATION, TEST)}
    return Fitted(
        logits=logits,
        seconds=found.seconds + time.monotonic() - began,
        trainable_parameters=head.n_parameters,
        parameters=found.parameters + head.n_parameters,
        model_bytes=found.bytes + 4 * head.n_parameters,
        save=head.save,
        facts={**facts, "layer": head.source["layer"], "pooling": head.source["pooling"]},
    )


def part_of(work: Work, found: FrozenVectors, part: str) -> Floats:
    """(row, dim) vectors of one part of the split."""
    return found.rows[[row for row, name in enumerate(work.examples.parts) if name == part]]


def _sharpness(cosines: Floats, truth: Longs) -> float:
    """What to multiply cosines with, so that their softmax fits the truth best."""
    from embedlib.training.calibration import temperature

    return float(1.0 / temperature(cosines, truth))


def _bytes(encoder: Any) -> int:
    return int(sum(p.numel() * p.element_size() for p in encoder.model.parameters()))
