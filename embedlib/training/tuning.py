"""Recipes that change the model: full fine-tuning, frozen lower layers, LoRA and AdaLoRA.

Only the child process runs them; each loads its own copy of the model. What they share is `tune`;
what a recipe does to the model is a function of `adapting`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.models.classifiers import Classifier, classifier, output_of
from embedlib.records import Floats, Longs
from embedlib.training.examples import TEST, TRAIN, VALIDATION
from embedlib.training.features import Features
from embedlib.training.options import Value
from embedlib.training.regressions import fit, regression
from embedlib.training.work import Fitted, Work

# Softer than what the probe chooses: on 12 labels of 36 rows a head with the probe's own C began at
# a higher validation score and ended 1 to 2 test points lower: the first steps threw it about.
_WARM_STRENGTH: Final = 0.03
_WARM_ROWS: Final = 4_000
_NO_BETTER: Final = (
    "No epoch was better on the validation rows than what training began with, which is kept: the "
    "model is unchanged below its head."
)


@dataclass(frozen=True, eq=False)
class Kind:
    """What differs between texts and tokens.

    Args:
        head: A name in `models.classifiers.HEADS`.
        features: (work, tokenizer, part, max_tokens) to Features.
        score: (work, features, logits) to numbers; "score" chooses the best epoch, and "loss".
        collect: (features, logits) to what `Fitted.logits` holds.
    """

    head: str
    features: Callable[[Work, Any, str, int], Features]
    score: Callable[[Work, Features, list[Floats]], dict[str, float]]
    collect: Callable[[Features, list[Floats]], Any]


Prepare = Callable[[Classifier, Work, int], Any]


def tune(work: Work, kind: Kind, prepare: Prepare, *, adaptive: bool = False) -> Fitted:
    """Train a private copy of the model.

    Args:
        work: What is to be learned.
        kind: Texts or tokens.
        prepare: Decides what of the model learns; gives the model to train.
        adaptive: Whether ranks are allocated in training.

    Raises:
        EmbedlibError: If the model cannot be trained, or a checkpoint cannot be written.
    """
    from transformers import set_seed

    from embedlib.training import checkpoints
    from embedlib.training.loop import Loop, logits_of, run_loop

    _quiet_libraries()
    set_seed(work.seed)
    work.say("Loading the model", 0, 0, "steps")
    made = classifier(work.model, work.labels, kind.head, work.models_dir)
    most = _most_tokens(made, work)
    parts = {p: kind.features(work, made.tokenizer, p, most) for p in (TRAIN, VALIDATION, TEST)}
    padding = int(made.tokenizer.pad_token_id or 0)
    device = _device(work)
    made.model.to(device)  # type: ignore[arg-type]
    fresh = checkpoints.newest(work.run) is None
    if fresh and work.options["warm_head"]:
        _warm(made, parts[TRAIN], padding, work)
    n_steps = -(-len(parts[TRAIN]) // int(work.options["batch_size"])) * int(work.options["epochs"])
    model = prepare(made, work, n_steps)
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    seconds = run_loop(
        Loop(
            run=work.run,
            model=model,
            train=parts[TRAIN],
            validation=parts[VALIDATION],
            padding=padding,
            options=work.options,
            seed=work.seed,
            device=device,
            weights=_label_weights(work, parts[TRAIN]),
            score=lambda logits: kind.score(work, parts[VALIDATION], logits),
            say=lambda done, total: work.say("Fine-tuning", done, total, "steps"),
            adaptive=adaptive,
            wandb=work.wandb,
        )
    )
    work.say("Scoring", 0, 0, "texts")
    logits = {
        part: kind.collect(parts[part], logits_of(model, parts[part], padding))
        for part in (VALIDATION, TEST)
    }
    whole, apart = _merged(model)
    facts = _facts(work, parts, most, made)
    return Fitted(
        logits=logits,
        seconds=seconds,
        trainable_parameters=int(learned),
        parameters=sum(p.numel() for p in whole.parameters()),
        model_bytes=sum(p.numel() * p.element_size() for p in whole.parameters()),
        save=lambda folder: _save(whole, made, most, folder),
        save_apart=None if apart is None else lambda folder: apart.save_pretrained(folder),
        notes=_notes(parts, most, facts["best_epoch"]),
        facts=facts,
    )


def _warm(made: Classifier, train: Features, padding: int, work: Work) -> None:
    """Begin with the best linear head on the features of the unchanged model.

    Source: Kumar et al. 2022, "Fine-tuning can distort pretrained features": linear probing first.
    """
    import torch

    work.say("Fitting the head", 0, 0, "steps")
    inputs, truth = _head_inputs(made.model, _some(train, work.seed), padding)
    if len(set(truth.tolist())) < len(work.labels):
        return  # a label that never trains: the random head is as good as any
    spread = float(inputs.std()) or 1.0
    mean = inputs.mean(axis=0)
    fitted = fit(regression(_WARM_STRENGTH), (inputs - mean) / np.float32(spread), truth)
    weight, bias = fitted.coef_, fitted.intercept_
    if len(work.labels) == 2:
        weight, bias = np.stack([-weight[0], weight[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
    weight = weight / spread
    bias = bias - weight @ mean
    output = output_of(made.model)
    with torch.no_grad():
        output.weight.copy_(torch.from_numpy(weight))
        if output.bias is not None:
            output.bias.copy_(torch.from_numpy(bias))


def _some(train: Features, seed: int) -> Features:
    """Rows enough for a head to begin with."""
    if len(train) <= _WARM_ROWS:
        return train
    rows = np.sort(np.random.default_rng(seed).permutation(len(train))[:_WARM_ROWS]).tolist()
    return Features(
        ids=tuple(train.ids[row] for row in rows),
        segments=tuple(train.segments[row] for row in rows) if train.segments else (),
        labels=tuple(train.labels[row] for row in rows),
        n_cut=0,
    )


def _head_inputs(model: Any, features: Features, padding: int) -> tuple[Floats, Longs]:
    """What the last layer reads, one row a text or a word, and the labels of these rows."""
    from embedlib.training.loop import logits_of

    output = output_of(model)
    width = output.in_features
    # The hook makes the layer give what it reads, so that `logits_of` collects that.
    handle = output.register_forward_hook(lambda _module, given, _out: given[0])
    try:
        seen = logits_of(model, features, padding)
    finally:
        handle.remove()
    if seen[0].ndim == 1:
        return np.stack(seen).reshape(-1, width), np.array(features.labels)
    kept = [labels >= 0 for labels in features.labels]
    rows = np.concatenate([row[keep] for row, keep in zip(seen, kept, strict=True)])
    truth = np.concatenate([labels[k] for labels, k in zip(features.labels, kept, strict=True)])
    return rows, truth


def _label_weights(work: Work, train: Features) -> Floats | None:
    """(label,) weights that make each label count the same; None unless asked for.

    Source: King and Zeng 2001; scikit-learn's "balanced".
    """
    asked: Value = work.options.get("class_weights", False)
    if not asked:
        return None
    flat = np.concatenate([np.atleast_1d(labels) for labels in train.labels])
    counts = np.bincount(flat[flat >= 0], minlength=len(work.labels))
    weights = counts.sum() / (len(work.labels) * np.maximum(counts, 1))
    return np.asarray(np.where(counts > 0, weights, 0.0), dtype=np.float32)


def _most_tokens(made: Classifier, work: Work) -> int:
    asked = int(work.options["max_tokens"])
    if asked > made.most_tokens:
        raise OptionError(
            f"The option max_tokens must be at most {made.most_tokens} for {made.name}, "
            f"got {asked}.",
            "Use 0 for the model's most.",
        )
    return asked or made.most_tokens


def _device(work: Work) -> str:
    from embedlib.models.devices import choose_device

    return choose_device(work.device)


def _merged(model: Any) -> tuple[Any, Any]:
    """The model without adapters, into which theirs is added; and the adapters, or None."""
    if not hasattr(model, "merge_and_unload"):
        return model, None
    import copy

    apart = copy.deepcopy(model)
    return model.merge_and_unload(), apart


def _save(whole: Any, made: Classifier, most: int, folder: Path) -> None:
    """A folder that transformers loads by itself, and that every page reads as it was trained."""
    whole.cpu().save_pretrained(folder)
    made.tokenizer.model_max_length = most
    made.tokenizer.save_pretrained(folder)


def _notes(parts: dict[str, Features], most: int, best_epoch: float | None) -> tuple[str, ...]:
    n_cut = sum(features.n_cut for features in parts.values())
    n_rows = sum(map(len, parts.values()))
    notes = [f"{n_cut:,} of {n_rows:,} rows were cut at {most} tokens."] if n_cut else []
    return (*notes, _NO_BETTER) if best_epoch == 0 else tuple(notes)


def _facts(work: Work, parts: dict[str, Features], most: int, made: Classifier) -> dict[str, Any]:
    from embedlib.training import checkpoints, journal

    steps = checkpoints.steps(work.run)
    measured = journal.curves(work.run).validation
    best = max(measured, key=_goodness, default=None)
    return {
        "max_tokens": most,
        "rows_cut": sum(features.n_cut for features in parts.values()),
        "best_epoch": None if best is None else best["epoch"],
        "epochs_run": None if not measured else measured[-1]["epoch"],
        "checkpoints": len(steps),
        "base_weights_sha256": made.weights_sha256,
        "base_revision": made.revision,
    }


def _goodness(line: dict[str, Any]) -> tuple[float, float]:
    """As `checkpoints.best_step` ranks epochs; a loss that was no number is None."""
    return line["score"], -math.inf if line["loss"] is None else -line["loss"]


def _quiet_libraries() -> None:
    from transformers.utils import logging as chatter

    logging: Any = chatter
    logging.set_verbosity_error()
    logging.disable_progress_bar()
