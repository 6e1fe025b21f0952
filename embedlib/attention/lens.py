"""logit_lens: what a model would predict at one place if it ended after each layer."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedlib.attention.predictions import Prediction, _model, _written
from embedlib.errors import OptionError
from embedlib.extract import token_vectors
from embedlib.geometry.doors import check_count
from embedlib.models.encoder import Encoder
from embedlib.records import TokenSettings
from embedlib.tokens import pieces

if TYPE_CHECKING:
    from torch import Tensor, nn

_DEFAULT = TokenSettings()
# The last normalisation of models that have one after their blocks, by architecture's own names.
_FINAL_NORMS = ("ln_f", "norm", "final_norm", "final_layer_norm")


def logit_lens(
    encoder: Encoder,
    text: str,
    position: int,
    *,
    n: int = 5,
    settings: TokenSettings = _DEFAULT,
    models_dir: Path | None = None,
) -> tuple[Prediction, ...]:
    """The likeliest tokens at one place, read off each layer with the model's own head.

    Early layers were never trained to be read so: what they give is a look, not a measurement.

    Args:
        encoder: A model whose folder holds a language-modelling head.
        text: The text.
        position: A token's number, special tokens counted. A masked model predicts the token
            there, a causal one the token after it.
        n: How many to give, 1 to 100.
        settings: How the text becomes tokens.
        models_dir: Where local models lie; None for EMBEDLIB_MODELS_DIR.

    Returns:
        One prediction a layer, 0 to n_layers; the last is the model's own.

    Raises:
        UnsupportedModelError: If the folder holds no such head.
        OptionError: If there is no such token.
        TextError, LimitError: As `token_vectors` does.

    Source: nostalgebraist 2020, interpreting GPT: the logit lens.
    """
    import torch

    n = check_count(n, 1, 100, "n")
    found = token_vectors(encoder, text, settings)
    if not 0 <= position < len(found.ids):
        raise OptionError(f"The token must be one from 0 to {len(found.ids) - 1}, got {position}.")
    model = _model(encoder, models_dir)
    hidden = torch.from_numpy(found.hidden[:, position : position + 1]).to(encoder.device)
    with encoder.lock, torch.inference_mode():
        logits = _read(model, _finished(model.base_model, hidden), found.ids, position)
        likeliest = logits.float().softmax(dim=-1).topk(min(n, logits.shape[-1]))
    return tuple(
        Prediction(position, pieces(encoder, ids), tuple(values), _written(encoder, ids))
        for ids, values in zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
    )


def _finished(base: "nn.Module", hidden: "Tensor") -> "Tensor":
    """(layer, 1, dim) after the last normalisation, which the last layer has had already."""
    import torch

    norm = next((getattr(base, name) for name in _FINAL_NORMS if hasattr(base, name)), None)
    hidden = hidden.to(next(base.parameters()).dtype)
    return hidden if norm is None else torch.cat([norm(hidden[:-1]), hidden[-1:]])


def _read(model: Any, hidden: "Tensor", ids: Any, position: int) -> "Tensor":
    """(layer, vocabulary) scores: the whole model runs on one token, with `hidden` put in
    before its head, so that every architecture's own head is used as it is."""
    import torch

    def swap(module: Any, args: Any, output: Any) -> Any:
        output.last_hidden_state = hidden
        return output

    handle = model.base_model.register_forward_hook(swap)
    try:
        one = torch.tensor([[int(ids[position])]], device=hidden.device)
        logits: Tensor = model(input_ids=one).logits
    finally:
        handle.remove()
    return logits[:, 0]
