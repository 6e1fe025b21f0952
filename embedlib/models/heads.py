"""language_model: the model's own language-modelling head, where its folder holds one.

A kind of head (masked, causal) is decided by whether the encoder is causal.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from embedlib.errors import ModelError, UnsupportedModelError, shown
from embedlib.models.devices import torch_dtype
from embedlib.models.encoder import Encoder
from embedlib.models.loading import _building, _quiet
from embedlib.models.places import find
from embedlib.models.safety import CheckedFolder, check_folder
from embedlib.models.weights import recall, weights_sha256

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_LOG: Final = logging.getLogger(__name__)


def language_model(encoder: Encoder, models_dir: Path | None = None) -> "PreTrainedModel":
    """The whole model with its language-modelling head, loaded anew from the encoder's folder.

    It takes the memory of another copy of the model until the caller gives it the encoder's own
    tensors; `embedlib.attention.predictions` does so.

    Args:
        encoder: A loaded model.
        models_dir: The folder of local models that it came from; None for EMBEDLIB_MODELS_DIR.

    Raises:
        ModelNotFoundError: If the folder is no longer there.
        UnsafeModelError: If the folder could run code.
        UnsupportedModelError: If the architecture has no such head, or the folder none for it.
        ModelError: If the folder's weights have changed since.
    """
    checked = check_folder(find(encoder.card.name, models_dir).folder)
    recall(checked.path)
    if weights_sha256(checked.weights) != encoder.card.weights_sha256:
        raise ModelError(
            f"The weights of {encoder.card.name} must be those that were loaded, "
            "and have changed since.",
            "Load the model again.",
        )
    with _building, _quiet():
        model, missing = _loaded(encoder, checked)
    if missing:
        raise no_head(encoder, f"missing: {', '.join(missing[:2])}")
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch_dtype(encoder.card.dtype))
    model.to(encoder.device)  # type: ignore[arg-type]
    model.requires_grad_(False).train(False)
    return model


def no_head(encoder: Encoder, why: str) -> UnsupportedModelError:
    """The error for a model that predicts no words."""
    return UnsupportedModelError(
        f"A model must have a language-modelling head to predict words, "
        f"got {encoder.card.name} without one ({why}).",
        "Sentence models lost that head in training. Choose the model they were made from.",
    )


def _loaded(encoder: Encoder, checked: CheckedFolder) -> "tuple[PreTrainedModel, list[str]]":
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM

    config = AutoConfig.from_pretrained(
        str(checked.path), local_files_only=True, trust_remote_code=False
    )
    family: Any = AutoModelForCausalLM if encoder.card.causal else AutoModelForMaskedLM
    if type(config) not in family._model_mapping:
        raise no_head(encoder, "its architecture has none")
    maker: Any = family._model_mapping[type(config)]
    try:
        model, report = maker.from_pretrained(
            str(checked.path),
            config=config,
            dtype=torch.float32,  # see `loading`: another would change the process's default
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except Exception as error:  # whatever transformers raises: there is no one class
        _LOG.info("loading the head of %s failed", encoder.card.name, exc_info=error)
        raise no_head(encoder, shown(str(error), 200)) from error
    lost = {*report["missing_keys"], *(key[0] for key in report["mismatched_keys"])}
    return cast("PreTrainedModel", model), sorted(lost)
