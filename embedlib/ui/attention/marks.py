"""What the grid of heads can be marked and sorted by: measures of the text, and of loaded texts."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from embedlib.attention import ATTENTION_MEASURES, HEAD_NUMBERS, AttentionMaps, measure
from embedlib.records import Corpus, Floats
from embedlib.table import Table
from embedlib.ui.attention import passports
from embedlib.ui.choice import Choice

TEXTS: Final = "texts."  # what names of measures over the loaded texts begin with


@dataclass(frozen=True, eq=False)
class GridMeasure:
    """One number a head.

    Args:
        label: For choosers.
        help: One sentence: what a high value means.
        unit: "share" (0 to 1), "nats" or "tokens".
        key: What tells its values from others.
        function: Gives (layer, head) float32, NaN where there is nothing to measure; None where
            the passports are not made yet. Called only for the one that is chosen.
    """

    label: str
    help: str
    unit: str
    key: Hashable
    function: Callable[[], Floats | None]


def grid_measures(
    choice: Choice, corpus: Corpus, maps: AttentionMaps, kind: str
) -> Table[GridMeasure]:
    """Name to measure: those of `ATTENTION_MEASURES` for the text, then the passports' numbers.

    Args:
        choice: The sidebar's choice.
        corpus: The loaded texts.
        maps: The text.
        kind: A row of `KINDS`.
    """
    rows = {
        name: GridMeasure(
            row.label, row.help, row.unit, name, lambda name=name: measure(maps, name, kind)
        )
        for name, row in ATTENTION_MEASURES.items()
    }
    key = passports.key_of(choice, corpus, kind)
    for name, row in HEAD_NUMBERS.items():

        def values(row=row) -> Floats | None:
            found = passports.ready(choice, corpus, kind)
            return None if found is None else row.function(found)

        label = f"{row.label}, loaded texts"
        rows[TEXTS + name] = GridMeasure(label, row.help, row.unit, (name, key), values)
    return Table("measure of heads", rows)
