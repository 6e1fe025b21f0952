"""Steps that fit in memory: a batch that does not is done in pieces, as the same step.

The gradient of a batch's mean loss is the sum of its pieces' gradients, each weighted by the share
of the batch's labels that stand in it, so that a step in pieces is the step that was asked for,
not one of a smaller batch. Only dropout is drawn anew.
"""

from collections.abc import Mapping
from typing import Any

import torch
from transformers import Trainer

from embedlib.extract.passes import is_out_of_memory
from embedlib.records import Floats
from embedlib.training.features import IGNORED

Batch = Mapping[str, torch.Tensor]


class FittingTrainer(Trainer):
    """The Trainer with steps in pieces once one did not fit; those after it are in pieces too."""

    label_weights: Floats | None = None
    _n_pieces = 1
    _share = 1.0  # of the batch, in the piece at hand

    def training_step(
        self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        while True:
            try:
                if self._n_pieces == 1:
                    return super().training_step(model, dict(inputs), num_items_in_batch)
                return self._in_pieces(model, inputs)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error) or self._n_pieces >= len(inputs["labels"]):
                    raise
            # Only here, outside `except`, has the traceback let go of the step's tensors.
            model.zero_grad(set_to_none=True)
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            self._n_pieces *= 2
            print(f"Memory was short: a batch is done in {self._n_pieces} pieces.", flush=True)

    def compute_loss(self, *arguments: Any, **options: Any) -> Any:
        loss: Any = super().compute_loss(*arguments, **options)
        return loss * self._share

    def _in_pieces(self, model: Any, inputs: Batch) -> torch.Tensor:
        losses = []
        try:
            for piece, share in pieces(inputs, self._n_pieces, self.label_weights):
                self._share = share
                losses.append(super().training_step(model, piece))
        finally:
            self._share = 1.0
        return torch.stack(losses).sum()


def pieces(
    batch: Batch, n_pieces: int, weights: Floats | None = None
) -> list[tuple[dict[str, torch.Tensor], float]]:
    """The rows of a batch in at most `n_pieces` parts of about the same size, in order.

    Args:
        batch: Tensors with a row each in front, `labels` among them.
        n_pieces: How many.
        weights: (label,) how much each label counts in the loss, or None.

    Returns:
        Each part with its share of what the batch's mean loss is a mean of; the shares sum to 1.
    """
    whole = _counted(batch["labels"], weights)
    n_rows = len(batch["labels"])
    size = -(-n_rows // n_pieces)
    parts = [
        {name: tensor[start : start + size] for name, tensor in batch.items()}
        for start in range(0, n_rows, size)
    ]
    # A part without a label that counts has no mean loss.
    counts = [_counted(part["labels"], weights) for part in parts]
    return [(part, count / whole) for part, count in zip(parts, counts, strict=True) if count] or [
        (dict(batch), 1.0)
    ]


def _counted(labels: torch.Tensor, weights: Floats | None) -> float:
    """What the mean loss of these labels is divided by."""
    known = labels[labels != IGNORED]
    if weights is None:
        return float(known.numel())
    return float(torch.from_numpy(weights).to(known.device)[known].sum())
