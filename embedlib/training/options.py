"""OPTIONS: every number of a recipe that a person may set, with its range and what it does.

A new option is one row; the command line, the expert drawer and the check at the door follow.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from embedlib.errors import OptionError, shown
from embedlib.table import Table

Value = int | float | bool | str


@dataclass(frozen=True)
class Option:
    """One setting of a recipe.

    Args:
        name: The key in recipe.json and on the command line.
        label: For a person.
        default: Its value where a recipe says nothing else; its type is the option's type.
        meaning: What it changes, and when one would change it.
        least, most: Bounds of a number, both allowed.
        choices: What a text may be; () for any.
    """

    name: str
    label: str
    default: Value
    meaning: str
    least: float = 0.0
    most: float = math.inf
    choices: tuple[str, ...] = ()

    def check(self, value: object) -> Value:
        """`value` in the option's own type.

        Raises:
            OptionError: If it is of another kind or out of range; says which are allowed.

        >>> OPTIONS["epochs"].check("3")
        3
        """
        if isinstance(self.default, bool):
            return self._checked_flag(value)
        if isinstance(self.default, str):
            return self._checked_text(value)
        return self._checked_number(value)

    def _checked_flag(self, value: object) -> bool:
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        flag = known.get(str(value).casefold())
        if flag is None:
            raise OptionError(f"The option {self.name} must be yes or no, got {shown(value)}.")
        return flag

    def _checked_text(self, value: object) -> str:
        text = str(value)
        if self.choices and text not in self.choices:
            raise OptionError(
                f"The option {self.name} must be one of {', '.join(self.choices)}, "
                f"got {shown(value)}."
            )
        if len(text) > 200:
            raise OptionError(
                f"The option {self.name} must be at most 200 characters, got {len(text)}."
            )
        return text

    def _checked_number(self, value: object) -> int | float:
        try:
            number = float(str(value)) if not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        whole = isinstance(self.default, int)
        if not self.least <= number <= self.most or (whole and number != int(number)):
            kind = "a whole number" if whole else "a number"
            bound = "or more" if math.isinf(self.most) else f"to {self.most:g}"
            raise OptionError(
                f"The option {self.name} must be {kind} from {self.least:g} {bound}, "
                f"got {shown(value)}."
            )
        return int(number) if whole else number


_ROWS = (
    Option("epochs", "Epochs", 5, "Passes over the training rows at most.", 1, 1_000),
    Option(
        "learning_rate",
        "Learning rate",
        2e-5,
        "Step size at its highest. Smaller models and adapters stand more.",
        1e-8,
        1.0,
    ),
    Option("batch_size", "Batch size", 16, "Texts a step.", 1, 4_096),
    Option("weight_decay", "Weight decay", 0.01, "Pull of the weights towards zero.", 0, 1),
    Option("warmup", "Warm-up", 0.06, "Share of the steps in which the rate rises.", 0, 0.9),
    Option(
        "patience",
        "Patience",
        3,
        "Epochs without a better validation score before it stops; 0 to never stop early.",
        0,
        1_000,
    ),
    Option(
        "class_weights",
        "Class weights",
        False,
        "Let rare labels count more, so that each label weighs the same in the loss.",
    ),
    Option("label_smoothing", "Label smoothing", 0.0, "Doubt in every label.", 0, 0.5),
    Option(
        "max_tokens",
        "Tokens a text",
        128,
        "Longer texts are cut; 0 for the model's most.",
        0,
        10**6,
    ),
    Option("prefix", "Prefix", "", 'Put before every text, for models that want one: "query: ".'),
    Option(
        "warm_head",
        "Warm start of the head",
        True,
        "Begin with the best linear head on the unchanged model, not with random numbers.",
    ),
    Option(
        "precision",
        "Number format",
        "auto",
        "auto: bfloat16 on a GPU that has it, else float32.",
        choices=("auto", "float32", "bfloat16", "float16"),
    ),
    Option("rank", "Rank", 16, "Size of the adapters; for AdaLoRA the rank on average.", 1, 512),
    Option("alpha", "Scale", 32.0, "The adapters' weight is this divided by the rank.", 0.1, 1_024),
    Option("adapter_dropout", "Adapter dropout", 0.05, "Dropout before the adapters.", 0, 0.9),
    Option(
        "frozen_layers",
        "Frozen layers",
        0,
        "Embeddings and this many lower layers stay as they are; 0 freezes nothing.",
        0,
        1_000,
    ),
    Option(
        "layer", "Layer", "-1", "Layer number (negative: from the last) or mix for the vectors."
    ),
    Option("pooling", "Pooling", "mean", "How token vectors become a text's vector."),
    Option(
        "strength",
        "Regularisation C",
        0.0,
        "Smaller pulls the weights to zero; 0 to choose it on the validation rows.",
        0,
        1e6,
    ),
)

OPTIONS: Final[Table[Option]] = Table("option", {row.name: row for row in _ROWS})


def resolve(
    asked: Mapping[str, object], own: Mapping[str, Value], known: tuple[str, ...]
) -> dict[str, Value]:
    """All options of a recipe: what was asked for, else the recipe's own, else the default.

    Args:
        asked: What a person set.
        own: The recipe's defaults.
        known: The options that the recipe has.

    Raises:
        UnknownNameError: If there is no such option at all.
        OptionError: If the recipe does not have it, or a value is out of range.
    """
    for name in asked:
        OPTIONS[name]
        if name not in known:
            raise OptionError(
                f"The option {name} must be one that the recipe has, and is not.",
                f"It has {', '.join(known)}.",
            )
    values = {name: OPTIONS[name].default for name in known} | dict(own)
    return {name: OPTIONS[name].check(asked.get(name, values[name])) for name in known}
