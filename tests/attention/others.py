"""Tiny encoders of the architectures that `tests.tiny` leaves out; built in memory."""

from dataclasses import replace
from functools import cache
from typing import Any

import torch
from transformers import AutoConfig, AutoModel

from embedlib.models.encoder import Encoder
from tests import tiny

_GQA: dict[str, Any] = tiny._SHAPE | {
    "max_position_embeddings": tiny.MOST,
    "num_key_value_heads": 1,
    "head_dim": 8,
}
_PLAIN: dict[str, Any] = tiny._SHAPE | {"max_position_embeddings": tiny.MOST}
_WINDOW = {"layer_types": ["sliding_attention", "full_attention", "full_attention"]}
_CONFIGS: dict[str, dict[str, Any]] = {
    "camembert": tiny._SHAPE | {"max_position_embeddings": tiny.MOST + 2, "pad_token_id": 0},
    "gpt_neo": {
        "hidden_size": tiny.DIM,
        "num_layers": tiny.N_LAYERS,
        "num_heads": tiny.N_HEADS,
        "attention_types": [[["global", "local", "global"], 1]],
        "window_size": 4,
        "max_position_embeddings": tiny.MOST,
    },
    "gpt_neox": _PLAIN,
    "opt": {
        "hidden_size": tiny.DIM,
        "num_hidden_layers": tiny.N_LAYERS,
        "num_attention_heads": tiny.N_HEADS,
        "ffn_dim": 32,
        "word_embed_proj_dim": tiny.DIM,
        "max_position_embeddings": tiny.MOST,
    },
    "mistral": _GQA | {"sliding_window": 4},
    "qwen3": _GQA,
    "gemma": _GQA,
    "gemma2": _GQA | {"sliding_window": 4, "layer_types": _WINDOW["layer_types"]},
    "gemma3_text": _GQA | {"sliding_window": 4, "layer_types": _WINDOW["layer_types"]},
    "phi": _PLAIN,
    "phi3": _GQA,
    "smollm3": _GQA | {"no_rope_layers": [1, 0, 1]},
}
ARCHITECTURES = tuple(_CONFIGS)
ALL = (*tiny.ARCHITECTURES, *ARCHITECTURES)


@cache
def encoder(model_type: str = "bert") -> Encoder:
    """A random model of any supported architecture; always the same."""
    if model_type in tiny.ARCHITECTURES:
        return tiny.encoder(model_type)
    torch.manual_seed(7)
    settings = tiny._SPECIAL_IDS | {"vocab_size": tiny._VOCABULARY} | _CONFIGS[model_type]
    config = AutoConfig.for_model(model_type, **settings)
    model = AutoModel.from_config(config, dtype=torch.float32).eval().requires_grad_(False)
    causal = model_type != "camembert"
    card = replace(
        tiny.encoder().card,
        name=f"tiny-{model_type}",
        weights_sha256=f"{model_type:0<64}",
        model_type=model_type,
        causal=causal,
    )
    return Encoder(card, model, tiny.tokenizer(special=not causal), torch.device("cpu"))


@cache
def lively(model_type: str = "bert", spread: float = 0.3) -> Encoder:
    """The same with larger weights and biases everywhere: nothing is uniform or zero by luck."""
    return fresh(model_type, spread)


def fresh(model_type: str = "bert", spread: float = 0.3) -> Encoder:
    """A new `lively` encoder, which nobody else holds."""
    still = encoder(model_type)
    generator = torch.Generator().manual_seed(11)
    model = type(still.model)(still.model.config)
    model.load_state_dict(still.model.state_dict())
    for parameter in model.parameters():
        noise = torch.empty(parameter.shape).normal_(0, spread, generator=generator)
        parameter.data = parameter.data + noise
    card = replace(still.card, weights_sha256=f"lively-{model_type:0<57}")
    return Encoder(card, model.eval().requires_grad_(False), still.tokenizer, still.device)
