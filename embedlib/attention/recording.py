"""Recording: what one forward pass of an eager twin leaves behind, and which heads it leaves out.

A twin's hooks are installed once and look up the recording of their own pass in a context
variable, so that passes in several threads do not meet.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embedlib.attention.architectures import Architecture, modules
from embedlib.records import Floats

if TYPE_CHECKING:
    from torch import Tensor, nn

# The twins' own attention function: the model's eager one, seen on its way. Registered under a
# name of its own, together with a mask function: without that, masking would be switched off.
FUNCTION: Final = "embedlib_eager"
_recording: ContextVar["Recording | None"] = ContextVar("embedlib_recording", default=None)


@dataclass(eq=False)
class Block:
    """What one block of the model did with one text.

    Args:
        query: (head, token, head dim) as multiplied with the keys.
        key: (key head, token, head dim).
        value: (key head, token, head dim).
        scaling: What the products are multiplied with.
        mixed: (token, head * head dim), what the output projection read.
        output: The output projection.
    """

    query: "Tensor"
    key: "Tensor"
    value: "Tensor"
    scaling: float
    mixed: "Tensor"
    output: "nn.Module"


class Recording:
    """Collects the blocks of one pass, in the order in which they run.

    Args:
        n_layers: Blocks of the model.
        n_heads: Heads a block.
        keep: (row, layer, head) 1 for heads that stay, 0 for those switched off; None for all.
        blocks: Whether to collect `weights` and `blocks`; needs a single row.
    """

    def __init__(
        self, n_layers: int, n_heads: int, *, keep: "Tensor | None" = None, blocks: bool = False
    ) -> None:
        self.n_layers, self.n_heads = n_layers, n_heads
        self.keep = keep
        self.wants_blocks = blocks
        self.blocks: list[Block] = []
        self.weights: Floats = np.zeros((0, 0, 0, 0), dtype=np.float32)
        self.n_outputs = 0
        self._projected: list[Tensor] = []
        self._scaling = 0.0

    @contextmanager
    def active(self) -> Iterator["Recording"]:
        """Hooks of this thread report to this recording within."""
        token = _recording.set(self)
        try:
            yield self
        finally:
            _recording.reset(token)

    def attended(self, projected: "list[Tensor]", weights: "Tensor", scaling: float) -> None:
        """Note (1, head, token, head dim) queries, keys and values, and the weights they gave."""
        if self.wants_blocks:
            self._projected, self._scaling = [tensor[0] for tensor in projected], scaling
            self.store(len(self.blocks), weights)

    def projected(self, flat: "Tensor", *, scaled: bool) -> None:
        """Note queries, then keys, then values, from models that calculate attention themselves."""
        # DeBERTa also projects its table of distances, after the text: only three count.
        if self.wants_blocks and len(self._projected) < 3:
            n_tokens = flat.shape[1]
            heads = flat[0].view(n_tokens, self.n_heads, -1).transpose(0, 1)
            self._projected.append(heads)
            self._scaling = heads.shape[-1] ** -0.5 if scaled else 1.0

    def store(self, layer: int, weights: "Tensor") -> None:
        """Copy (1, head, query, key) weights of a block out of the model's memory."""
        if not self.weights.size:
            shape = (self.n_layers, *weights.shape[1:])
            self.weights = np.zeros(shape, dtype=np.float32)
        if layer < self.n_layers:
            self.weights[layer] = weights[0].float().cpu().numpy()

    def output(self, module: "nn.Module", mixed: "Tensor") -> "Tensor":
        """What the output projection shall read: (row, token, head * head dim)."""
        layer, self.n_outputs = self.n_outputs, self.n_outputs + 1
        if self.keep is not None:
            rows, n_tokens, width = mixed.shape
            heads = mixed.reshape(rows, n_tokens, self.n_heads, -1)
            keep = self.keep[:, layer, None, :, None].to(heads.dtype)
            mixed = (heads * keep).reshape(rows, n_tokens, width)
        if self.wants_blocks and len(self._projected) == 3:
            query, key, value = self._projected
            self.blocks.append(Block(query, key, value, self._scaling, mixed[0], module))
            self._projected = []
        return mixed


def install(model: "nn.Module", row: Architecture) -> None:
    """Put the hooks into a twin."""
    for module in modules(model, row.output):
        module.register_forward_pre_hook(_before_output)
    for path in row.projections:
        for module in modules(model, path):
            module.register_forward_hook(partial(_after_projection, scaled=row.scaled))


def register_function() -> None:
    """Make `FUNCTION` known to transformers; once or many times is the same."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    AttentionMaskInterface.register(FUNCTION, eager_mask)
    AttentionInterface.register(FUNCTION, recorded_attention)


def recorded_attention(
    module: "nn.Module",
    query: "Tensor",
    key: "Tensor",
    value: "Tensor",
    mask: "Tensor | None",
    scaling: float | None = None,
    **options: Any,
) -> "tuple[Tensor, Tensor]":
    """The eager attention of the module's own model, reported to the recording of this pass."""
    eager = sys.modules[type(module).__module__].eager_attention_forward
    if scaling is None:
        scaling = query.shape[-1] ** -0.5
    output, weights = eager(module, query, key, value, mask, scaling=scaling, **options)
    recording = _recording.get()
    if recording is not None:
        recording.attended([query, key, value], weights, scaling)
    return output, weights


def _before_output(
    module: "nn.Module", inputs: "tuple[Tensor, ...]"
) -> "tuple[Tensor, ...] | None":
    recording = _recording.get()
    if recording is None:
        return None
    return (recording.output(module, inputs[0]), *inputs[1:])


def _after_projection(module: "nn.Module", inputs: Any, output: "Tensor", *, scaled: bool) -> None:
    recording = _recording.get()
    if recording is not None:
        recording.projected(output, scaled=scaled)
