"""random_twin: the same architecture with random weights, for what any network would show.

A pattern that the random twin shows too was not learned.
"""

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Final

from embedlib.attention.architectures import ARCHITECTURES
from embedlib.attention.doors import check_seed
from embedlib.attention.twin import bare_copy, share_tensors
from embedlib.models.encoder import Encoder

if TYPE_CHECKING:
    import torch
    from torch import nn

_USUAL_SPREAD: Final = 0.02


def random_twin(encoder: Encoder, seed: int = 0) -> Encoder:
    """An encoder of the same shape, with the weights that training would have begun from.

    Matrices and embeddings are normal with the architecture's own standard deviation, biases 0,
    layer norms 1 (GPT-2's smaller start for two of its matrices is left out). The same seed
    gives the same weights on every machine. It takes as much memory as the model.

    Args:
        encoder: The trained model; tokenizer and position tables are shared with it.
        seed: A whole number, 0 or more.

    Raises:
        OptionError: If the seed is another.
    """
    import torch

    generator = torch.Generator().manual_seed(check_seed(seed))
    model = bare_copy(encoder.model, encoder.model.config._attn_implementation)
    share_tensors(encoder.model, model)
    spread = float(getattr(model.config, "initializer_range", _USUAL_SPREAD))
    row = ARCHITECTURES.get(encoder.card.model_type)
    gain = 0.0 if row is not None and row.unit_gain else 1.0
    for module in model.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            fresh = _fresh(parameter, name, spread, gain, generator)
            setattr(module, name, torch.nn.Parameter(fresh, requires_grad=False))
        _clear_padding(module)
    name = f"random {seed}"
    card = dataclasses.replace(
        encoder.card,
        name=f"{encoder.card.name} ({name})",
        weights_sha256=hashlib.sha256(
            f"{name} {spread} {encoder.card.weights_sha256}".encode()
        ).hexdigest(),
    )
    return Encoder(card, model, encoder.tokenizer, encoder.device)


def _fresh(
    parameter: "nn.Parameter", name: str, spread: float, gain: float, generator: "torch.Generator"
) -> "torch.Tensor":
    import torch

    if parameter.ndim >= 2:
        values = torch.empty(parameter.shape).normal_(0.0, spread, generator=generator)
    else:
        values = torch.full(parameter.shape, gain if name == "weight" else 0.0)
    return values.to(parameter.device, parameter.dtype)


def _clear_padding(module: "nn.Module") -> None:
    import torch

    if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
        module.weight[module.padding_idx] = 0.0
