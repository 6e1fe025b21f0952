"""Which architectures can be read layer by layer; a new one is a row in `ARCHITECTURES`."""

from dataclasses import dataclass
from typing import Any, Final

from embedlib.table import Table


@dataclass(frozen=True)
class Architecture:
    """One architecture of transformers.

    Args:
        model_type: Its name in transformers and in config.json.
        causal: Whether a token sees only what stands before it.
        padded_positions: Whether position numbers begin after the padding id, so that
            padding id + 1 rows of the position table are never used.
    """

    model_type: str
    causal: bool = False
    padded_positions: bool = False

    def most_tokens(self, config: Any) -> int:
        """Tokens that a model with this transformers `config` can take at all."""
        most = int(config.max_position_embeddings)
        if not self.padded_positions:
            return most
        # MPNet's code has the padding id 1, whatever its config says.
        padding = 1 if self.model_type == "mpnet" else int(config.pad_token_id)
        return most - padding - 1

    def is_causal(self, config: Any) -> bool:
        """Whether a model with this transformers `config` is causal."""
        if getattr(config, "use_bidirectional_attention", None):
            return False
        return self.causal or bool(getattr(config, "is_decoder", False))


_ENCODERS = ("bert", "distilbert", "albert", "electra", "deberta-v2", "modernbert")
_PADDED = ("roberta", "xlm-roberta", "camembert", "mpnet")
_DECODERS = (
    *("gpt2", "gpt_neo", "gpt_neox", "opt", "llama", "mistral", "qwen2", "qwen3"),
    *("gemma", "gemma2", "gemma3_text", "phi", "phi3", "smollm3"),
)

ARCHITECTURES: Final[Table[Architecture]] = Table(
    "architecture",
    {name: Architecture(name) for name in _ENCODERS}
    | {name: Architecture(name, padded_positions=True) for name in _PADDED}
    | {name: Architecture(name, causal=True) for name in _DECODERS},
)
ENCODER_DECODERS: Final = frozenset(
    {
        *("t5", "mt5", "umt5", "longt5", "t5gemma", "bart", "mbart", "pegasus", "marian"),
        *("m2m_100", "blenderbot", "led", "prophetnet", "encoder-decoder", "whisper"),
    }
)
