"""The forward pass that hands over each layer as it is computed, and stops when it has enough."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from embedlib.models.encoder import Encoder

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Receive = Callable[[int, "Tensor"], None]


class _Enough(Exception):  # noqa: N818 - no error: it ends the pass when the last layer is there
    """The highest layer that was asked for has been handed over."""


def forward(
    encoder: Encoder, inputs: "dict[str, Tensor]", layers: tuple[int, ...], receive: Receive
) -> None:
    """Run the model and call `receive(layer, hidden (text, token, dim))` for each of `layers`.

    The input of block i + 1 is layer i; the model's last hidden state is the highest layer. The
    lock is held, because hooks stand on the shared model meanwhile.

    Args:
        encoder: The model.
        inputs: What the model takes, on its device.
        layers: Layer numbers, ascending.
        receive: Must not keep `hidden`: it is only valid during the call.
    """
    blocks = _blocks(encoder)
    with encoder.lock:
        if blocks is None:
            hidden = encoder.model(**inputs, output_hidden_states=True).hidden_states
            for layer in layers:
                receive(layer, hidden[layer])
            return
        with ExitStack() as hooks:
            for layer in layers:
                if layer < len(blocks):
                    hook = _hook(layer, receive, last=layer == layers[-1])
                    handle = blocks[layer].register_forward_pre_hook(hook, with_kwargs=True)
                    hooks.callback(handle.remove)
            try:
                output = encoder.model(**inputs)
            except _Enough:
                return
            receive(len(blocks), output.last_hidden_state)


def _hook(layer: int, receive: Receive, *, last: bool) -> Callable[..., None]:
    def deliver(_: "Module", positional: tuple[Any, ...], named: dict[str, Any]) -> None:
        receive(layer, positional[0] if positional else named["hidden_states"])
        if last:
            raise _Enough

    return deliver


def _blocks(encoder: Encoder) -> "list[Module] | None":
    """The model's blocks in order, or None where they are not one list (ALBERT shares layers)."""
    from torch.nn import ModuleList

    n = encoder.card.n_layers
    lists = [m for m in encoder.model.modules() if isinstance(m, ModuleList) and len(m) == n]
    shared = encoder.card.model_type in ("albert",)
    return list(lists[0]) if lists and not shared else None
