"""The eager twin: a second model on the same parameters whose attention can be read.

It is built without memory on the meta device and given the shared model's own tensors. The shared
model is never switched: doing that under other threads gave silently wrong numbers.
"""

import copy
import inspect
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from embedlib.attention.architectures import Architecture, NormPlace, architecture, modules
from embedlib.attention.recording import FUNCTION, Recording, install, register_function
from embedlib.errors import EmbedlibError, UnsupportedModelError, shown
from embedlib.models.encoder import Encoder

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel

    from embedlib.records import Ints

_twins: Final[WeakKeyDictionary[Encoder, "Twin"]] = WeakKeyDictionary()
_building: Final = threading.Lock()
_PROBE: Final = (5, 6, 7, 8)  # any ids; the two models must agree on them
_TOLERANCE: Final = {"float32": 1e-4, "bfloat16": 0.1, "float16": 0.02}


@dataclass(frozen=True, eq=False)
class Twin:
    """A model that shares every tensor with an encoder's, and whose attention can be read.

    Args:
        model: In evaluation mode; its hooks report to the `Recording` of the running thread.
        row: Its architecture.
        norm_place: Where the norms stand in this model.
        norms: The norm of `norm_place` beside each output projection; none for BEFORE.
        takes_types: Whether it has more than one token type.
    """

    model: "PreTrainedModel"
    row: Architecture
    norm_place: NormPlace
    norms: "Mapping[nn.Module, nn.Module]"
    takes_types: bool

    def output_of(self, layer: int) -> "nn.Module":
        """The output projection of a block; blocks may share one (ALBERT)."""
        outputs = modules(self.model, self.row.output)
        # Groups of equal size share: the same rule as in ALBERT's own forward pass.
        return outputs[layer * len(outputs) // int(self.model.config.num_hidden_layers)]


def eager_twin(encoder: Encoder) -> Twin:
    """The encoder's twin, built at first use and kept as long as the encoder lives.

    Raises:
        UnsupportedModelError: If the model's attention cannot be read: an unknown architecture,
            or a twin that does not give the same numbers.
    """
    with _building:
        twin = _twins.get(encoder)
        if twin is None:
            twin = _built(encoder)
            _check_same(encoder, twin)
            _twins[encoder] = twin
        return twin


def forward(
    encoder: Encoder, twin: Twin, ids: "Ints", type_ids: "Ints", recording: Recording
) -> "tuple[Tensor, ...]":
    """Run tokens through the twin: (layer + 1) tensors (row, token, dim); no gradients.

    Args:
        encoder: Whose lock is held meanwhile, as for every forward pass.
        twin: Its twin.
        ids: (row, token) all real: rows are of one length, and there is no padding.
        type_ids: (row, token) token types; used only by models that have them.
        recording: What to keep, and which heads are off.
    """
    import torch

    with encoder.lock, torch.inference_mode(), recording.active():
        output = twin.model(**arguments(encoder, twin, ids, type_ids), output_hidden_states=True)
        if twin.row.projections and recording.wants_blocks:
            for layer, weights in enumerate(output.attentions):
                recording.store(layer, weights)
    hidden: tuple[Tensor, ...] = output.hidden_states
    return hidden


def arguments(encoder: Encoder, twin: Twin, ids: "Ints", type_ids: "Ints") -> dict[str, Any]:
    """What the forward pass of the encoder's architecture takes, on its device."""
    import torch

    device = encoder.device
    given: dict[str, Any] = {
        "input_ids": torch.from_numpy(ids.astype(np.int64)).to(device),
        "attention_mask": torch.ones(ids.shape, dtype=torch.long, device=device),
    }
    if twin.takes_types:
        given["token_type_ids"] = torch.from_numpy(type_ids.astype(np.int64)).to(device)
    if twin.row.projections:
        given["output_attentions"] = True
    return given


def _built(encoder: Encoder) -> Twin:
    shared = encoder.model
    row = architecture(encoder.card.model_type)
    register_function()
    with _refusals(encoder):
        model = bare_copy(shared, "eager" if row.projections else FUNCTION)
        share_tensors(shared, model)
    place = row.place_in(model.config)
    outputs, norms = modules(model, row.output), modules(model, row.norm)
    if not outputs or (place is not NormPlace.BEFORE and len(norms) != len(outputs)):
        raise _unreadable(encoder, "its output projections are not where they should be")
    install(model, row)
    types = int(getattr(model.config, "type_vocab_size", 0) or 0) > 1
    takes = "token_type_ids" in inspect.signature(model.forward).parameters
    beside = dict(zip(outputs, norms, strict=True)) if place is not NormPlace.BEFORE else {}
    return Twin(model, row, place, beside, takes_types=types and takes)


def bare_copy(shared: "PreTrainedModel", function: str) -> "PreTrainedModel":
    """The same architecture on the meta device, with another attention function."""
    import torch

    config = copy.deepcopy(shared.config)
    config._attn_implementation = function
    if hasattr(config, "use_cache"):
        config.use_cache = False
    maker: Any = type(shared)
    options: dict[str, Any] = {}
    if "add_pooling_layer" in inspect.signature(maker.__init__).parameters:
        options["add_pooling_layer"] = getattr(shared, "pooler", None) is not None
    with torch.device("meta"):
        model: PreTrainedModel = maker(config, **options)
    model.train(False)
    return model


def share_tensors(shared: "nn.Module", model: "nn.Module") -> None:
    """Give `model` the tensors of `shared` themselves: parameters, buffers, plain attributes."""
    import torch

    model.load_state_dict(shared.state_dict(), strict=True, assign=True)
    theirs = dict(shared.named_modules())
    for name, module in model.named_modules():
        source = theirs[name]
        for key in module._buffers:  # also those that no state holds, such as rotary frequencies
            module._buffers[key] = source._buffers[key]
        for key, value in vars(module).items():
            if isinstance(value, torch.Tensor):
                setattr(module, key, getattr(source, key))
    model.requires_grad_(False)
    tensors = [*model.parameters(), *model.buffers()]
    if any(tensor.is_meta for tensor in tensors):
        raise ValueError("a tensor of the model has no counterpart")


@contextmanager
def _refusals(encoder: Encoder) -> Iterator[None]:
    """Turn whatever transformers or torch raise into words: there is no one class."""
    try:
        yield
    except EmbedlibError:
        raise
    except Exception as error:
        raise _unreadable(encoder, str(error)) from error


def _check_same(encoder: Encoder, twin: Twin) -> None:
    """The twin must give the shared model's numbers: wrong masks or scores show here."""
    import torch

    ids = np.array([_PROBE], dtype=np.int32) % encoder.model.config.vocab_size
    card = encoder.card
    recording = Recording(card.n_layers, card.n_heads, blocks=True)
    with _refusals(encoder):
        with encoder.lock, torch.inference_mode():
            given = arguments(encoder, twin, ids, np.zeros_like(ids))
            given.pop("output_attentions", None)
            expected = encoder.model(**given).last_hidden_state.float()
        found = forward(encoder, twin, ids, np.zeros_like(ids), recording)
    difference = float((found[-1].float() - expected).abs().max() / expected.abs().max())
    if not difference <= _TOLERANCE[card.dtype]:
        raise _unreadable(encoder, f"reading it changes its numbers by {difference:.2g}")
    complete = len(recording.blocks) == recording.n_outputs == card.n_layers == len(
        found
    ) - 1 and recording.weights.shape[:2] == (card.n_layers, card.n_heads)
    if not complete:
        raise _unreadable(encoder, f"{len(recording.blocks)} of {card.n_layers} blocks showed it")


def _unreadable(encoder: Encoder, why: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"The attention of {encoder.card.name} cannot be read: {shown(why, 200)}.",
        "Its vectors can still be looked at. Choose another model for attention.",
    )
