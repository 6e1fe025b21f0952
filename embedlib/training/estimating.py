"""estimate: what a run will take, measured by a few real steps in a child process.

Also that child: `python -m embedlib.training.estimating`.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.training.examples import TRAIN, Examples
from embedlib.training.recipes import RECIPES
from embedlib.training.settings import Settings
from embedlib.training.work import Work
from embedlib.workers import Bounds, answer, call

_N_STEPS: Final = 4
_MOST_SECONDS: Final = 180.0
_FIXED_SECONDS: Final = 10.0  # starting the child, loading, the report


@dataclass(frozen=True)
class Estimate:
    """What a run will take.

    Args:
        seconds: In all, if no early stop shortens it.
        steps: Training steps in all; 0 for a recipe without.
        texts_per_second: The measured rate, without padding to a common length.
        memory_bytes: The most memory that the measured steps held, None where the system does not
            say.
        disk_bytes: What its folder may grow to: two checkpoints, the best one, and the model.
    """

    seconds: float
    steps: int
    texts_per_second: float
    memory_bytes: int | None
    disk_bytes: int


def estimate(
    made: Settings, examples: Examples, cancelled: Callable[[], bool] | None = None
) -> Estimate:
    """Measure a few steps on rows of the data.

    Args:
        made: What is to run.
        examples: Its data, split.
        cancelled: Asked ten times a second whether to stop.

    Raises:
        Cancelled: If `cancelled` said so.
        WorkerError: If the steps crashed or took too long: a sign that the run will.
        EmbedlibError: What else would end the run at its start.
    """
    train = examples.part(TRAIN)
    batch = int(made.options.get("batch_size", 16))
    sample = _sample(train, batch * _N_STEPS, made.seed)
    request = {
        "settings": asdict(made),
        "texts": sample.texts,
        "pairs": sample.pairs,
        "words": sample.words,
        "n_labels": len(examples.label_names),
        "n_rows": len(examples),
    }
    variables = {"HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    if made.models_dir:
        variables["EMBEDLIB_MODELS_DIR"] = made.models_dir
    reply = call(
        "embedlib.training.estimating",
        json.dumps(request).encode("utf-8", "backslashreplace"),
        what="Measuring a few steps",
        bounds=Bounds(wall_seconds=_MOST_SECONDS),
        variables=variables,
        cancelled=cancelled,
    )
    measured = json.loads(reply)
    return _scaled(measured, made, len(train), len(examples))


def _sample(train: Examples, n_rows: int, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    rows = random.permutation(len(train))[:n_rows]
    return train.keep(rows.tolist())


def _scaled(measured: dict[str, Any], made: Settings, n_train: int, n_rows: int) -> Estimate:
    """From the rate of a few steps to the whole run."""
    rate = max(float(measured["texts_per_second"]), 1e-6)
    epochs = int(made.options.get("epochs", 0))
    batch = int(made.options.get("batch_size", 16))
    steps = -(-n_train // batch) * epochs
    forward = 3 * rate  # a pass without gradients does about a third of the work
    passes = n_train * epochs / rate if steps else n_rows / rate
    scoring = (epochs + 1) * (n_rows - n_train) / forward if steps else 0.0
    kept, learned = int(measured["kept_parameters"]), int(measured["trainable_parameters"])
    disk = 4 * kept + (3 * 12 * learned if steps else 0)
    return Estimate(
        seconds=_FIXED_SECONDS + passes + scoring,
        steps=steps,
        texts_per_second=rate,
        memory_bytes=measured["memory_bytes"],
        disk_bytes=disk,
    )


def _measured(content: bytes) -> bytes:
    request = json.loads(content)
    settings = request["settings"]
    rows = Examples(
        texts=tuple(request["texts"]),
        labels=(),
        rows=tuple(range(len(request["texts"]))),
        pairs=tuple(request["pairs"]),
        words=tuple(tuple(words) for words in request["words"]),
    )
    work = Work(
        run=Path(),
        examples=rows,
        labels=tuple(f"label {number}" for number in range(request["n_labels"])),
        model=settings["model"],
        options=settings["options"],
        seed=settings["seed"],
        device=settings["device"],
    )
    measure = _tuned if RECIPES[settings["recipe"]].changes_model else _frozen
    found = measure(work, settings)
    return json.dumps(found | {"memory_bytes": _peak_memory_bytes()}).encode()


def _frozen(work: Work, settings: dict[str, Any]) -> dict[str, Any]:
    """The rate of embedding."""
    from embedlib.api import embed
    from embedlib.models import load

    encoder = load(work.model, device=work.device)
    texts = [*work.examples.texts, *work.examples.pairs]
    embed(texts[:2], encoder, layers=str(work.options["layer"]), store=False)
    began = time.monotonic()
    embed(texts, encoder, layers=str(work.options["layer"]), store=False)
    seconds = time.monotonic() - began
    return {
        "texts_per_second": len(work.examples) / seconds,
        "kept_parameters": _head_parameters(work, encoder.card.dim),
        "trainable_parameters": 0,
    }


def _head_parameters(work: Work, dim: int) -> int:
    """Of a linear head, which alone is kept; the model that it reads from is there already."""
    n_inputs = dim * (4 if work.examples.pairs else 1)
    return (n_inputs + 1) * len(work.labels) + n_inputs


def _tuned(work: Work, settings: dict[str, Any]) -> dict[str, Any]:
    """The rate of training steps, the first of which is not counted."""
    import torch

    from embedlib.models.classifiers import classifier
    from embedlib.models.devices import choose_device
    from embedlib.training.adapting import PREPARE
    from embedlib.training.features import Collator, text_features, word_features

    kind = "tokens" if settings["task"] == "tokens" else "sequence"
    device = choose_device(work.device)
    made = classifier(work.model, work.labels, kind)
    made.model.to(device)  # type: ignore[arg-type]
    model = PREPARE[settings["recipe"]](made, work, 1_000).train()
    most = int(work.options["max_tokens"]) or made.most_tokens
    if kind == "tokens":
        tags = [[0] * len(words) for words in work.examples.words]
        features = word_features(made.tokenizer, work.examples.words, tags, most)
    else:
        zeros = [0] * len(work.examples)
        features = text_features(
            made.tokenizer, work.examples.texts, work.examples.pairs, zeros, most
        )
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=1e-6)
    collate = Collator(features, int(made.tokenizer.pad_token_id or 0))
    order = np.argsort(features.lengths, kind="stable")
    size = int(work.options["batch_size"])
    seconds, n_texts = 0.0, 0
    for number, start in enumerate(range(0, len(order), size)):
        began = time.monotonic()
        batch = collate(order[start : start + size].tolist())
        model(**{name: array.to(device) for name, array in batch.items()}).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        if number or len(order) <= size:
            seconds += time.monotonic() - began
            n_texts += len(order[start : start + size])
    return {
        "texts_per_second": n_texts / max(seconds, 1e-9),
        "kept_parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in learned),
    }


def _peak_memory_bytes() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    answer(_measured)
