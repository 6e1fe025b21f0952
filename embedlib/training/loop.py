"""The training loop: transformers' Trainer, with checkpoints that survive and one order of rows.

Only the child process imports this module: it loads transformers.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch.utils.data import Sampler
from transformers import PrinterCallback, TrainerCallback, TrainingArguments

from embedlib.extract.batches import plan
from embedlib.records import Floats
from embedlib.training import checkpoints, journal
from embedlib.training.durable import new_folder, read_json
from embedlib.training.features import IGNORED, Collator, Features, LikeLengths
from embedlib.training.fitting import FittingTrainer
from embedlib.training.options import Value
from embedlib.training.watching import Watch
from embedlib.training.weights import load_ranks, load_weights, save_ranks, trained_state

_PADDED_TOKENS: Final = 4_096  # a batch without gradients
_MOST_LINES: Final = 400  # in metrics.jsonl
Scorer = Callable[[list[Floats]], dict[str, float]]


@dataclass(frozen=True, eq=False)
class Loop:
    """What a loop is made of.

    Args:
        run: The run's folder.
        model: Its own copy, with gradients where it learns.
        train, validation: Tokenised rows.
        padding: The id that fills short rows.
        options: Resolved options of the recipe.
        seed: Of the order of rows and of dropout.
        device: "cpu", "cuda" or "mps".
        weights: (label,) how much each label counts, or None.
        score: Validation logits to numbers; "score" is what the best epoch is chosen by.
        say: Called with steps done and steps in all.
        adaptive: Whether the model allocates ranks while it learns (AdaLoRA).
        wandb: Whether to log to Weights & Biases too.
    """

    run: Path
    model: Any
    train: Features
    validation: Features
    padding: int
    options: dict[str, Value]
    seed: int
    device: str
    weights: Floats | None
    score: Scorer
    say: Callable[[int, int], None]
    adaptive: bool = False
    wandb: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def run_loop(loop: Loop) -> float:
    """Train, from the newest whole checkpoint if there is one, and leave the best weights.

    What it begins with is measured and kept too, so that no recipe ends worse on the validation
    rows than it began.

    Returns:
        Seconds of training, those before a resumption included.

    Raises:
        StoreError: If a checkpoint cannot be written; those before are kept.
    """
    step = checkpoints.newest(loop.run)
    trainer = _Trainer(loop, fresh=step is None)
    earlier = journal.rewind(loop.run, step)
    trainer.earlier_seconds = earlier
    began = time.monotonic()
    history = _history(loop.run, step)
    if not checkpoints.is_over(history, int(loop.options["patience"])):
        at = None if step is None else str(checkpoints.path_of(loop.run, step))
        trainer.train(resume_from_checkpoint=at)
        history = trainer.state.log_history
    best = checkpoints.best_usable(loop.run, history)
    if best is not None:
        load_weights(loop.model, checkpoints.path_of(loop.run, best))
    return earlier + time.monotonic() - began


def logits_of(model: Any, features: Features, padding: int) -> list[Floats]:
    """Logits without gradients, in batches of like lengths: (label,) or (token, label) a row."""
    collate = Collator(features, padding, with_labels=False)
    device = next(model.parameters()).device
    found: list[Floats] = [np.zeros(0, np.float32)] * len(features)
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for rows in plan(features.lengths, np.arange(len(features)), _PADDED_TOKENS):
            batch = {name: array.to(device) for name, array in collate(rows.tolist()).items()}
            logits = model(**batch).logits.float().cpu().numpy()
            for row, scores in zip(rows, logits, strict=True):
                by_token = scores.ndim == 2
                found[row] = scores[: len(features.ids[row])] if by_token else scores
    model.train(was_training)
    return found


class _Trainer(FittingTrainer):
    """The Trainer with our order, our loss, our validation and our checkpoints."""

    def __init__(self, loop: Loop, *, fresh: bool) -> None:
        self.loop = loop
        self.earlier_seconds = 0.0
        self.label_weights = loop.weights
        super().__init__(
            model=loop.model,
            args=_arguments(loop, fresh=fresh),
            train_dataset=loop.train,
            eval_dataset=loop.validation,
            data_collator=Collator(loop.train, loop.padding),
            compute_loss_func=None if loop.adaptive else self._loss,
            callbacks=[Watch(loop, lambda: self.earlier_seconds), *_loggers(loop)],
        )
        self.remove_callback(PrinterCallback)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        batch_size = int(self.loop.options["batch_size"])
        return _Order(self.loop.train.lengths, batch_size, self.loop.seed)

    def _loss(self, outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> Any:
        logits = outputs.logits
        weights = self.loop.weights
        return torch.nn.functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]).float(),
            labels.reshape(-1),
            weight=None if weights is None else torch.from_numpy(weights).to(logits.device),
            ignore_index=IGNORED,
            label_smoothing=float(self.loop.options.get("label_smoothing", 0.0)),
        )

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        found = self.loop.score(logits_of(self.model, self.loop.validation, self.loop.padding))
        metrics = {f"eval_{name}": value for name, value in found.items()}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        if not self.state.global_step:
            self._save_checkpoint(self.model, None)
        return metrics

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        target = checkpoints.path_of(self.loop.run, self.state.global_step)
        with new_folder(target) as folder:
            save_file(trained_state(self.model), folder / checkpoints.WEIGHTS)
            self._save_optimizer_and_scheduler(str(folder))
            self._save_scaler(str(folder))
            self._save_rng_state(str(folder))
            self.state.save_to_json(str(folder / checkpoints.STATE))
            if self.loop.adaptive:
                save_ranks(self.model, folder)
        checkpoints.prune(self.loop.run, checkpoints.best_step(self.state.log_history))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_weights(self.model, Path(resume_from_checkpoint))
        if self.loop.adaptive:
            load_ranks(self.model, Path(resume_from_checkpoint))


class _Order(LikeLengths, Sampler[int]):
    """`LikeLengths` as torch wants a sampler."""


def _arguments(loop: Loop, *, fresh: bool) -> TrainingArguments:
    options = loop.options
    batch_size, epochs = int(options["batch_size"]), int(options["epochs"])
    n_steps = -(-len(loop.train) // batch_size) * epochs
    return TrainingArguments(
        output_dir=str(loop.run / checkpoints.FOLDER),
        per_device_train_batch_size=batch_size,
        num_train_epochs=epochs,
        learning_rate=float(options["learning_rate"]),
        weight_decay=float(options["weight_decay"]),
        warmup_steps=int(n_steps * float(options["warmup"])),
        lr_scheduler_type="linear",
        eval_strategy="epoch",
        eval_on_start=fresh,
        save_strategy="epoch",
        logging_steps=max(1, n_steps // _MOST_LINES),
        report_to=["wandb"] if loop.wandb else "none",
        run_name=loop.run.name,
        disable_tqdm=True,
        logging_nan_inf_filter=False,
        log_level="error",
        seed=loop.seed,
        remove_unused_columns=False,
        dataloader_pin_memory=loop.device == "cuda",
        use_cpu=loop.device == "cpu",
        bf16=_format(loop) == "bfloat16",
        fp16=_format(loop) == "float16",
        label_names=["labels"],
        **loop.extra,
    )


def _format(loop: Loop) -> str:
    """The number format of the forward pass; the weights that learn are always float32."""
    asked = str(loop.options["precision"])
    if asked != "auto":
        return asked
    able = loop.device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if able else "float32"


def _loggers(loop: Loop) -> Sequence[TrainerCallback]:
    """TensorBoard, always: its files are in the run's folder."""
    from torch.utils.tensorboard import SummaryWriter
    from transformers.integrations.integration_utils import TensorBoardCallback

    make: Any = TensorBoardCallback  # untyped
    return [make(SummaryWriter(log_dir=str(loop.run / "tensorboard")))]


def _history(run: Path, step: int | None) -> list[dict[str, Any]]:
    if step is None:
        return []
    state = read_json(checkpoints.path_of(run, step) / checkpoints.STATE) or {}
    history = state.get("log_history", [])
    return history if isinstance(history, list) else []
