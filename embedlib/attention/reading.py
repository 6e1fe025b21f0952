"""attention: one forward pass of a text or pair becomes `AttentionMaps`, kept for every view."""

from typing import TYPE_CHECKING, Any

import numpy as np

from embedlib.attention.decomposition import grams, mixing
from embedlib.attention.inputs import ModelInput, model_input
from embedlib.attention.maps import AttentionMaps
from embedlib.attention.recording import Recording
from embedlib.attention.twin import Twin, eager_twin, forward
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.tokens import pieces

if TYPE_CHECKING:
    from torch import Tensor


def attention(
    encoder: Encoder, text: str, pair: str | None = None, *, max_tokens: int | None = None
) -> AttentionMaps:
    """What every head of every layer does with a text, or with a pair of texts in one input.

    One forward pass of the model's eager twin; everything that views, contributions, rollout,
    roles and comparisons need of the text is in the result.

    Args:
        encoder: The model; its shared copy is read, never switched.
        text: Not blank.
        pair: A second text in the same input (segment B), or None.
        max_tokens: Tokens in all, special tokens included; None for the model's default or
            LIMITS["attention_tokens"]. What does not fit is cut and counted in `n_lost`;
            `window_spans` says where to split instead.

    Raises:
        UnsupportedModelError: If the model's attention cannot be read.
        TextError: If a text is blank or gives no token.
        OptionError: If `max_tokens` is outside what the model takes.
        LimitError: If the text, the tokens or the memory for them is over its limit.
    """
    given = model_input(encoder, text, pair, max_tokens)
    card = encoder.card
    weight_bytes = 4 * card.n_layers * card.n_heads * len(given.ids) ** 2
    LIMITS["attention_bytes"].check(weight_bytes, "The memory for attention weights")
    twin = eager_twin(encoder)
    recording = Recording(card.n_layers, card.n_heads, blocks=True)
    hidden = forward(encoder, twin, given.ids[None], given.type_ids[None], recording)
    return AttentionMaps(
        encoder=card,
        text=text,
        pair=pair,
        weights=recording.weights,
        **_parts(twin, recording, hidden),
        **_tokens(encoder, given),
    )


def _parts(twin: Twin, recording: Recording, hidden: "tuple[Tensor, ...]") -> dict[str, Any]:
    """The fields of `AttentionMaps` that come from the blocks."""
    import torch

    blocks, n_heads = recording.blocks, recording.n_heads
    with torch.inference_mode():
        all_grams = torch.stack([grams(block, n_heads) for block in blocks])
        shares = []
        for layer, block in enumerate(blocks):
            own = np.diagonal(recording.weights[layer], axis1=1, axis2=2).copy()
            own_weights = torch.from_numpy(own).to(block.value.device)
            shares.append(mixing(block, own_weights, hidden[layer][0], twin))
        return {
            "grams": _array(all_grams),
            "mixing": _array(torch.stack(shares)),
            "hidden": _array(torch.stack([layer[0] for layer in hidden])),
            "queries": _array(torch.stack([block.query for block in blocks])),
            "keys": _array(torch.stack([block.key for block in blocks])),
            "values": _array(torch.stack([block.value for block in blocks])),
            "scaling": np.array([block.scaling for block in blocks], dtype=np.float32),
            "plain_scores": twin.row.plain_scores,
        }


def _array(tensor: "Tensor") -> "np.ndarray[Any, np.dtype[np.float32]]":
    return np.asarray(tensor.float().cpu().numpy())


def _tokens(encoder: Encoder, given: ModelInput) -> dict[str, Any]:
    return {
        "ids": given.ids,
        "pieces": pieces(encoder, given.ids),
        "spans": given.spans,
        "words": given.words,
        "special": given.special,
        "segment": given.segment,
        "n_lost": given.n_lost,
    }
