"""What a model must be to be read layer by layer; a new check is a function for `loading`."""

from typing import TYPE_CHECKING, Any

from embedlib.errors import UnsupportedModelError
from embedlib.models.safety import CheckedFolder
from embedlib.records import EncoderCard

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def check_plan(checked: CheckedFolder, maker: Any, config: Any, options: dict[str, Any]) -> None:
    """Refuse settings of a far larger model than the files hold, before memory is taken.

    Args:
        checked: The model's folder.
        maker: Its class in transformers.
        config: Its settings in transformers.
        options: What `maker` is called with.
    """
    import torch

    shared = config.model_type == "albert"  # all its blocks are one
    if not shared and config.num_hidden_layers > checked.n_tensors:
        raise _larger(checked)
    with torch.device("meta"):
        n_needed = sum(part.numel() for part in maker(config, **options).parameters())
    if n_needed > checked.weight_bytes:  # no number takes less than a byte
        raise _larger(checked)


def _larger(checked: CheckedFolder) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"The weights must hold every part of the model, got {checked.path.name} with the "
        "settings of a far larger one.",
        "Check that config.json belongs to the weights.",
    )


def check_report(checked: CheckedFolder, report: dict[str, Any]) -> None:
    """Refuse a model of which a part was made up at random."""
    missing = sorted({*report["missing_keys"], *(key[0] for key in report["mismatched_keys"])})
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise UnsupportedModelError(
            f"The weights must hold every part of the model, got {checked.path.name} "
            f"without {', '.join(missing[:3])}{more}.",
            "These would be random numbers. Check that config.json belongs to the weights.",
        )


def check_vocabulary(n_words: int, model: "PreTrainedModel", card: EncoderCard) -> None:
    """Refuse a tokenizer with more words than the model has rows for."""
    rows: Any = model.get_input_embeddings().weight  # (word, dim)
    n_rows = rows.shape[0]
    if n_words > n_rows:
        raise UnsupportedModelError(
            f"The model {card.name} must know all words of its tokenizer, "
            f"got {n_words:,} words for {n_rows:,} rows.",
            "The tokenizer belongs to another model.",
        )


def check_layers(model: "PreTrainedModel", card: EncoderCard) -> None:
    """Run two tokens through the model: its layers must be where every other module expects."""
    import torch

    ids = torch.tensor([[1, 2]], device=model.device)
    with torch.inference_mode():
        hidden = model(input_ids=ids, output_hidden_states=True).hidden_states
    shapes = {tuple(layer.shape) for layer in hidden}
    if len(hidden) != card.n_layers + 1 or shapes != {(1, 2, card.dim)}:
        raise UnsupportedModelError(
            f"The model {card.name} must give {card.n_layers + 1} layers of {card.dim} dimensions, "
            f"got {len(hidden)} of {sorted(shape[-1] for shape in shapes)}.",
            "Choose another model.",
        )
