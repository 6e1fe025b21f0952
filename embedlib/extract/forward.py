"""forward: one batch through a model, each asked-for layer handed out as soon as it is computed.

What goes into block i is layer i, so a hook before each block sees every layer without keeping
any, and stops the pass after the highest one that was asked for. An architecture whose blocks
are not one list in this sense is found out at first use and gives all layers at once instead.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from embedlib.models.encoder import Encoder

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle

Receiver = Callable[[int, Tensor], None]

_blocks: Final[WeakKeyDictionary[Encoder, tuple[nn.Module, ...]]] = WeakKeyDictionary()


class _EnoughError(Exception):
    """The highest asked-for layer has been handed out; the rest of the pass is not needed."""


def forward(
    encoder: Encoder, ids: Tensor, mask: Tensor | None, layers: frozenset[int], receive: Receiver
) -> None:
    """Run a batch and call `receive(layer, hidden (text, token, dim))` for each of `layers`.

    Holds the encoder's lock. `receive` must use up `hidden` before it returns.

    Args:
        encoder: Its model is left as it was.
        ids: (text, token) vocabulary ids, padded on the right, on the encoder's device.
        mask: (text, token) True for real tokens, or None when all are real.
        layers: From 0 to n_layers, at least one.
        receive: Called in ascending order of layers.
    """
    with encoder.lock, torch.inference_mode():
        inputs = _inputs(encoder, ids, mask)
        if encoder not in _blocks:
            _blocks[encoder] = _checked_blocks(encoder)
        if _blocks[encoder]:
            _as_computed(encoder, _blocks[encoder], inputs, layers, receive)
        else:
            _all_at_once(encoder, inputs, layers, receive)


def _inputs(encoder: Encoder, ids: Tensor, mask: Tensor | None) -> dict[str, Any]:
    # Without a mask attention takes its fast path; a decoder would keep keys for a next word.
    masked = {} if mask is None else {"attention_mask": mask.long()}
    return {"input_ids": ids} | masked | ({"use_cache": False} if encoder.card.causal else {})


def _as_computed(
    encoder: Encoder,
    blocks: tuple[nn.Module, ...],
    inputs: dict[str, Any],
    layers: frozenset[int],
    receive: Receiver,
) -> None:
    thread, highest = threading.get_ident(), max(layers)

    def hook_of(layer: int) -> Callable[..., None]:
        def hook(_block: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            # Someone may run the same model without the lock: those passes are none of ours.
            if threading.get_ident() == thread:
                receive(layer, args[0] if args else kwargs["hidden_states"])
                if layer == highest:
                    raise _EnoughError

        return hook

    with ExitStack() as stack:
        for layer in layers & set(range(len(blocks))):
            handle: RemovableHandle = blocks[layer].register_forward_pre_hook(
                hook_of(layer), with_kwargs=True
            )
            stack.callback(handle.remove)
        try:
            last = encoder.model(**inputs).last_hidden_state
        except _EnoughError:
            return
        receive(len(blocks), last)


def _all_at_once(
    encoder: Encoder, inputs: dict[str, Any], layers: frozenset[int], receive: Receiver
) -> None:
    hidden = encoder.model(**inputs, output_hidden_states=True).hidden_states
    for layer in sorted(layers):
        receive(layer, hidden[layer])


def _checked_blocks(encoder: Encoder) -> tuple[nn.Module, ...]:
    """The model's blocks in order, or none unless they give what transformers calls its layers."""
    n_layers = encoder.card.n_layers
    lists = [module for module in encoder.model.modules() if isinstance(module, nn.ModuleList)]
    fitting = [tuple(blocks) for blocks in lists if len(blocks) == n_layers]
    if len(fitting) != 1:
        return ()
    inputs = _inputs(encoder, torch.tensor([[1, 2, 3]], device=encoder.device), None)
    layers = frozenset(range(n_layers + 1))
    seen: dict[int, Tensor] = {}
    expected: dict[int, Tensor] = {}
    _as_computed(encoder, fitting[0], inputs, layers, _keep_in(seen))
    _all_at_once(encoder, inputs, layers, _keep_in(expected))
    same = seen.keys() == expected.keys() and all(
        torch.allclose(seen[layer], expected[layer], rtol=1e-4, atol=1e-5) for layer in layers
    )
    return fitting[0] if same else ()


def _keep_in(layers: dict[int, Tensor]) -> Receiver:
    def keep(layer: int, hidden: Tensor) -> None:
        layers[layer] = hidden.clone()

    return keep
