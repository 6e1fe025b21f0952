"""predict: the words at [MASK], or the next one, with heads on or off.

Only for models whose folder holds a language-modelling head; it is put on the eager twin, so that
beside the head nothing is in memory twice.
"""

import inspect
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from embedlib.attention.ablation import kept_heads
from embedlib.attention.doors import check_heads, check_token
from embedlib.attention.inputs import ModelInput, model_input
from embedlib.attention.maps import AttentionMaps
from embedlib.attention.recording import Recording
from embedlib.attention.twin import arguments, eager_twin
from embedlib.errors import OptionError, TextError, shown
from embedlib.models.encoder import Encoder
from embedlib.models.heads import language_model
from embedlib.tokens import pieces

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

_models: Final[WeakKeyDictionary[Encoder, "PreTrainedModel"]] = WeakKeyDictionary()
_loading: Final = threading.Lock()
_MOST: Final = 100


@dataclass(frozen=True)
class Prediction:
    """What a model expects at one place.

    Args:
        position: The token's number; the last one for a next word.
        pieces: The likeliest vocabulary pieces, the likeliest first.
        probabilities: Their probabilities, 0 to 1.
        written: How each is written, "␣" for a space before it and "�" for a part of a character.
    """

    position: int
    pieces: tuple[str, ...]
    probabilities: tuple[float, ...]
    written: tuple[str, ...]


def predict(
    encoder: Encoder,
    text: str,
    *,
    heads_off: Iterable[tuple[int, int]] = (),
    n: int = 5,
    max_tokens: int | None = None,
    models_dir: Path | None = None,
) -> tuple[Prediction, ...]:
    """The likeliest tokens at each mask of a text, or after it in a causal model.

    Args:
        encoder: A model whose folder holds a language-modelling head.
        text: With the tokenizer's mask ("[MASK]", "<mask>") at least once, but for a causal
            model, which continues it.
        heads_off: (layer, head) pairs to switch off, both from 0.
        n: How many to give, 1 to 100.
        max_tokens: As for `attention`.
        models_dir: Where local models lie; None for EMBEDLIB_MODELS_DIR.

    Raises:
        UnsupportedModelError: If the folder holds no such head.
        TextError: If the text has no mask.
        OptionError: If there is no such head, or `n` is outside its range.
        ModelError, LimitError: As `models.heads.language_model` and `attention` do.
    """
    import torch

    off = check_heads(encoder.card, heads_off)
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= _MOST:
        raise OptionError(f"n must be a whole number from 1 to {_MOST}, got {shown(n)}.")
    given = model_input(encoder, text, None, max_tokens)
    positions = _positions(encoder, given)
    model = _model(encoder, models_dir)
    keep = kept_heads(encoder, [off]) if off else None
    recording = Recording(encoder.card.n_layers, encoder.card.n_heads, keep=keep)
    with encoder.lock, torch.inference_mode(), recording.active():
        logits = _logits(encoder, model, given, positions)
        likeliest = logits.float().softmax(dim=-1).topk(min(n, logits.shape[-1]))
    return tuple(
        Prediction(position, pieces(encoder, numbers), tuple(values), _written(encoder, numbers))
        for position, numbers, values in zip(
            positions, likeliest.indices.tolist(), likeliest.values.tolist(), strict=True
        )
    )


def _written(encoder: Encoder, ids: list[int]) -> tuple[str, ...]:
    """Each id as text; where two are written alike, as its vocabulary piece."""
    texts = [str(encoder.tokenizer.decode([number])) for number in ids]
    marked = [f"␣{text[1:]}" if text[:1] == " " else text for text in texts]
    named = zip(marked, pieces(encoder, ids), strict=True)
    return tuple(text if text and marked.count(text) == 1 else piece for text, piece in named)


def with_mask(encoder: Encoder, maps: AttentionMaps, token: int) -> str:
    """The text with the mask token in the place of a token's whole word.

    Args:
        encoder: The model that made `maps`.
        maps: One text; of a pair only the first is used.
        token: A token of that text, from 0.

    Raises:
        TextError: If the model has no mask, or the token is a special one or of the second text.
        OptionError: If there is no such token.
    """
    token, mask = check_token(maps, token), encoder.tokenizer.mask_token
    if mask is None or maps.special[token] or maps.segment[token] != 0:
        raise TextError(
            "What is masked must be a word of the first text, in a model that has a mask token, "
            f"got {shown(maps.pieces[token])} in {maps.encoder.name}.",
            "Choose a word of the text.",
        )
    of_word = maps.words == maps.words[token]
    first, last = int(maps.spans[of_word, 0].min()), int(maps.spans[of_word, 1].max())
    written = maps.text[first:last]
    first += len(written) - len(written.lstrip())  # a space that the tokenizer counts to the word
    return f"{maps.text[:first]}{mask}{maps.text[last:]}"


def _positions(encoder: Encoder, given: ModelInput) -> list[int]:
    if encoder.card.causal:
        return [len(given.ids) - 1]
    mask = encoder.tokenizer.mask_token_id
    found = np.flatnonzero(given.ids == mask).tolist() if mask is not None else []
    if not found:
        raise TextError(
            f"The text must hold {encoder.tokenizer.mask_token or 'a mask token'} "
            "where a word is to be predicted.",
            "Put it in the place of a word.",
        )
    return [int(position) for position in found]


def _logits(
    encoder: Encoder, model: "PreTrainedModel", given: ModelInput, positions: list[int]
) -> "Tensor":
    """(position, vocabulary) scores."""
    twin = eager_twin(encoder)
    options: dict[str, Any] = arguments(encoder, twin, given.ids[None], given.type_ids[None])
    options.pop("output_attentions", None)
    if encoder.card.causal and "logits_to_keep" in inspect.signature(model.forward).parameters:
        options["logits_to_keep"] = 1  # a large vocabulary times all tokens is not needed
    scores: Tensor = model(**options).logits[0]
    return scores[-1:] if encoder.card.causal else scores[positions]


def _model(encoder: Encoder, models_dir: Path | None) -> "PreTrainedModel":
    """The language model on the twin's tensors; loaded once, kept as long as the encoder lives."""
    twin = eager_twin(encoder)
    with _loading:
        model = _models.get(encoder)
        if model is None:
            model = language_model(encoder, models_dir)
            setattr(model, model.base_model_prefix, twin.model)
            # Only what was tied when it was loaded: a head may have weights of its own.
            model.tie_weights(recompute_mapping=False)
            _models[encoder] = model
        return model
