"""Watch: what happens beside the training loop at each step, log, save and validation."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from transformers import TrainerCallback

from embedlib.errors import EmbedlibError
from embedlib.limits import LIMITS
from embedlib.training import checkpoints, journal


class Watch(TrainerCallback):
    """Writes metrics, says how far it is, saves by the clock, stops when nothing gets better.

    Args:
        loop: The `Loop`.
        earlier_seconds: Seconds of training before a resumption.
    """

    def __init__(self, loop: Any, earlier_seconds: Callable[[], float]) -> None:
        self.loop = loop
        self.earlier_seconds = earlier_seconds
        self.began = self.saved = time.monotonic()
        self.done_before = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.began = self.saved = time.monotonic()
        self.done_before = state.global_step

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.loop.adaptive:
            self.loop.model.base_model.update_and_allocate(state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        self.loop.say(state.global_step, state.max_steps)
        if time.monotonic() - self.saved > LIMITS["checkpoint_seconds"].value:
            control.should_save = True
        return control

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.saved = time.monotonic()

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if checkpoints.is_over(state.log_history, int(self.loop.options["patience"])):
            control.should_training_stop = True
        return control

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        loop, now = self.loop, time.monotonic() - self.began
        line: dict[str, Any] = {
            "step": state.global_step,
            "steps": state.max_steps,
            "epoch": round(float(state.epoch or 0.0), 4),
            "seconds": round(self.earlier_seconds() + now, 3),
        }
        if checkpoints.SCORE in logs:
            values = {name.removeprefix("eval_"): float(value) for name, value in logs.items()}
            journal.note(loop.run, {"kind": "validation", **line, **_finite(values)})
        elif "loss" in logs:
            steps_done = max(1, state.global_step - self.done_before)
            line["texts_per_second"] = steps_done * args.train_batch_size / max(now, 1e-9)
            kept = ("loss", "learning_rate", "grad_norm")
            values = {name: float(logs[name]) for name in kept if name in logs}
            journal.note(loop.run, {"kind": "train", **line, **_finite(values)})
            if not np.isfinite(values["loss"]):
                raise EmbedlibError(
                    f"The loss must stay a number, got {values['loss']} at step "
                    f"{state.global_step}.",
                    "Choose a smaller learning rate, or the number format float32.",
                )


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
