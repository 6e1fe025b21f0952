"""Options of a projection: a number with a range and a reason; a new one is one row."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embedlib.errors import OptionError, shown
from embedlib.table import Table

Number = int | float


@dataclass(frozen=True)
class Option:
    """One number that a method takes.

    Args:
        name: "n_neighbours".
        label: For a control: "Neighbours".
        help: What changes with it, and when one would want it.
        default: Used when it is not given; a whole number makes the option whole.
        least, most: The range, both included.
        step: Of a control.
    """

    name: str
    label: str
    help: str
    default: Number
    least: Number
    most: Number
    step: Number = 1

    @property
    def whole(self) -> bool:
        return isinstance(self.default, int)

    def checked(self, value: object) -> Number:
        """`value` as this option's kind of number.

        Raises:
            OptionError: If it is no number of that kind in the range.
        """
        number = _number(value)
        if (
            number is None
            or not self.least <= number <= self.most
            or (self.whole and number != int(number))
        ):
            kind = "whole number" if self.whole else "number"
            raise OptionError(
                f"{self.name} must be a {kind} from {self.least} to {self.most}, "
                f"got {shown(value)}.",
                f"Leave it out for {self.default}.",
            )
        return int(number) if self.whole else float(number)


def options(*rows: Option) -> Table[Option]:
    """A table of `rows`."""
    return Table("option", {row.name: row for row in rows})


def in_force(table: Table[Option], given: Mapping[str, object] | None) -> dict[str, Number]:
    """Every option's value: the given ones checked, the others by default.

    Raises:
        UnknownNameError: If one is not in the table.
        OptionError: If one is outside its range, or the method has no options at all.
    """
    given = dict(given or {})
    if given and not table:
        raise OptionError(
            f"This method has no options, got {', '.join(map(shown, given))}.", "Leave them out."
        )
    for name in given:
        table[name]  # refuses an unknown name
    return {name: row.checked(given.get(name, row.default)) for name, row in table.items()}


def _number(value: object) -> Number | None:
    """`value` if it is a finite real number, numpy's included; not a truth value."""
    if isinstance(value, np.integer | np.floating):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None
