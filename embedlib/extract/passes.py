"""Passes: batches through the model one by one, with progress, cancel and recovery of memory."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor

from embedlib.errors import Cancelled, ModelError
from embedlib.extract.batches import Batch, padded, plan, token_budget
from embedlib.extract.forward import forward
from embedlib.extract.gathering import Gathering
from embedlib.models.encoder import Encoder
from embedlib.pooling import POOLINGS
from embedlib.records import Bools, Longs, Progress, Tokens

_RELEASE_BYTES: Final = 32 * 2**20
_MEMORY_WORDS: Final = ("out of memory", "can't allocate memory", "not enough memory")


class Passes:
    """All passes of one extraction.

    Args:
        encoder: The model.
        tokens: The different texts.
        masks: Pooling to (token,) what it pools.
        layers: Layer numbers, ascending.
        gathering: Takes the vectors.
        started: When the extraction began, by `time.perf_counter`.
    """

    def __init__(
        self,
        encoder: Encoder,
        tokens: Tokens,
        masks: Mapping[str, Bools],
        layers: tuple[int, ...],
        gathering: Gathering,
        started: float,
    ) -> None:
        self._encoder = encoder
        self._tokens = tokens
        self._masks = masks
        self._place = {layer: place for place, layer in enumerate(layers)}
        self._gathering = gathering
        self._started = started
        self._lengths = np.diff(tokens.bounds)
        self._budget = token_budget(encoder)
        self._note = ""
        self._unreleased = 0

    def run(
        self,
        *,
        release: Callable[[], None] | None,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        """Run every window; see `extract` for the callbacks."""
        _keep_freed_memory()
        self._report(progress)
        for group in self._gathering.groups():
            pending = plan(self._lengths, group, self._budget)
            while pending:
                if cancelled is not None and cancelled():
                    raise Cancelled
                windows = pending.pop()
                if not self._succeeds(windows):
                    self._halve(windows)
                    left = np.concatenate([windows, *pending])
                    pending = plan(self._lengths, left, self._budget)
                if release is not None and self._unreleased > _RELEASE_BYTES:
                    release()
                    self._unreleased = 0
                self._report(progress)

    def _report(self, progress: Callable[[Progress], None] | None) -> None:
        if progress is not None:
            seconds = time.perf_counter() - self._started
            done, total = self._gathering.n_done, self._gathering.n_rows
            progress(Progress(done, total, "texts", seconds, self._note))

    def _succeeds(self, windows: Longs) -> bool:
        """Run one batch; False when the memory did not suffice."""
        try:
            vectors = self._vectors(windows)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        else:
            self._unreleased += self._gathering.add(windows, vectors.numpy())
            return True
        # Only here, outside `except`, has the traceback let go of the batch's tensors.
        if self._encoder.device.type == "cuda":
            torch.cuda.empty_cache()
        return False

    def _halve(self, windows: Longs) -> None:
        longest = int(self._lengths[windows].max())
        if len(windows) == 1:
            raise ModelError(
                f"A text of {longest} tokens must fit in the device's memory, and does not.",
                "Set max_tokens lower, choose a smaller model, or use the CPU.",
            )
        self._budget = max(1, min(self._budget, longest * len(windows)) // 2)
        self._note = "Memory was short: batches were halved."

    def _vectors(self, windows: Longs) -> Tensor:
        """(pooling, layer, window, dim) float32 on the CPU."""
        encoder, device = self._encoder, self._encoder.device
        batch = padded(self._tokens, windows, encoder.tokenizer.pad_token_id or 0)
        masks = self._batch_masks(batch)
        shape = len(masks), len(self._place), len(windows), encoder.card.dim
        vectors = torch.empty(shape, dtype=torch.float32, device=device)

        def receive(layer: int, hidden: Tensor) -> None:
            # Converted once for all poolings.
            hidden = hidden.float()
            for number, (name, mask) in enumerate(masks.items()):
                vectors[number, self._place[layer]] = POOLINGS[name].function(hidden, mask)

        real = None if batch.real.all() else torch.from_numpy(batch.real).to(device)
        ids = torch.from_numpy(batch.ids).to(device)
        forward(encoder, ids, real, frozenset(self._place), receive)
        return vectors.cpu()

    def _batch_masks(self, batch: Batch) -> dict[str, Tensor]:
        return {
            name: torch.from_numpy(batch.of(mask)).to(self._encoder.device)
            for name, mask in self._masks.items()
        }


def _keep_freed_memory() -> None:
    """Let the C library reuse the memory of hidden states rather than return it at every step.

    glibc returns freed blocks above a threshold to the system, and every later use of such a
    block costs page faults: a tenth of the time of a pass. The threshold rises to the size of
    the largest block freed so far, 32 MB at most; this one is freed at once and never touched.
    """
    torch.empty(31 * 2**20, dtype=torch.uint8)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device or this machine had too little memory; backends say it differently."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return any(words in str(error).lower() for words in _MEMORY_WORDS)
