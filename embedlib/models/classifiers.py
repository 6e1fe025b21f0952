"""classifier: a private copy of a model with a new head, to be trained; never the shared one.

A further kind of head is a row of `HEADS`.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from embedlib.errors import EmbedlibError, UnsupportedModelError, shown
from embedlib.models.checks import check_plan
from embedlib.models.loading import _building, _quiet, _tokenizer
from embedlib.models.places import Place, find
from embedlib.models.safety import CheckedFolder, check_folder
from embedlib.models.shape import max_tokens
from embedlib.models.weights import settings_sha256, weights_sha256
from embedlib.table import Table

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_LOG: Final = logging.getLogger(__name__)
HEADS: Final = Table(
    "kind of head",
    {
        "sequence": "AutoModelForSequenceClassification",
        "tokens": "AutoModelForTokenClassification",
    },
)


@dataclass(frozen=True, eq=False)
class Classifier:
    """A model with a head for `labels`, its own copy, in float32 on the CPU, in evaluation mode.

    Args:
        name: The model that it was made from.
        revision: Its Hub commit, or "".
        weights_sha256, settings_sha256: What identifies its files.
        model_type: Its architecture in transformers.
        model: For sequences or for tokens; its gradients are on.
        tokenizer: Of the model.
        most_tokens: Tokens a text may have, special tokens included.
    """

    name: str
    revision: str
    weights_sha256: str
    settings_sha256: str
    model_type: str
    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    most_tokens: int

    @property
    def output(self) -> "torch.nn.Linear":
        """The last layer: what turns a text's or a token's features into label scores."""
        return output_of(self.model)


def classifier(
    name: str, labels: tuple[str, ...], kind: str = "sequence", models_dir: Path | None = None
) -> Classifier:
    """The model called `name` with a new head of random numbers, drawn from torch's generator.

    Args:
        name: As `models.load` takes it.
        labels: What the head tells apart, in the order of its outputs.
        kind: A name in HEADS.
        models_dir: A folder of local models; None for EMBEDLIB_MODELS_DIR.

    Raises:
        ModelNotFoundError: If the model is not on this machine.
        UnsafeModelError: If its folder could run code.
        UnsupportedModelError: If its architecture has no such head, or parts are missing.
    """
    place = find(name, models_dir)
    checked = check_folder(place.folder)
    HEADS[kind]
    try:
        with _building, _quiet():
            tokenizer = _tokenizer(checked)
            model = _model(checked, labels, kind)
    except EmbedlibError:
        raise
    except Exception as error:  # whatever transformers raises: there is no one class
        _LOG.info("loading %s for training failed", place.name, exc_info=error)
        raise UnsupportedModelError(
            f"The model {place.name} could not be loaded for training: {shown(str(error), 200)}.",
            "Choose another model.",
        ) from error
    _pad(model, tokenizer)
    return _classifier(place, checked, model, tokenizer)


def output_of(model: "PreTrainedModel") -> "torch.nn.Linear":
    """The last linear layer of a model with a head."""
    import torch

    n_labels = len(model.config.id2label or ())
    found = [
        module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and module.out_features == n_labels
        and not name.startswith(f"{model.base_model_prefix}.")
    ]
    if not found:
        raise UnsupportedModelError(
            f"A model must end in a linear layer to be trained here, got {type(model).__name__}.",
            "Choose another model.",
        )
    return found[-1]


def head_names(model: "PreTrainedModel") -> tuple[str, ...]:
    """Modules beside the model proper: the head, and a pooler that only the head reads."""
    prefix = model.base_model_prefix
    names = [name for name, _ in model.named_children() if name != prefix]
    base: Any = getattr(model, prefix)
    pooled = [f"{prefix}.{name}" for name, part in base.named_children() if name == "pooler"]
    return (
        *pooled,
        *(name for name in names if any(True for _ in getattr(model, name).parameters())),
    )


def _model(checked: CheckedFolder, labels: tuple[str, ...], kind: str) -> "PreTrainedModel":
    import torch
    import transformers
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(
        str(checked.path), local_files_only=True, trust_remote_code=False
    )
    family: Any = getattr(transformers, HEADS[kind])
    if type(config) not in family._model_mapping:
        raise UnsupportedModelError(
            f"The architecture {config.model_type} must have a head for {kind}, and has none.",
            "Choose another model.",
        )
    maker: Any = family._model_mapping[type(config)]
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    config.problem_type = "single_label_classification" if kind == "sequence" else None
    check_plan(checked, maker, config, {})
    model, report = maker.from_pretrained(
        str(checked.path),
        config=config,
        dtype=torch.float32,
        attn_implementation="sdpa" if maker._supports_sdpa else "eager",
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    _check_report(checked, model, report)
    _renew(model)
    return model.eval()  # type: ignore[no-any-return]


def _check_report(checked: CheckedFolder, model: "PreTrainedModel", report: Any) -> None:
    """Only the head may be made up at random."""
    missing = {*report["missing_keys"], *(key[0] for key in report["mismatched_keys"])}
    prefix = f"{model.base_model_prefix}."
    lost = sorted(key for key in missing if key.startswith(prefix) and ".pooler." not in key)
    if lost:
        raise UnsupportedModelError(
            f"The weights must hold every part of the model, got {checked.path.name} "
            f"without {', '.join(lost[:3])}.",
            "These would be random numbers. Check that config.json belongs to the weights.",
        )


def _renew(model: "PreTrainedModel") -> None:
    """A new last layer even where the folder has one: its labels may be others."""
    import torch

    output = output_of(model)
    spread = float(getattr(model.config, "initializer_range", 0.02))
    with torch.no_grad():
        output.weight.normal_(0.0, spread)
        if output.bias is not None:
            output.bias.zero_()


def _pad(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerFast") -> None:
    """A padding token where a decoder has none: its head looks for the last token that is real."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if getattr(model.config, "pad_token_id", None) is None:
        model.config.pad_token_id = tokenizer.pad_token_id


def _classifier(
    place: Place,
    checked: CheckedFolder,
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
) -> Classifier:
    most = checked.architecture.most_tokens(model.config)
    return Classifier(
        name=place.name,
        revision=place.revision,
        weights_sha256=weights_sha256(checked.weights),
        settings_sha256=settings_sha256(checked.path),
        model_type=str(model.config.model_type),
        model=model,
        tokenizer=tokenizer,
        most_tokens=max(max_tokens(checked, tokenizer.model_max_length, most), min(most, 512)),
    )
