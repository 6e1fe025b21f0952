"""RECIPES: the ways to get a classifier; a new one is a function `Work -> Fitted` and a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from embedlib.table import Table
from embedlib.training.options import OPTIONS, Value
from embedlib.training.work import Fitted, Work

_FROZEN: Final = ("layer", "pooling", "prefix", "max_tokens")
_OWN_LENGTH: Final[dict[str, Value]] = {"max_tokens": 0}  # vectors as every other page has them
_LOOP: Final = (
    *("epochs", "learning_rate", "batch_size", "weight_decay", "warmup", "patience"),
    *("max_tokens", "prefix", "warm_head", "precision"),
)
_BOTH: Final = ("prefix", "class_weights")
_LOSS: Final = ("class_weights", "label_smoothing")
_ADAPTER: Final = ("rank", "alpha", "adapter_dropout")


@dataclass(frozen=True)
class Recipe:
    """One way to get a classifier.

    Args:
        name: The row's name.
        label: For a person.
        meaning: What it does, and when one would choose it.
        fit: Does it.
        options: Names in OPTIONS that it has.
        own: Its defaults where they differ from those of OPTIONS.
        tasks: Names in TASKS that it can do.
        changes_model: Whether the model itself changes, so that its space before and after differ.
    """

    name: str
    label: str
    meaning: str
    fit: Callable[[Work, str], Fitted]
    options: tuple[str, ...]
    own: dict[str, Value] = field(default_factory=dict)
    tasks: tuple[str, ...] = ("sequence", "pair")
    changes_model: bool = False

    @property
    def defaults(self) -> dict[str, Value]:
        """Every option of the recipe with its default."""
        return {name: self.own.get(name, OPTIONS[name].default) for name in self.options}


def _centroids(work: Work, task: str) -> Fitted:
    from embedlib.training.frozen import fit_centroids

    return fit_centroids(work)


def _probe(work: Work, task: str) -> Fitted:
    from embedlib.training.frozen import fit_probe

    return fit_probe(work)


def _full(work: Work, task: str) -> Fitted:
    from embedlib.training.adapting import prepare_full
    from embedlib.training.tasks import TASKS
    from embedlib.training.tuning import tune

    return tune(work, TASKS[task].kind(), prepare_full)


def _lora(work: Work, task: str) -> Fitted:
    from embedlib.training.adapting import prepare_lora
    from embedlib.training.tasks import TASKS
    from embedlib.training.tuning import tune

    return tune(work, TASKS[task].kind(), prepare_lora)


def _adalora(work: Work, task: str) -> Fitted:
    from embedlib.training.adapting import prepare_adalora
    from embedlib.training.tasks import TASKS
    from embedlib.training.tuning import tune

    return tune(work, TASKS[task].kind(), prepare_adalora, adaptive=True)


_EVERY_TASK: Final = ("sequence", "pair", "tokens")
_ROWS = (
    Recipe(
        name="centroids",
        label="Class centroids",
        meaning="Each label is the mean of its texts' vectors. No tuning; good with few rows.",
        fit=_centroids,
        options=_FROZEN,
        own=_OWN_LENGTH,
    ),
    Recipe(
        name="probe",
        label="Linear probe",
        meaning="Logistic regression on the unchanged model's vectors. Fast, and hard to beat.",
        fit=_probe,
        options=(*_FROZEN, "strength", "class_weights"),
        own=_OWN_LENGTH,
    ),
    Recipe(
        name="lora",
        label="LoRA",
        meaning="Small adapters learn beside frozen weights: little memory, a few MB to share.",
        fit=_lora,
        options=(*_LOOP, *_LOSS, *_ADAPTER),
        own={"learning_rate": 5e-4},
        tasks=_EVERY_TASK,
        changes_model=True,
    ),
    Recipe(
        name="adalora",
        label="AdaLoRA",
        meaning="LoRA whose ranks move to the layers that need them while it learns.",
        fit=_adalora,
        options=(*_LOOP, *_ADAPTER),
        own={"learning_rate": 1e-3, "rank": 8},
        tasks=_EVERY_TASK,
        changes_model=True,
    ),
    Recipe(
        name="full",
        label="Full fine-tuning",
        meaning="Every weight learns. The best scores where there are many rows.",
        fit=_full,
        options=(*_LOOP, *_LOSS),
        tasks=_EVERY_TASK,
        changes_model=True,
    ),
    Recipe(
        name="frozen_lower",
        label="Upper layers only",
        meaning="Embeddings and lower layers stay, the upper ones learn: faster, and steadier.",
        fit=_full,
        options=(*_LOOP, *_LOSS, "frozen_layers"),
        own={"frozen_layers": 3},
        tasks=_EVERY_TASK,
        changes_model=True,
    ),
)


def frozen_options(name: str, options: Mapping[str, Value]) -> dict[str, Value]:
    """The options of a frozen recipe beside another one's, so that both read the same vectors.

    Args:
        name: "centroids" or "probe".
        options: Of any recipe: of a frozen one all count, of others only those of the texts.
    """
    shared = options if "layer" in options else {k: options[k] for k in _BOTH if k in options}
    recipe = RECIPES[name]
    return recipe.defaults | {k: v for k, v in shared.items() if k in recipe.options}


RECIPES: Final[Table[Recipe]] = Table("recipe", {row.name: row for row in _ROWS})
