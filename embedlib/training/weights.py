"""The part of a model that training changes, out of a checkpoint and into it."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from embedlib.training import checkpoints
from embedlib.training.durable import read_json, write_json


def trained_state(model: Any) -> dict[str, torch.Tensor]:
    """What training changes: parameters with gradients, and an AdaLoRA's sums."""
    state = {
        name: parameter.detach().cpu().contiguous()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }
    for name, sums in _allocator(model).items():
        state |= {f"@{name}@{key}": value.cpu().contiguous() for key, value in sums.items()}
    return state


def load_weights(model: Any, folder: Path) -> None:
    """Put a checkpoint's weights into the model that they came from."""
    state = load_file(folder / checkpoints.WEIGHTS)
    allocator = _allocator(model)
    device = next(model.parameters()).device
    for key in [key for key in state if key.startswith("@")]:
        _, name, parameter = key.split("@", 2)
        allocator[name][parameter] = state.pop(key).to(device)
    with torch.no_grad():
        parameters = dict(model.named_parameters())
        for name, value in state.items():
            parameters[name].copy_(value)


def _allocator(model: Any) -> dict[str, dict[str, torch.Tensor]]:
    """AdaLoRA's running sums by name; empty for other models."""
    found = getattr(getattr(model, "base_model", None), "rankallocator", None)
    names = ("ipt", "exp_avg_ipt", "exp_avg_unc")
    return {} if found is None else {name: getattr(found, name) for name in names}


def save_ranks(model: Any, folder: Path) -> None:
    """Note which ranks an AdaLoRA keeps, in a checkpoint's folder."""
    pattern = model.peft_config["default"].rank_pattern
    write_json(folder / "ranks.json", {"ranks": pattern or {}})


def load_ranks(model: Any, folder: Path) -> None:
    """Take up the ranks that `save_ranks` noted."""
    found = read_json(folder / "ranks.json") or {}
    if found.get("ranks"):
        model.peft_config["default"].rank_pattern = found["ranks"]
