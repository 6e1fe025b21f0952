"""Tiny encoders of every supported architecture, built in memory from a config; no files."""

from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from embedlib.models.encoder import Encoder
from embedlib.records import EncoderCard

WORDS = [
    "the",
    "a",
    "river",
    "savings",
    "bank",
    "of",
    "money",
    "flows",
    "to",
    "sea",
    "dog",
    "cat",
    "runs",
    "fast",
    "slow",
    "is",
    "was",
    "and",
    "not",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
PIECES = [*WORDS, *LETTERS, *".,!?", *(f"##{letter}" for letter in LETTERS)]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
N_LAYERS, N_HEADS, DIM, MOST = 3, 2, 16, 64

_SHAPE: dict[str, Any] = {
    "hidden_size": DIM,
    "num_hidden_layers": N_LAYERS,
    "num_attention_heads": N_HEADS,
    "intermediate_size": 32,
}
_CONFIGS: dict[str, dict[str, Any]] = {
    "bert": _SHAPE | {"max_position_embeddings": MOST},
    "roberta": _SHAPE | {"max_position_embeddings": MOST + 2, "pad_token_id": 0},
    "xlm-roberta": _SHAPE | {"max_position_embeddings": MOST + 2, "pad_token_id": 0},
    "electra": _SHAPE | {"max_position_embeddings": MOST, "embedding_size": DIM},
    "albert": _SHAPE | {"max_position_embeddings": MOST, "embedding_size": 8},
    "mpnet": _SHAPE | {"max_position_embeddings": MOST + 2, "pad_token_id": 0},
    "deberta-v2": _SHAPE | {"max_position_embeddings": MOST},
    "modernbert": _SHAPE | {"max_position_embeddings": MOST, "global_attn_every_n_layers": 2},
    "distilbert": {
        "dim": DIM,
        "n_layers": N_LAYERS,
        "n_heads": N_HEADS,
        "hidden_dim": 32,
        "max_position_embeddings": MOST,
    },
    "gpt2": {"n_embd": DIM, "n_layer": N_LAYERS, "n_head": N_HEADS, "n_positions": MOST},
    "llama": _SHAPE | {"max_position_embeddings": MOST, "num_key_value_heads": 1},
    "qwen2": _SHAPE | {"max_position_embeddings": MOST, "num_key_value_heads": 1},
}
_VOCABULARY = len(SPECIAL) + len(PIECES)
_SPECIAL_IDS = {
    "pad_token_id": 0,
    "bos_token_id": 2,
    "eos_token_id": 3,
    "cls_token_id": 2,
    "sep_token_id": 3,
}
ARCHITECTURES = tuple(_CONFIGS)
CAUSAL = {"gpt2", "llama", "qwen2"}


def tokenizer(*, special: bool = True) -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer over a few words, letters and digits; lower-cases; [CLS] x [SEP]."""
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *PIECES])}
    rust = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    rust.normalizer = normalizers.Lowercase()
    rust.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if special:
        rust.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=rust,
        model_max_length=MOST,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


@cache
def encoder(model_type: str = "bert") -> Encoder:
    """A random model of `model_type` with 3 layers, 2 heads and 16 dimensions; always the same."""
    torch.manual_seed(7)
    config = AutoConfig.for_model(
        model_type, **(_SPECIAL_IDS | {"vocab_size": _VOCABULARY} | _CONFIGS[model_type])
    )
    model = AutoModel.from_config(config, dtype=torch.float32).eval().requires_grad_(False)
    card = EncoderCard(
        name=f"tiny-{model_type}",
        source="folder",
        revision="",
        weights_sha256=f"{model_type:0<64}",
        model_type=model_type,
        n_layers=N_LAYERS,
        n_heads=N_HEADS,
        dim=DIM,
        max_tokens=MOST,
        most_tokens=MOST,
        n_parameters=sum(p.numel() for p in model.parameters()),
        causal=model_type in CAUSAL,
    )
    return Encoder(card, model, tokenizer(special=model_type not in CAUSAL), torch.device("cpu"))


def saved(root: Path, model_type: str = "bert") -> str:
    """The name of a model in the folder of models `root`, where it is put as others save theirs."""
    made = encoder(model_type)
    made.model.save_pretrained(root / made.card.name)
    made.tokenizer.save_pretrained(root / made.card.name)
    return made.card.name
