"""Encoder: a loaded model with its tokenizer, lock and card; `models.loading` makes it."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from embedlib.records import EncoderCard

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True, eq=False)
class Encoder:
    """A model that is ready to run. Its weights are shared by all who hold it: never change them.

    Args:
        card: What identifies it, and the shapes of its arrays.
        model: In evaluation mode, on `device`, attention by SDPA, gradients off.
        tokenizer: A fast (Rust) tokenizer; copied before any setting is changed.
        device: Where the model is.
        lock: Held during each forward pass, batch by batch.
    """

    card: EncoderCard
    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    device: "torch.device"
    lock: threading.RLock = field(default_factory=threading.RLock)
