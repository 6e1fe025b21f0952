"""Where each architecture keeps its attention; a new one is a row in `ARCHITECTURES`.

Paths are patterns over the names of a model's modules, `*` for a number. Queries, keys, values and
weights are taken where transformers hands them to its attention function, after rotary positions
and out of fused projections, so that a row names only the output projection and the layer norm.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from embedlib.errors import UnsupportedModelError
from embedlib.table import Table

if TYPE_CHECKING:
    from torch import nn


class NormPlace(Enum):
    """Where a layer norm stands that decides how attention output and residual are mixed."""

    BEFORE = "before attention; output and residual are added as they are"
    AFTER_SUM = "after output and residual are added, as in BERT"
    ON_OUTPUT = "on the output, before the residual is added, as in Gemma 2"


@dataclass(frozen=True)
class Architecture:
    """One architecture of transformers.

    Args:
        output: Path of the output projections, whose weight is W_O and whose bias b_O.
        norm: Path of the layer norms that `norm_place` speaks of; "" for none.
        norm_place: Where they stand.
        projections: Paths of the query, key and value projections, only for an architecture
            that calculates attention itself rather than by transformers' attention functions.
        plain_scores: Whether the softmax of scaled query-key products is the weight.
        scaled: Whether these products are divided by the root of the head's dimensions; read
            only with `projections`, else transformers says by what they are multiplied.
        unit_gain: Whether the norms' gain is 1 + weight rather than weight.
    """

    output: str
    norm: str = ""
    norm_place: NormPlace = NormPlace.BEFORE
    projections: tuple[str, ...] = ()
    plain_scores: bool = True
    scaled: bool = True
    unit_gain: bool = False

    def place_in(self, config: Any) -> NormPlace:
        """Where the norms stand in a model with this transformers `config`."""
        if getattr(config, "do_layer_norm_before", True) is False:  # OPT 350m
            return NormPlace.AFTER_SUM
        return self.norm_place


def _post_norm(output: str, norm: str, **more: Any) -> Architecture:
    return Architecture(output, norm, NormPlace.AFTER_SUM, **more)


_BERT = _post_norm(
    "encoder.layer.*.attention.output.dense", "encoder.layer.*.attention.output.LayerNorm"
)
_LLAMA = Architecture("layers.*.self_attn.o_proj")
_ALBERT = "encoder.albert_layer_groups.*.albert_layers.*.attention"
_MPNET = "encoder.layer.*.attention"
_DEBERTA = "encoder.layer.*.attention"
_NEO = "h.*.attn.attention"


def _gemma(**more: Any) -> Architecture:
    norm = "layers.*.post_attention_layernorm"
    return Architecture(
        "layers.*.self_attn.o_proj", norm, NormPlace.ON_OUTPUT, unit_gain=True, **more
    )


ARCHITECTURES: Final[Table[Architecture]] = Table(
    "architecture",
    dict.fromkeys(("bert", "roberta", "xlm-roberta", "camembert", "electra"), _BERT)
    | dict.fromkeys(
        ("llama", "mistral", "qwen2", "qwen3", "gemma", "phi3", "smollm3"),
        _LLAMA,
    )
    | {
        "distilbert": _post_norm(
            "transformer.layer.*.attention.out_lin", "transformer.layer.*.sa_layer_norm"
        ),
        "albert": _post_norm(f"{_ALBERT}.dense", f"{_ALBERT}.LayerNorm"),
        "mpnet": _post_norm(
            f"{_MPNET}.attn.o",
            f"{_MPNET}.LayerNorm",
            projections=tuple(f"{_MPNET}.attn.{name}" for name in "qkv"),
            plain_scores=False,
        ),
        "deberta-v2": _post_norm(
            f"{_DEBERTA}.output.dense",
            f"{_DEBERTA}.output.LayerNorm",
            projections=tuple(f"{_DEBERTA}.self.{name}_proj" for name in ("query", "key", "value")),
            plain_scores=False,
        ),
        "modernbert": Architecture("layers.*.attn.Wo"),
        "gpt2": Architecture("h.*.attn.c_proj"),
        "gpt_neo": Architecture(
            f"{_NEO}.out_proj",
            projections=tuple(f"{_NEO}.{name}_proj" for name in "qkv"),
            scaled=False,
        ),
        "gpt_neox": Architecture("layers.*.attention.dense"),
        "opt": Architecture(
            "decoder.layers.*.self_attn.out_proj", "decoder.layers.*.self_attn_layer_norm"
        ),
        "phi": Architecture("layers.*.self_attn.dense"),
        "gemma2": _gemma(plain_scores=False),
        "gemma3_text": _gemma(),
    },
)


def architecture(model_type: str) -> Architecture:
    """The row of an architecture.

    Raises:
        UnsupportedModelError: If its attention cannot be read.
    """
    if model_type not in ARCHITECTURES:
        raise UnsupportedModelError(
            f"The architecture must be one whose attention can be read, got {model_type!r}.",
            f"There are: {', '.join(ARCHITECTURES)}.",
        )
    return ARCHITECTURES[model_type]


def modules(model: "nn.Module", path: str) -> tuple["nn.Module", ...]:
    """The modules whose name matches `path`, in the order in which the model holds them."""
    if not path:
        return ()
    pattern = re.compile(re.escape(path).replace(r"\*", r"\d+"))
    return tuple(module for name, module in model.named_modules() if pattern.fullmatch(name))
