"""What of a model learns: all of it, its upper layers, or adapters; a new way is one function.

Each takes (classifier, work, steps in all) and gives the model to train.
"""

import re
from typing import Any, Final

from embedlib.errors import OptionError, UnsupportedModelError
from embedlib.models.classifiers import Classifier, head_names
from embedlib.training.work import Work

_BLOCK: Final = re.compile(r"\.(?:layers?|h|block)\.(\d+)\.")


def prepare_full(made: Classifier, work: Work, n_steps: int) -> Any:
    """Everything learns, except the layers that `frozen_layers` keeps."""
    model = made.model
    model.requires_grad_(True)
    n_frozen = int(work.options.get("frozen_layers", 0))
    if n_frozen:
        _freeze(model, n_frozen)
    return model


def prepare_lora(made: Classifier, work: Work, n_steps: int) -> Any:
    """Low-rank adapters beside every linear layer of the blocks, and the head.

    Source: Hu et al. 2022, equation 3; adapters on all linear layers: Dettmers et al. 2023.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=int(work.options["rank"]),
        lora_alpha=int(float(work.options["alpha"])),
        lora_dropout=float(work.options["adapter_dropout"]),
        target_modules=_linear_layers(made.model),
        modules_to_save=list(_trained_head(made.model)),
        fan_in_fan_out=_is_transposed(made.model),
    )
    return get_peft_model(made.model, config)


def prepare_adalora(made: Classifier, work: Work, n_steps: int) -> Any:
    """Adapters whose rank moves to where it matters: from 1.5 times the rank down to it.

    The budget shrinks between a tenth and the half of the steps.

    Source: Zhang et al. 2023, equations 3 (SVD form) and 12 (budget).
    """
    from peft import AdaLoraConfig, get_peft_model

    rank = int(work.options["rank"])
    if n_steps < 10:
        raise OptionError(
            f"AdaLoRA needs at least 10 steps to share out its ranks, got {n_steps}.",
            "Give more rows or epochs, or choose LoRA.",
        )
    config = AdaLoraConfig(
        init_r=max(rank + 1, round(1.5 * rank)),
        target_r=rank,
        tinit=n_steps // 10,
        tfinal=n_steps // 2,
        deltaT=max(1, n_steps // 100),
        total_step=n_steps,
        lora_alpha=int(float(work.options["alpha"])),
        lora_dropout=float(work.options["adapter_dropout"]),
        target_modules=_linear_layers(made.model),
        modules_to_save=list(_trained_head(made.model)),
        fan_in_fan_out=_is_transposed(made.model),
    )
    return get_peft_model(made.model, config)


PREPARE: Final = {
    "full": prepare_full,
    "frozen_lower": prepare_full,
    "lora": prepare_lora,
    "adalora": prepare_adalora,
}


def _trained_head(model: Any) -> tuple[str, ...]:
    return tuple(name.split(".")[-1] for name in head_names(model))


def _linear_layers(model: Any) -> list[str]:
    """Full names of the linear layers inside the blocks."""
    import torch
    from transformers.pytorch_utils import Conv1D

    linear = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear | Conv1D)
    ]
    # ALBERT has one block for all its layers, under another name.
    inside = [name for name in linear if _BLOCK.search(f".{name}.") or "_layers." in name]
    if not inside:
        raise UnsupportedModelError(
            f"Adapters need linear layers in blocks, got a {model.config.model_type} without.",
            "Choose full fine-tuning.",
        )
    return inside


def _is_transposed(model: Any) -> bool:
    """Whether the linear layers keep their weights the other way round, as GPT-2's do."""
    from transformers.pytorch_utils import Conv1D

    return any(isinstance(module, Conv1D) for module in model.modules())


def _freeze(model: Any, n_frozen: int) -> None:
    """Embeddings and the lower `n_frozen` blocks stay as they are."""
    n_blocks = int(model.config.num_hidden_layers)
    if n_frozen > n_blocks:
        raise OptionError(
            f"The option frozen_layers must be from 0 to {n_blocks} for this model, got {n_frozen}."
        )
    inside = f"{model.base_model_prefix}."
    for name, parameter in model.named_parameters():
        block = _BLOCK.search(f".{name}")
        in_head = not name.startswith(inside) or ".pooler." in name
        after = any(part in name for part in ("norm", ".ln_f.", ".encoder."))
        low = block is None and ("embed" in name or not after)
        if not in_head and (low or (block is not None and int(block[1]) < n_frozen)):
            parameter.requires_grad_(False)
