"""passports: what every head does on a person's texts, and what random weights would do there.

HEAD_NUMBERS are what heads can be sorted and coloured by; a new number is a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from embedlib.attention.chance import random_twin
from embedlib.attention.measures import ATTENTION_MEASURES
from embedlib.attention.roles import ROLES, HeadRoles, head_roles
from embedlib.models.encoder import Encoder
from embedlib.records import Bools, Floats, Progress
from embedlib.table import Table


@dataclass(frozen=True, eq=False)
class Passports:
    """Every head on the same texts, twice.

    Args:
        own: What the model's heads do.
        chance: What the heads of the same architecture with random weights do.
    """

    own: HeadRoles
    chance: HeadRoles

    @property
    def n_bytes(self) -> int:
        """Memory that the arrays take."""
        return sum(
            array.nbytes
            for side in (self.own, self.chance)
            for array in (*vars(side).values(), *side.measures.values())
            if isinstance(array, np.ndarray)
        )

    @property
    def above(self) -> Bools:
        """(layer, head) True where a head's role stands out from random weights."""
        return self.own.above(self.chance)

    @property
    def margin(self) -> Floats:
        """(layer, head) float32, 0 or more: how far a role's interval lies above random weights.

        Measured from the best head with random weights; 0 where it does not lie above, and for
        mixed heads.
        """
        best = np.array([[self.chance.best(role) for role in layer] for layer in self.own.roles])
        return np.asarray(np.maximum(self.own.low - best, 0.0), dtype=np.float32)

    def random_best(self) -> dict[str, float]:
        """Role to its best score in any head with random weights; -1 where no text shows it."""
        return {name: self.chance.best(name) for name in ROLES}


def passports(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    kind: str = "weight",
    seed: int = 0,
    max_tokens: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Passports:
    """The roles of all heads on these texts, and those of a random twin on the same.

    Args:
        encoder: The model; for a while a second one of its size is in memory.
        texts: As for `head_roles`.
        kind: A row of `KINDS`.
        seed: Of the bootstrap and of the random weights.
        max_tokens: As for `attention`.
        progress: Called after each text of each of the two.
        cancelled: Asked before each text.

    Raises:
        Cancelled, TextError, LimitError, UnsupportedModelError, OptionError: As `head_roles`.
    """
    began, total = perf_counter(), 2 * len(texts)

    def stage(done_before: int, note: str) -> Callable[[Progress], None] | None:
        def say(now: Progress) -> None:
            if progress is not None:
                seconds = perf_counter() - began
                progress(Progress(done_before + now.done, total, "texts", seconds, note))

        return say

    def roles(model: Encoder, say: Callable[[Progress], None] | None) -> HeadRoles:
        return head_roles(
            model,
            texts,
            kind=kind,
            seed=seed,
            max_tokens=max_tokens,
            progress=say,
            cancelled=cancelled,
        )

    own = roles(encoder, stage(0, "The model"))
    chance = roles(random_twin(encoder, seed), stage(len(texts), "Random weights"))
    return Passports(own, chance)


@dataclass(frozen=True)
class HeadNumber:
    """One number that a passport has for every head.

    Args:
        name: The row's name: "stability".
        label: For choosers: "Stability".
        help: One sentence: what a high value means.
        unit: "share" (0 to 1) or "tokens".
        function: Passports to (layer, head) float32; NaN where no text could show it.
    """

    name: str
    label: str
    help: str
    unit: str
    function: Callable[[Passports], Floats]


def _mean_of(name: str) -> HeadNumber:
    """The mean over texts of an attention measure."""
    row = ATTENTION_MEASURES[name]
    return HeadNumber(name, row.label, row.help, row.unit, lambda found: found.own.measures[name])


_ROWS = (
    HeadNumber(
        "score",
        "Score of its role",
        "How much of its attention goes where its role says, mean over texts.",
        "share",
        lambda found: found.own.score,
    ),
    HeadNumber(
        "stability",
        "Stability of its role",
        "How often the role is the same when the texts are drawn anew (bootstrap).",
        "share",
        lambda found: found.own.stability,
    ),
    HeadNumber(
        "margin",
        "Above random weights",
        "How far the interval of its role lies above the best head with random weights.",
        "share",
        lambda found: found.margin,
    ),
    *(_mean_of(row.measure) for row in ROLES.values()),
    _mean_of("distance"),
)
HEAD_NUMBERS: Final[Table[HeadNumber]] = Table("number of a head", {row.name: row for row in _ROWS})
