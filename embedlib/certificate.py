"""certificate: whether vectors depend on what they must not; a new check is a function and a row.

Each check makes the vectors of some texts in another way on this machine and compares them with
the library's, in cosine and in nearest neighbours.
"""

import copy
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embedlib.errors import Cancelled, OptionError
from embedlib.extract import extract
from embedlib.geometry import neighbour_overlap, neighbour_rows, unit
from embedlib.layers import layer_number
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Floats, Progress
from embedlib.table import Table

NEIGHBOURS = 10
Way = Callable[[Encoder, Sequence[str], int], Floats]


@dataclass(frozen=True)
class Check:
    """One way to make the same vectors.

    Args:
        name: The row's name.
        label: For tables.
        help: One sentence: what is compared.
        function: (encoder, texts, layer) to (text, dim), mean pooled.
        least_cosine: Below this for any text, the check fails.
    """

    name: str
    label: str
    help: str
    function: Way
    least_cosine: float


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Args:
        check: Its name.
        least_cosine: The lowest cosine of a text's two vectors.
        largest_difference: The largest difference of a number, over the root mean square of all.
        neighbours_kept: Mean share of nearest texts in common.
        passed: Whether the lowest cosine is high enough.
    """

    check: str
    least_cosine: float
    largest_difference: float
    neighbours_kept: float
    passed: bool


def certify(
    encoder: Encoder,
    texts: Sequence[str],
    layer: int = -1,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Verdict, ...]:
    """Run every check of `CHECKS` on some texts.

    Args:
        encoder: The model.
        texts: At least 3, at most `LIMITS["certificate_texts"]`.
        layer: A layer number; negative ones count from the last.
        progress: Called in checks.
        cancelled: Asked before each check.

    Raises:
        OptionError: If there are too few texts, or there is no such layer.
        LimitError: If there are too many texts.
        Cancelled: If `cancelled` said so.
    """
    if len(texts) < 3:
        raise OptionError(f"A certificate needs at least 3 texts, got {len(texts)}.", "Add some.")
    LIMITS["certificate_texts"].check(len(texts), "The number of texts")
    number = layer_number(layer, encoder.card.n_layers)
    ours = _extracted(encoder, texts, number)
    verdicts = []
    for done, row in enumerate(CHECKS.values()):
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(done, len(CHECKS), "checks", 0.0, row.label))
        verdicts.append(_verdict(row, ours, row.function(encoder, texts, number)))
    return tuple(verdicts)


def _verdict(row: Check, ours: Floats, theirs: Floats) -> Verdict:
    cosines = np.einsum("td,td->t", unit(ours), unit(theirs))
    n = min(NEIGHBOURS, len(ours) - 1)
    scale = float(np.sqrt((ours.astype(np.float64) ** 2).mean())) or 1.0
    least = float(cosines.min())
    return Verdict(
        check=row.name,
        least_cosine=least,
        largest_difference=float(np.abs(ours - theirs).max()) / scale,
        neighbours_kept=float(
            neighbour_overlap(neighbour_rows(ours, n), neighbour_rows(theirs, n)).mean()
        ),
        passed=least >= row.least_cosine,
    )


def _extracted(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    made = extract(encoder, texts, layers=(layer,), poolings=("mean",))
    return np.array(made.arrays["mean"][0])


def one_by_one(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """Each text in a batch of its own."""
    return np.concatenate([_extracted(encoder, [text], layer) for text in texts])


def reversed_order(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """The texts from last to first."""
    return _extracted(encoder, [*texts][::-1], layer)[::-1]


def plain_transformers(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """transformers by hand: one padded batch, its hidden states, and the mean under the mask."""
    import torch

    tokenizer = copy.deepcopy(encoder.tokenizer)  # settings of the shared one are never changed
    tokenizer.padding_side = "right"
    batch = tokenizer(
        [*texts],
        padding=True,
        truncation=True,
        max_length=encoder.card.max_tokens,
        return_tensors="pt",
    ).to(encoder.device)
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
    with encoder.lock, torch.inference_mode():
        hidden = encoder.model(**inputs, output_hidden_states=True).hidden_states[layer].float()
    mask = batch["attention_mask"][..., None].float()
    means: Floats = ((hidden * mask).sum(1) / mask.sum(1)).cpu().numpy()
    return means


def half_precision(encoder: Encoder, texts: Sequence[str], layer: int) -> Floats:
    """The model's weights and sums in bfloat16, pooled in float32."""
    import torch

    with encoder.lock:
        model = copy.deepcopy(encoder.model).to(torch.bfloat16)  # type: ignore[arg-type]
    card = replace(encoder.card, dtype="bfloat16")
    return _extracted(
        replace(encoder, model=model, card=card, lock=threading.RLock()), texts, layer
    )


_ROWS = (
    Check(
        "one_by_one",
        "Batches of one",
        "Each text alone, instead of many in a batch: neighbours in the batch must not matter.",
        one_by_one,
        0.99999,
    ),
    Check(
        "reversed_order",
        "Reversed order",
        "The texts from last to first: their order must not matter.",
        reversed_order,
        0.99999,
    ),
    Check(
        "plain_transformers",
        "Plain transformers",
        "The same mean written by hand with transformers, in one padded batch.",
        plain_transformers,
        0.99999,
    ),
    Check(
        "bfloat16",
        "bfloat16",
        "Half the bits a number: faster on some machines, and slightly different.",
        half_precision,
        0.99,
    ),
)

CHECKS: Table[Check] = Table("check", {row.name: row for row in _ROWS})
